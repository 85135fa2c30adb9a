#include <tessera/domains/partition.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

namespace tessera::domains {
namespace {

std::vector<std::size_t> cuts(std::size_t points, std::size_t boxes, std::size_t least,
                              char const *what)
{
  if (boxes == 0 || points / std::max<std::size_t>(boxes, 1) < least) {
    throw InputError(fmt::format("{} boxes cannot share {} {}: a box needs at least {}; take fewer",
                                 boxes, points, what, least));
  }
  std::vector<std::size_t> at(boxes + 1);
  for (std::size_t b = 0; b <= boxes; ++b) at[b] = b * points / boxes;
  return at;
}

std::size_t part_of(std::vector<std::size_t> const &cuts, std::size_t point)
{
  return static_cast<std::size_t>(std::upper_bound(cuts.begin(), cuts.end(), point) -
                                  cuts.begin()) -
         1;
}

}  // namespace

Partition::Partition(SpaceTimeGrid const &grid, std::size_t boxes_in_time,
                     std::size_t boxes_in_space)
    : grid_(grid),
      level_cuts_(cuts(grid.levels, boxes_in_time, 2, "levels")),
      cell_cuts_(cuts(grid.cells, boxes_in_space, 4, "cells"))
{
  for (std::size_t t = 0; t < boxes_in_time; ++t) {
    for (std::size_t x = 0; x < boxes_in_space; ++x) {
      boxes_.push_back({level_cuts_[t], level_cuts_[t + 1], cell_cuts_[x], cell_cuts_[x + 1]});
    }
  }
}

std::size_t Partition::owner(std::size_t level, std::size_t cell) const
{
  return part_of(level_cuts_, level) * in_space() + part_of(cell_cuts_, cell);
}

}  // namespace tessera::domains
