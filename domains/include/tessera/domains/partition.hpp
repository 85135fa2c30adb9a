#pragma once

#include <cstddef>
#include <vector>

#include <tessera/domains/space_time_grid.hpp>

namespace tessera::domains {

/// A rectangle of grid points, levels [first_level, last_level) times cells [first_cell,
/// last_cell).
struct Box {
  std::size_t first_level = 0, last_level = 0, first_cell = 0, last_cell = 0;

  std::size_t levels() const { return last_level - first_level; }
  std::size_t cells() const { return last_cell - first_cell; }
  std::size_t size() const { return levels() * cells(); }
  bool holds(std::size_t level, std::size_t cell) const
  {
    return level >= first_level && level < last_level && cell >= first_cell && cell < last_cell;
  }
  bool operator==(Box const &) const = default;
};

/// Experts by place: a grid cut into boxes, in t and in x, each owned by one expert. Boxes are
/// numbered in t first, then in x; where a number of points does not divide, sizes differ by one.
class Partition {
 public:
  /// Throws InputError where a box would have fewer than 4 cells or 2 levels.
  Partition(SpaceTimeGrid const &grid, std::size_t boxes_in_time, std::size_t boxes_in_space);

  std::size_t size() const { return boxes_.size(); }
  std::size_t in_time() const { return level_cuts_.size() - 1; }
  std::size_t in_space() const { return cell_cuts_.size() - 1; }
  SpaceTimeGrid const &grid() const { return grid_; }
  Box const &box(std::size_t expert) const { return boxes_[expert]; }
  /// The expert that owns a point.
  std::size_t owner(std::size_t level, std::size_t cell) const;
  /// Where boxes begin, the end of the last behind them. Shapes (in_time + 1), (in_space + 1).
  std::vector<std::size_t> const &level_cuts() const { return level_cuts_; }
  std::vector<std::size_t> const &cell_cuts() const { return cell_cuts_; }

 private:
  SpaceTimeGrid grid_;
  std::vector<std::size_t> level_cuts_, cell_cuts_;
  std::vector<Box> boxes_;
};

}  // namespace tessera::domains
