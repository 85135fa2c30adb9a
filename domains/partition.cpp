#include <tessera/domains/partition.hpp>

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

namespace tessera::domains {
namespace {

std::vector<std::size_t> cuts(std::size_t points, std::size_t boxes, std::size_t least,
                              std::string const &what)
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

std::size_t Box::cells() const
{
  std::size_t cells = last_cell - first_cell;
  for (Range const &range : beyond) cells *= range.size();
  return cells;
}

std::size_t Box::cell(SpaceTimeGrid const &grid, std::size_t i) const
{
  std::size_t number = 0;
  for (std::size_t k = beyond.size() + 1; k-- > 0;) {
    Range const range = along(k);
    number += (range.first + i % range.size()) % grid.axis(k).cells * grid.stride(k);
    i /= range.size();
  }
  return number;
}

bool Box::holds(SpaceTimeGrid const &grid, std::size_t level, std::size_t cell) const
{
  if (level < first_level || level >= last_level) return false;
  for (std::size_t k = 0; k <= beyond.size(); ++k) {
    std::size_t const at = grid.place(cell, k);
    if (!along(k).holds(at) && !along(k).holds(at + grid.axis(k).cells)) return false;
  }
  return true;
}

Box whole(SpaceTimeGrid const &grid)
{
  Box box{0, grid.levels, 0, grid.axis(0).cells};
  for (Axis const &axis : grid.beyond) box.beyond.push_back({0, axis.cells});
  return box;
}

Partition::Partition(SpaceTimeGrid const &grid, std::size_t boxes_in_time, std::size_t boxes_in_x)
    : Partition(grid, boxes_in_time, [&] {
        std::vector<std::size_t> boxes(grid.dimensions(), 1);
        boxes[0] = boxes_in_x;
        return boxes;
      }())
{
}

Partition::Partition(SpaceTimeGrid const &grid, std::size_t boxes_in_time,
                     std::vector<std::size_t> const &boxes_in_space)
    : grid_(grid), level_cuts_(cuts(grid.levels, boxes_in_time, 2, "levels"))
{
  if (boxes_in_space.size() != grid.dimensions()) {
    throw InputError(
        fmt::format("numbers of boxes for {} axes, and the grid has {}; give one "
                    "number an axis",
                    boxes_in_space.size(), grid.dimensions()));
  }
  std::size_t count = 1;
  for (std::size_t k = 0; k < grid.dimensions(); ++k) {
    std::string const what = std::string("cells along ") + "xyz"[k];
    cell_cuts_.push_back(cuts(grid.axis(k).cells, boxes_in_space[k], 4, what));
    count *= boxes_in_space[k];
  }
  for (std::size_t t = 0; t < boxes_in_time; ++t) {
    for (std::size_t b = 0; b < count; ++b) {
      Box box{level_cuts_[t], level_cuts_[t + 1], 0, 0, std::vector<Range>(grid.beyond.size())};
      for (std::size_t k = grid.dimensions(), rest = b; k-- > 0;) {
        std::size_t const part = rest % boxes_in_space[k];
        rest /= boxes_in_space[k];
        Range const range{cell_cuts_[k][part], cell_cuts_[k][part + 1]};
        if (k > 0) {
          box.beyond[k - 1] = range;
        } else {
          box.first_cell = range.first, box.last_cell = range.last;
        }
      }
      boxes_.push_back(box);
    }
  }
}

std::size_t Partition::owner(std::size_t level, std::size_t cell) const
{
  std::size_t expert = part_of(level_cuts_, level);
  for (std::size_t k = 0; k < grid_.dimensions(); ++k) {
    expert = expert * (cell_cuts_[k].size() - 1) + part_of(cell_cuts_[k], grid_.place(cell, k));
  }
  return expert;
}

}  // namespace tessera::domains
