#pragma once

#include "linear_rows.hpp"
#include "row_combination.hpp"
#include "term_rows.hpp"

namespace tessera::constraint {

/// Rows that the true solution of the semi-discretisation solves: those of its own time steps.
class ConsistentRows final : public ConstraintRows {
 public:
  ConsistentRows(domains::PdeSample const &sample, PlacedBasis const &placed,
                 domains::Box const &box, RowOptions const &options, bool meetings);

  int unknowns() const override { return static_cast<int>(placed_.columns()); }
  bool linear() const override { return pde_.linear(); }
  int block() const override;
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
  /// Terms, u the first: each (level, cell).
  using Terms = std::vector<std::vector<double>>;
  /// Terms and pointwise functions at all points the rows look at. Shapes (level, cell), and
  /// (level, cell, derivative) for slopes and curvatures.
  struct Points {
    Terms terms;
    std::vector<double> storage, storage_slope, storage_curvature;
    std::vector<double> rate, rate_slope, rate_curvature;
  };
  enum class Order { value, slope, curvature };

  std::size_t point(std::size_t level, std::size_t cell_of_box) const
  {
    return level * placed_.grid.cells + cells_[cell_of_box];
  }
  /// What the row of a cell of the box takes: visit(point, share of storage, share of rate).
  template <class Visit>
  void for_terms(std::size_t level, std::size_t cell, Visit const &visit) const
  {
    std::size_t const p = point(level, cell);
    if (!combination_.spreads(level)) {
      for (std::size_t a = 0; a <= combination_.back(level); ++a) {
        visit(p - a * placed_.grid.cells, combination_.storage_share(a),
              combination_.rate_share(level, a));
      }
      return;
    }
    std::size_t const i = p % placed_.grid.cells;
    if (combination_.untouched(level, i)) return visit(p, 1., 0.);
    auto const bands = combination_.spreading_bands().subspan(3 * i, 3);
    if (i > 0) visit(p - 1, bands[0], 0.);
    visit(p, bands[1], combination_.time(level));
    if (i + 1 < placed_.grid.cells) visit(p + 1, bands[2], 0.);
  }
  /// What the row of a cell adds to its terms.
  double constant(std::size_t level, std::size_t cell) const
  {
    std::size_t const i = point(level, cell) % placed_.grid.cells;
    if (!combination_.spreads(level)) return 0;
    return combination_.untouched(level, i) ? -initial_storage_[i]
                                            : combination_.spreading_ghost()[i];
  }
  void add_rows_beside(std::span<double const> initial, bool meetings);
  void add_boundary_rows();
  void add_rows_of_axis(std::size_t level, std::size_t axis);
  void find_columns();
  Points evaluate(std::span<double const> w, int frozen, Order order) const;
  void freeze(Points &points, int frozen) const;
  using Carry = RowCombination::Carry;
  /// Rows of one level of r and of J: (group), (group, column). Levels in order, each with what the
  /// one before it left in `carry`.
  void residual_rows(Points const &points, std::size_t level, double *out, Carry &carry) const;
  void jacobian_rows(Points const &points, std::size_t level, RowMatrix &out, Carry &carry) const;
  template <std::size_t N>
  void jacobian_cells(Points const &points, std::size_t level, RowMatrix &out) const;
  /// Rows of J p at one level, without forming J, from the terms of p: (group).
  void tangent_rows(Points const &points, Terms const &tangent, std::size_t level, double *out,
                    Carry &carry) const;
  /// r on all levels. Shape (level, group).
  std::vector<double> all_residual_rows(Points const &points) const;
  /// The combination transposed, of the rows (level, group) of all levels, gathered by storage and
  /// rate: (level, cell).
  struct Transposed {
    std::vector<double> storage, rate;
  };
  Transposed transpose(std::vector<double> const &rows) const;
  void add_level(std::size_t level, RowMatrix const &j, Eigen::VectorXd const &r, RowMatrix &a,
                 Eigen::VectorXd &b) const;
  /// The columns of each term times w.
  Terms products(std::span<double const> w) const;
  template <std::size_t N>
  void multiply(std::span<double const> w, Terms &out) const;
  /// What p^T J^T r changes by with each term of the columns at a point: by_w times w, by_p times
  /// p.
  struct TermBars {
    std::vector<double> by_w, by_p;
  };
  void term_bars(Points const &points, std::size_t point, Transposed const &by_r,
                 Transposed const &by_s, Terms const &tangent, TermBars &bars) const;

  domains::Pde const &pde_;
  PlacedBasis const &placed_;
  RowOptions options_;
  RowCombination combination_;
  std::vector<std::size_t> cells_;       ///< (cell of the box): the grid's number
  TermStencils stencils_;                ///< where terms are not kept
  std::size_t count_;                    ///< of terms
  std::vector<double> initial_storage_;  ///< (cell)
  Terms base_;                           ///< of the lift, with ghosts
  LinearRows beside_;
  /// First and last + 1 of the columns that a row touches; all of the level's where the norm
  /// couples its cells. Shape (level, group).
  std::vector<std::pair<std::size_t, std::size_t>> columns_;
};

}  // namespace tessera::constraint
