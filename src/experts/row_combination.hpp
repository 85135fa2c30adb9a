#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include <tessera/domains/partition.hpp>
#include <tessera/experts/constraint_options.hpp>

#include "step_operator.hpp"

namespace tessera::experts {

/// The linear part of consistent rows: from storage and rate at the points of two or three levels
/// to rows, sum_a (s_a storage_(n-a) - dt f_a rate_(n-a)), averaged over groups of cells, measured
/// in the norm of one step, weighted. Rows of a level are (group); all of one box.
class RowCombination {
 public:
  /// Throws InputError where groups do not divide the box.
  RowCombination(domains::Pde const &pde, domains::SpaceTimeGrid const &grid,
                 domains::Box const &box, RowOptions const &options);

  /// Levels of the rows: [first, last).
  std::size_t first_level() const { return first_; }
  std::size_t last_level() const { return last_; }
  std::size_t groups() const { return box_.cells() / options_.cells; }
  domains::Box const &box() const { return box_; }
  bool couples_all_cells() const { return step_.has_value(); }
  std::size_t cells_in_group() const { return options_.cells; }

  /// Levels a row reaches back, and what it takes of level n - a.
  std::size_t back() const { return back_; }
  double storage_share(std::size_t a) const { return storage_[a]; }
  double rate_share(std::size_t a) const { return rate_[a]; }

  /// rows (cell, column) of the box at `level`, in place, to (group, column).
  void combine(std::size_t level, double *rows, std::size_t columns) const;
  /// The transposed of combine for one column: from (group) to (cell).
  void combine_transposed(std::size_t level, std::span<double const> rows,
                          std::span<double> cells) const;

 private:
  double weight(std::size_t level) const;
  void draw_rows();
  domains::SpaceTimeGrid grid_;
  domains::Box box_;
  RowOptions options_;
  std::size_t first_ = 2, last_ = 2, back_ = 1;
  std::array<double, 3> storage_{}, rate_{};  ///< s_a; dt f_a
  std::optional<StepOperator> step_;
  std::vector<double> drawn_;  ///< (level, group): 0, or what a drawn row counts; empty: all
};

}  // namespace tessera::experts
