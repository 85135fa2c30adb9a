#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include <tessera/constraint/constraint_options.hpp>
#include <tessera/domains/partition.hpp>

#include "step_operator.hpp"

namespace tessera::constraint {

/// The linear part of consistent rows: from storage and rate at the points of two or three levels
/// to rows, sum_a (s_a storage_(n-a) - dt f_a rate_(n-a)), averaged over groups of cells, measured
/// in the norm of one step, weighted. Rows of a level are (group); all of one box. Groups of cells,
/// and layers that spread, are for grids of one axis of space.
class RowCombination {
 public:
  /// Throws InputError where groups do not divide the box or carried errors meet a two-step
  /// formula, SolverError where the norm's operator is singular.
  RowCombination(domains::Pde const &pde, domains::SpaceTimeGrid const &grid,
                 domains::Box const &box, RowOptions const &options);

  /// Levels of the rows: [first, last).
  std::size_t first_level() const { return first_; }
  std::size_t last_level() const { return last_; }
  std::size_t groups() const { return box_.cells() / options_.cells; }
  domains::Box const &box() const { return box_; }
  bool couples_all_cells() const { return step_.has_value(); }
  bool couples_all_levels() const { return options_.norm == RowNorm::propagated; }
  std::size_t cells_in_group() const { return options_.cells; }

  /// Whether rows of this level state how layers spread: t (u_t - rate) of that level alone, with
  /// t u_t = spreading_bands storage + spreading_ghost. Shapes (cell, 3), (cell) of the grid.
  bool spreads(std::size_t level) const { return level <= spreading_; }
  std::span<double const> spreading_bands() const { return bands_; }
  std::span<double const> spreading_ghost() const { return ghost_; }
  /// Whether no layer has come to a cell of the grid: its rows state the initial value.
  bool untouched(std::size_t level, std::size_t cell) const
  {
    double const depth = double(std::min(cell + 1, grid_.cells - cell)) * grid_.width();
    return depth * depth > reach_ * time(level);
  }
  double time(std::size_t level) const { return double(level) * grid_.interval(); }

  /// Levels a row reaches back, and what it takes of level n - a.
  std::size_t back(std::size_t level) const { return std::min(back_, level); }
  double storage_share(std::size_t a) const { return storage_[a]; }
  double rate_share(std::size_t level, std::size_t a) const
  {
    return options_.time == TimeScheme::logarithmic ? logarithmic_share(level, a) : rate_[a];
  }

  /// Errors of the level before, (group, column): what combine carries on in the norm of propagated
  /// errors. Levels in increasing order, each with the one before it.
  using Carry = std::vector<double>;
  /// rows (cell, column) of the box at `level`, in place, to (group, column).
  void combine(std::size_t level, double *rows, std::size_t columns, Carry &carry) const;
  /// The transposed of combine for one column: from (group) to (cell). Levels in decreasing order.
  void combine_transposed(std::size_t level, std::span<double const> rows, std::span<double> cells,
                          Carry &carry) const;

 private:
  double weight(std::size_t level) const;
  double logarithmic_share(std::size_t level, std::size_t a) const;
  void draw_rows();
  /// Whether the error of the level before goes into this one's.
  bool carries(std::size_t level) const
  {
    return couples_all_levels() && level > first_ && !spreads(level);
  }
  void prepare_norm(domains::Pde const &pde);
  void prepare_spreading(domains::Pde const &pde);
  /// Calls visit(group, band) for the groups of the level before whose errors go into `group`'s.
  template <class Visit>
  void for_carried(std::size_t group, Visit const &visit) const
  {
    if (carried_.empty()) {
      for (CellMatrix::InnerIterator at(carried_matrix_, Eigen::Index(group)); at; ++at) {
        visit(std::size_t(at.col()), at.value());
      }
      return;
    }
    std::size_t const count = groups();
    double const *bands = &carried_[3 * group];
    if (group > 0 || cyclic_) visit(group > 0 ? group - 1 : count - 1, bands[0]);
    visit(group, bands[1]);
    if (group + 1 < count || cyclic_) visit(group + 1 < count ? group + 1 : 0, bands[2]);
  }
  StepOperator const &operator_at(std::size_t level) const
  {
    return spreads(level) ? spreading_steps_[level - 1] : *step_;
  }
  domains::SpaceTimeGrid grid_;
  domains::Box box_;
  RowOptions options_;
  std::size_t first_ = 2, last_ = 2, back_ = 1;
  bool cyclic_ = false;  ///< whether the first group and the last are neighbours
  std::array<double, 3> storage_{}, rate_{};  ///< s_a; dt f_a
  std::optional<StepOperator> step_;
  /// What a step makes of the error before: on a line its bands (group, 3).
  std::vector<double> carried_;
  CellMatrix carried_matrix_;
  std::size_t spreading_ = 0;                  ///< the last level whose rows state that
  double reach_ = 0;                           ///< (depth of the layers)^2 / t, m^2/s
  std::vector<double> bands_, ghost_;          ///< how layers spread
  std::vector<StepOperator> spreading_steps_;  ///< (level - 1): the norm of those rows
  std::vector<double> drawn_;  ///< (level, group): 0, or what a drawn row counts; empty: all
};

}  // namespace tessera::constraint
