#pragma once

#include "linear_rows.hpp"

namespace tessera::constraint {

/// The published rows (Chalapathi et al., ICLR 2024, §3 and its program): pointwise residuals
/// u_t - rate by wide central differences at all points of a box; relative initial rows and both
/// boundary rows on the whole grid; ridge 1e-4 on the coefficients themselves.
class ReferenceRows final : public ConstraintRows {
 public:
  ReferenceRows(domains::PdeSample const &sample, PlacedBasis const &placed,
                domains::Box const &box, RowOptions const &options = {});

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
  /// r, its gradient and Hessian by the terms at the points of the box: 0 where no row stands.
  struct Points {
    std::vector<double> value, slope, curvature;
  };
  Points evaluate(std::vector<Eigen::VectorXd> const &terms, bool curved) const;
  std::vector<Eigen::VectorXd> combine(std::span<double const> w) const;
  /// J and r of the points of the box.
  void equation_rows(std::span<double const> w, int frozen, RowMatrix &jacobian,
                     Eigen::VectorXd &residual) const;
  /// Zeros of the terms' shapes on the whole grid.
  std::vector<std::vector<double>> no_bars() const;
  /// A point of the box as one of the grid.
  std::size_t on_grid(std::size_t point) const
  {
    return (box_.first_level + point / box_.cells()) * placed_.grid.cells + box_.first_cell +
           point % box_.cells();
  }

  domains::Pde const &pde_;
  PlacedBasis const &placed_;
  domains::Box box_;
  std::vector<char> drawn_;       ///< (point of the box): whether its row stands; empty: all
  std::vector<int> orders_;       ///< of the terms behind u_t
  std::vector<RowMatrix> terms_;  ///< u, u_t, … of the columns: (point of the box, column)
  LinearRows beside_;
};

}  // namespace tessera::constraint
