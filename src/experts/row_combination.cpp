#include "row_combination.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

namespace tessera::experts {
namespace {

/// The operator of one frozen step on the groups of a box; a group is a cell `merged` times as
/// wide.
StepOperator step_operator(domains::Pde const &pde, domains::SpaceTimeGrid const &grid,
                           domains::Box const &box, RowOptions const &options, double storage,
                           double rate)
{
  std::vector<double> bands(3 * grid.cells), ghost(grid.cells);
  pde.second_difference(grid, bands, ghost);
  std::size_t const merged = options.cells, groups = box.cells() / merged;
  double const width = 1 / double(merged * merged);
  std::vector<double> out(3 * groups);
  for (std::size_t g = 0; g < groups; ++g) {
    // The outermost cell of a group carries its ghost, if any.
    std::size_t const cell = box.first_cell + (g + 1 == groups ? box.cells() - 1 : g * merged);
    for (std::size_t k = 0; k < 3; ++k) {
      out[3 * g + k] = -rate * pde.frozen_rate(options.form) * width * bands[3 * cell + k];
    }
    out[3 * g + 1] += storage * pde.frozen_storage(options.form);
  }
  return StepOperator(std::move(out));
}

}  // namespace

RowCombination::RowCombination(domains::Pde const &pde, domains::SpaceTimeGrid const &grid,
                               domains::Box const &box, RowOptions const &options)
    : grid_(grid), box_(box), options_(options)
{
  double const dt = grid.interval();
  switch (options.time) {
    case TimeScheme::crank_nicolson:
      storage_ = {1, -1, 0}, rate_ = {dt / 2, dt / 2, 0};
      break;
    case TimeScheme::backward_euler:
      storage_ = {1, -1, 0}, rate_ = {dt, 0, 0};
      break;
    case TimeScheme::bdf2:
      storage_ = {1.5, -2, 0.5}, rate_ = {dt, 0, 0}, back_ = 2;
      break;
  }
  if (options.cells == 0 || box.cells() % options.cells != 0) {
    throw InputError(
        fmt::format("rows.cells = {} does not divide the {} cells of a box; take a divisor",
                    options.cells, box.cells()));
  }
  // The step from level first_level - 1 is the first that is asked to hold; two-step formulae
  // begin one level later.
  first_ = std::max(box.first_level, std::max<std::size_t>(options.first_level, 1) + back_ - 1);
  last_ = options.last_level == 0 ? box.last_level : std::min(options.last_level, box.last_level);
  if (options.norm == RowNorm::step) {
    step_ = step_operator(pde, grid, box, options, storage_[0], rate_[0]);
  }
  if (options.points > 0) draw_rows();
}

void RowCombination::draw_rows()
{
  // Without replacement; a drawn row counts for those that were not.
  std::size_t const groups = this->groups(), rows = last_ > first_ ? (last_ - first_) * groups : 0;
  if (options_.points >= rows) return;
  drawn_.assign(last_ * groups, 0.);
  Rng rng(options_.draw, "constraint.points", box_.first_level, box_.first_cell);
  auto const order = rng.permutation(rows);
  for (std::size_t k = 0; k < options_.points; ++k) {
    drawn_[first_ * groups + order[k]] = std::sqrt(double(rows) / double(options_.points));
  }
}

double RowCombination::weight(std::size_t level) const
{
  double const width = grid_.width() * double(options_.cells), dt = grid_.interval();
  double const begin = double(level - 1) * dt;
  double early = 1;
  if (options_.early > 0) {
    // A step's own error falls with the third power of its time (numerics 4.19: 93 % of the truth's
    // residual stands in the first row); rows weigh what they can be trusted to.
    early = begin == 0 ? 0 : 1 / (1 + std::pow(options_.early * grid_.horizon / begin, 3));
  }
  if (step_) return early * std::sqrt(width * double(grid_.levels));
  return early * std::sqrt(grid_.horizon * width * dt) / dt;
}

void RowCombination::combine(std::size_t level, double *rows, std::size_t columns) const
{
  std::size_t const merged = options_.cells, groups = this->groups();
  if (merged > 1) {
    for (std::size_t g = 0; g < groups; ++g) {
      double *const out = rows + g * columns;
      for (std::size_t c = 0; c < columns; ++c) {
        double sum = 0;
        for (std::size_t k = 0; k < merged; ++k) sum += rows[(g * merged + k) * columns + c];
        out[c] = sum / double(merged);
      }
    }
  }
  if (step_) step_->solve(rows, columns);
  double const w = weight(level);
  for (std::size_t g = 0; g < groups; ++g) {
    double const own = drawn_.empty() ? w : w * drawn_[level * groups + g];
    for (std::size_t c = 0; c < columns; ++c) rows[g * columns + c] *= own;
  }
}

void RowCombination::combine_transposed(std::size_t level, std::span<double const> rows,
                                        std::span<double> cells) const
{
  std::size_t const merged = options_.cells, groups = this->groups();
  std::vector<double> group(rows.begin(), rows.end());
  double const w = weight(level);
  for (std::size_t g = 0; g < groups; ++g) {
    group[g] *= drawn_.empty() ? w : w * drawn_[level * groups + g];
  }
  if (step_) step_->solve_transposed(group.data());
  for (std::size_t i = 0; i < groups * merged; ++i) cells[i] = group[i / merged] / double(merged);
}

}  // namespace tessera::experts
