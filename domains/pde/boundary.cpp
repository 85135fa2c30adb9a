#include <tessera/domains/boundary.hpp>

#include <algorithm>
#include <array>

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

LinearTerm difference(SpaceTimeGrid const &grid, Boundary const &boundary, int order)
{
  if (order < 1 || order > 2 || grid.cells < 3) {
    throw InputError(
        fmt::format("a difference of order {} over {} cells; there is 1 and 2, over 3 "
                    "cells at least",
                    order, grid.cells));
  }
  double const width = grid.width(), scale = order == 1 ? 0.5 / width : 1 / (width * width);
  std::array<double, 3> const row = order == 1 ? std::array<double, 3>{-scale, 0, scale}
                                               : std::array<double, 3>{scale, -2 * scale, scale};
  LinearTerm term{order == 1 ? "u_x" : "u_xx", order, boundary.periodic,
                  std::vector<double>(3 * grid.cells), std::vector<double>(grid.cells, 0.)};
  for (std::size_t i = 0; i < grid.cells; ++i) {
    std::copy(row.begin(), row.end(), term.bands.begin() + long(3 * i));
  }
  if (boundary.periodic) return term;
  double *const first = term.bands.data(), *const last = &term.bands[3 * (grid.cells - 1)];
  close_end(boundary.left, -1, width, {first[0], first[1], first[2], term.ghost.front()});
  close_end(boundary.right, 1, width, {last[2], last[1], last[0], term.ghost.back()});
  return term;
}

}  // namespace tessera::domains
