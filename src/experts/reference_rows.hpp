#pragma once

#include <array>

#include "linear_rows.hpp"

namespace tessera::experts {

/// The published rows (spec/pihcmoe §3.1, §3.2; Chalapathi et al., ICLR 2024): pointwise residuals
/// u_t - rate by wide central differences at all points of a box; relative initial rows and both
/// boundary rows on the whole grid; ridge 1e-4 on the coefficients themselves.
class ReferenceRows final : public ConstraintRows {
 public:
  ReferenceRows(domains::Pde const &pde, PlacedBasis const &placed, domains::Box const &box,
                double start, RowOptions const &options = {});

  int unknowns() const override { return static_cast<int>(placed_.columns()); }
  double cost(std::span<double const> w) override;
  double normal_equations(std::span<double const> w, int frozen, std::span<double> a,
                          std::span<double> b) override;
  bool rows(std::span<double const> w, int frozen, std::vector<double> &jacobian,
            std::vector<double> &residual) override;

  std::vector<double> field(std::span<double const> w) const override;
  std::vector<double> residual(std::span<double const> w) const override;
  std::vector<double> hessian(std::span<double const> w) const override;
  void pull_back(std::span<double const> w, std::span<double const> p, double scale,
                 PlacedCotangent &cotangent) const override;
  void pull_back_cost(std::span<double const> w, double scale,
                      PlacedCotangent &cotangent) const override;

 private:
  /// r, its gradient and Hessian by the terms at the points of the box.
  struct Points {
    std::vector<double> value, slope, curvature;
  };
  Points evaluate(std::array<std::vector<double>, 3> const &terms) const;
  std::array<std::vector<double>, 3> combine(std::span<double const> w) const;
  bool inside(std::size_t point) const
  {
    return drawn_.empty() ? box_.holds(point / placed_.grid.cells, point % placed_.grid.cells)
                          : drawn_[point] != 0;
  }

  domains::Pde const &pde_;
  PlacedBasis const &placed_;
  domains::Box box_;
  std::vector<char> drawn_;  ///< (level, cell): whether its row stands; empty: those of the box
  /// The terms u, u_t, u_xx of the columns: (level, cell, column) each.
  std::array<std::vector<double>, 3> terms_;
  LinearRows beside_;
};

}  // namespace tessera::experts
