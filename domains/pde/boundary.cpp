#include <tessera/domains/boundary.hpp>

#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

namespace tessera::domains {
namespace {

/// The row of an end's cell: shares of the ghost cell, of itself, of the cell further inside, and
/// what is added.
struct EndRow {
  double &ghost, &own, &inner, &added;
};

/// Hands the ghost cell's share to what it follows from. `outward`: 1 on the right, -1 on the left.
void close_end(EndRule const &rule, double outward, double width, EndRow row)
{
  double const share = row.ghost;
  switch (rule.kind) {
    case EndRule::Kind::value:
      row.own -= share;
      row.added += 2 * share * rule.number;
      break;
    case EndRule::Kind::reservoir:
      row.added += share * rule.number;
      break;
    case EndRule::Kind::flux:
      row.own += share;
      row.added += outward * share * width * rule.number;
      break;
    case EndRule::Kind::outflow:
      double const follow = share * rule.number / width;
      row.inner += follow;
      row.own -= follow;
      break;
  }
  row.ghost = 0;
}

}  // namespace

LinearTerm difference(SpaceTimeGrid const &grid, Boundary const &boundary, int order,
                      std::size_t axis)
{
  if (axis >= grid.dimensions()) {
    throw InputError(fmt::format("a difference along axis {} of a grid of {}; the first is 0", axis,
                                 grid.dimensions()));
  }
  char const letter = "xyz"[axis];
  std::size_t const along = grid.axis(axis).cells;
  if (order < 1 || order > 2 || along < 3) {
    throw InputError(
        fmt::format("a difference of order {} over {} cells along {}; there is 1 and 2, over 3 "
                    "cells at least",
                    order, along, letter));
  }
  double const width = grid.axis(axis).width(),
               scale = order == 1 ? 0.5 / width : 1 / (width * width);
  std::array<double, 3> const row = order == 1 ? std::array<double, 3>{-scale, 0, scale}
                                               : std::array<double, 3>{scale, -2 * scale, scale};
  LinearTerm term{.name = std::string("u_") + std::string(std::size_t(order), letter),
                  .order = order,
                  .periodic = boundary.periodic,
                  .bands = std::vector<double>(3 * grid.cells),
                  .ghost = std::vector<double>(grid.cells, 0.),
                  .stride = grid.stride(axis),
                  .count = along};
  for (std::size_t i = 0; i < grid.cells; ++i) {
    std::copy(row.begin(), row.end(), term.bands.begin() + long(3 * i));
  }
  for (std::size_t i = 0; i < grid.cells && !boundary.periodic; ++i) {
    double *const at = &term.bands[3 * i];
    if (term.is_first(i)) close_end(boundary.left, -1, width, {at[0], at[1], at[2], term.ghost[i]});
    if (term.is_last(i)) close_end(boundary.right, 1, width, {at[2], at[1], at[0], term.ghost[i]});
  }
  return term;
}

}  // namespace tessera::domains
