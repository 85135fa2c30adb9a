#include "row_combination.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

namespace tessera::constraint {
namespace {

/// storage - rate L, frozen, on the groups of a box; a group is a cell `merged` times as wide.
/// Shape (group, 3).
std::vector<double> frozen_bands(domains::Pde const &pde, domains::SpaceTimeGrid const &grid,
                                 domains::Box const &box, RowOptions const &options, double storage,
                                 double rate)
{
  auto const terms = pde.terms(grid);
  auto const by_term = pde.frozen_rate(options.form);
  std::size_t const merged = options.cells, groups = box.cells() / merged;
  std::vector<double> out(3 * groups, 0.);
  for (std::size_t g = 0; g < groups; ++g) {
    // The outermost cell of a group carries its ghost, if any.
    std::size_t const cell = box.first_cell + (g + 1 == groups ? box.cells() - 1 : g * merged);
    for (std::size_t k = 0; k < terms.size(); ++k) {
      double const width = 1 / std::pow(double(merged), terms[k].order);
      for (std::size_t b = 0; b < 3; ++b) {
        out[3 * g + b] += -rate * by_term[k + 1] * width * terms[k].bands[3 * cell + b];
      }
    }
    out[3 * g + 1] += storage * pde.frozen_storage(options.form) - rate * by_term[0];
  }
  return out;
}

/// The same on the cells of a box of several axes. No error is taken to be outside of it.
CellMatrix frozen_matrix(domains::Pde const &pde, domains::SpaceTimeGrid const &grid,
                         domains::Box const &box, RowOptions const &options, double storage,
                         double rate)
{
  auto const terms = pde.terms(grid);
  auto const by_term = pde.frozen_rate(options.form);
  std::size_t const cells = box.cells();
  std::vector<std::size_t> in_box(grid.cells, cells);
  for (std::size_t i = 0; i < cells; ++i) in_box[box.cell(grid, i)] = i;
  std::vector<Eigen::Triplet<double>> entries;
  auto const add = [&](std::size_t row, std::size_t column, double entry) {
    if (column < cells) entries.emplace_back(int(row), int(column), entry);
  };
  for (std::size_t i = 0; i < cells; ++i) {
    add(i, i, storage * pde.frozen_storage(options.form) - rate * by_term[0]);
    for (std::size_t k = 0; k < terms.size(); ++k) {
      terms[k].for_each(box.cell(grid, i), [&](std::size_t j, double weight) {
        add(i, in_box[j], -rate * by_term[k + 1] * weight);
      });
    }
  }
  auto const n = static_cast<Eigen::Index>(cells);
  CellMatrix matrix(n, n);
  matrix.setFromTriplets(entries.begin(), entries.end());
  return matrix;
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
    case TimeScheme::logarithmic:
      storage_ = {1, -1, 0}, rate_ = {dt / 2, 0, 0}, back_ = 2;  // rate: of the norm alone
      break;
  }
  if (options.cells == 0 || box.cells() % options.cells != 0) {
    throw InputError(
        fmt::format("constraint.cells = {} does not divide the {} cells of a box; take a divisor",
                    options.cells, box.cells()));
  }
  // The step from level first_level - 1 is the first that is asked to hold; two-step formulae
  // begin one level later.
  std::size_t const later = options.time == TimeScheme::bdf2 ? 1 : 0;
  first_ = std::max(box.first_level, std::max<std::size_t>(options.first_level, 1) + later);
  last_ = options.last_level == 0 ? box.last_level : std::min(options.last_level, box.last_level);
  if (options.norm != RowNorm::plain) prepare_norm(pde);
  if (options.spreading > 0) prepare_spreading(pde);
  if (options.points > 0) draw_rows();
}

void RowCombination::prepare_norm(domains::Pde const &pde)
{
  bool const propagated = options_.norm == RowNorm::propagated;
  if (propagated && options_.time == TimeScheme::bdf2) {
    throw InputError(
        "constraint.norm = \"propagated\" carries errors over one step; take another "
        "constraint.time than \"bdf2\"");
  }
  double const explicit_rate = rate_[0] - grid_.interval();
  if (grid_.dimensions() > 1) {
    step_.emplace(frozen_matrix(pde, grid_, box_, options_, storage_[0], rate_[0]));
    if (propagated) carried_matrix_ = frozen_matrix(pde, grid_, box_, options_, 1, explicit_rate);
    return;
  }
  cyclic_ = pde.boundary().periodic && box_.cells() == grid_.cells;
  step_.emplace(frozen_bands(pde, grid_, box_, options_, storage_[0], rate_[0]), cyclic_);
  if (propagated) carried_ = frozen_bands(pde, grid_, box_, options_, 1, explicit_rate);
}

void RowCombination::prepare_spreading(domains::Pde const &pde)
{
  bands_.resize(3 * grid_.cells), ghost_.resize(grid_.cells);
  if (!pde.spreading(options_.form, grid_, bands_, ghost_)) {
    throw InputError("constraint.spreading: fields of " + pde.name() +
                     " do not start as layers that spread; leave it at 0");
  }
  spreading_ = std::min(std::size_t(options_.spreading / grid_.interval() + 1e-9), last_ - 1);
  if (spreading_ == 0) return;
  first_ = std::max<std::size_t>(box_.first_level, 1);
  // erfc(8 / 2) = 2e-8 is left of a layer there.
  reach_ = 64 * pde.frozen_rate(options_.form).back() / pde.frozen_storage(options_.form);
  for (std::size_t n = 1; step_ && n <= spreading_; ++n) {
    spreading_steps_.emplace_back(frozen_bands(pde, grid_, box_, options_, 1, time(n)));
  }
}

double RowCombination::logarithmic_share(std::size_t level, std::size_t a) const
{
  // The integral of the rate over a step as that of t x rate over ln t, by the polynomial through
  // the last three levels behind t = 0; where there are two, by the trapezoidal rule.
  double const t = double(level) * grid_.interval();
  if (level < 2) return a < 2 ? grid_.interval() / 2 : 0;
  double const before = t - grid_.interval(), h = std::log(t / before);
  if (level == 2) return a == 0 ? h / 2 * t : a == 1 ? h / 2 * before : 0;
  double const earlier = before - grid_.interval(), k = std::log(before / earlier);
  if (a == 0) return t * h * (2 * h + 3 * k) / (6 * (h + k));
  if (a == 1) return before * h * (h + 3 * k) / (6 * k);
  return -earlier * h * h * h / (6 * k * (h + k));
}

void RowCombination::draw_rows()
{
  // Without replacement; a drawn row counts for those that were not.
  std::size_t const groups = this->groups(), rows = last_ > first_ ? (last_ - first_) * groups : 0;
  if (options_.points >= rows) return;
  drawn_.assign(last_ * groups, 0.);
  Rng rng(options_.draw, "constraint.points", box_.first_level, box_.cell(grid_, 0));
  auto const order = rng.permutation(rows);
  for (std::size_t k = 0; k < options_.points; ++k) {
    drawn_[first_ * groups + order[k]] = std::sqrt(double(rows) / double(options_.points));
  }
}

double RowCombination::weight(std::size_t level) const
{
  double const width = grid_.volume() * double(options_.cells), dt = grid_.interval();
  double const begin = double(level - 1) * dt;
  double early = 1;
  if (options_.early > 0 && !spreads(level)) {
    // A step's own error falls with the third power of its time (numerics 4.19: 93 % of the truth's
    // residual stands in the first row); rows weigh what they can be trusted to.
    early = begin == 0 ? 0 : 1 / (1 + std::pow(options_.early * grid_.horizon / begin, 3));
  }
  if (couples_all_levels()) return early * std::sqrt(width / double(grid_.levels));
  if (step_) return early * std::sqrt(width * double(grid_.levels));
  return early * std::sqrt(grid_.horizon * width * dt) / (spreads(level) ? time(level) : dt);
}

void RowCombination::combine(std::size_t level, double *rows, std::size_t columns,
                             Carry &carry) const
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
  if (carries(level)) {
    for (std::size_t g = 0; g < groups; ++g) {
      for_carried(g, [&](std::size_t other, double band) {
        double const *from = &carry[other * columns];
        for (std::size_t c = 0; c < columns; ++c) rows[g * columns + c] += band * from[c];
      });
    }
  }
  if (step_) operator_at(level).solve(rows, columns);
  if (couples_all_levels()) carry.assign(rows, rows + groups * columns);
  double const w = weight(level);
  for (std::size_t g = 0; g < groups; ++g) {
    double const own = drawn_.empty() ? w : w * drawn_[level * groups + g];
    for (std::size_t c = 0; c < columns; ++c) rows[g * columns + c] *= own;
  }
}

void RowCombination::combine_transposed(std::size_t level, std::span<double const> rows,
                                        std::span<double> cells, Carry &carry) const
{
  std::size_t const merged = options_.cells, groups = this->groups();
  std::vector<double> group(rows.begin(), rows.end());
  double const w = weight(level);
  for (std::size_t g = 0; g < groups; ++g) {
    group[g] *= drawn_.empty() ? w : w * drawn_[level * groups + g];
  }
  for (std::size_t g = 0; g < carry.size(); ++g) group[g] += carry[g];
  if (step_) operator_at(level).solve_transposed(group.data());
  carry.assign(couples_all_levels() ? groups : 0, 0.);
  for (std::size_t g = 0; carries(level) && g < groups; ++g) {
    for_carried(g, [&](std::size_t other, double band) { carry[other] += band * group[g]; });
  }
  for (std::size_t i = 0; i < groups * merged; ++i) cells[i] = group[i / merged] / double(merged);
}

}  // namespace tessera::constraint
