#pragma once

#include <cstddef>
#include <vector>

#include <tessera/domains/space_time_grid.hpp>

namespace tessera::domains {

/// Points [first, last) of one axis.
struct Range {
  std::size_t first = 0, last = 0;

  std::size_t size() const { return last - first; }
  bool holds(std::size_t point) const { return point >= first && point < last; }
  bool operator==(Range const &) const = default;
};

/// A box of grid points, levels [first_level, last_level) times cells [first_cell, last_cell) of x
/// times ranges of the axes beyond x. Its own cells are counted as the grid's are, the last axis
/// fastest.
struct Box {
  std::size_t first_level = 0, last_level = 0, first_cell = 0, last_cell = 0;
  std::vector<Range> beyond{};  ///< of y, z

  std::size_t levels() const { return last_level - first_level; }
  std::size_t cells() const;
  std::size_t size() const { return levels() * cells(); }
  /// Along axis k, x the first.
  Range along(std::size_t k) const { return k == 0 ? Range{first_cell, last_cell} : beyond[k - 1]; }
  /// The grid's number of cell i of the box. Ranges may reach beyond the end of a periodic axis:
  /// its first cells stand there again.
  std::size_t cell(SpaceTimeGrid const &grid, std::size_t i) const;
  /// Whether a point, its cell by the grid's number, lies in it.
  bool holds(SpaceTimeGrid const &grid, std::size_t level, std::size_t cell) const;
  bool operator==(Box const &) const = default;
};

/// All points of a grid.
Box whole(SpaceTimeGrid const &grid);

/// Experts by place: a grid cut into boxes, in t and along each axis of space, each owned by one
/// expert. Boxes are numbered in t first, then in x, then in y and z (the last fastest); where a
/// number of points does not divide, sizes differ by one.
class Partition {
 public:
  /// Throws InputError where a box would have fewer than 4 cells along an axis or 2 levels, or
  /// where another number of axes is cut than the grid has.
  Partition(SpaceTimeGrid const &grid, std::size_t boxes_in_time,
            std::vector<std::size_t> const &boxes_in_space);
  /// Cut in t and x alone. Throws InputError like the other.
  Partition(SpaceTimeGrid const &grid, std::size_t boxes_in_time, std::size_t boxes_in_x);

  std::size_t size() const { return boxes_.size(); }
  std::size_t in_time() const { return level_cuts_.size() - 1; }
  /// Boxes of one part in t.
  std::size_t in_space() const { return boxes_.size() / in_time(); }
  SpaceTimeGrid const &grid() const { return grid_; }
  Box const &box(std::size_t expert) const { return boxes_[expert]; }
  /// The expert that owns a point, its cell by the grid's number.
  std::size_t owner(std::size_t level, std::size_t cell) const;
  /// Where boxes begin along an axis, the end of the last behind them. Shape (boxes + 1).
  std::vector<std::size_t> const &level_cuts() const { return level_cuts_; }
  std::vector<std::size_t> const &cell_cuts(std::size_t axis = 0) const { return cell_cuts_[axis]; }

 private:
  SpaceTimeGrid grid_;
  std::vector<std::size_t> level_cuts_;
  std::vector<std::vector<std::size_t>> cell_cuts_;  ///< (axis)
  std::vector<Box> boxes_;
};

}  // namespace tessera::domains
