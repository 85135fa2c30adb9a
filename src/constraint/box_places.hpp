#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include <tessera/domains/partition.hpp>

// Cells by where they stand along each axis.
namespace tessera::constraint {

using Places = std::array<std::size_t, 3>;  ///< (axis), x the first

/// Where cell i of a box stands, counted on beyond a periodic end.
inline Places places(domains::Box const &box, std::size_t i)
{
  Places at{};
  for (std::size_t k = box.beyond.size() + 1; k-- > 0;) {
    domains::Range const range = box.along(k);
    at[k] = range.first + i % range.size();
    i /= range.size();
  }
  return at;
}

/// Which cell of a box stands there.
inline std::size_t cell_at(domains::Box const &box, Places const &at)
{
  std::size_t i = 0;
  for (std::size_t k = 0; k <= box.beyond.size(); ++k) {
    domains::Range const range = box.along(k);
    i = i * range.size() + at[k] - range.first;
  }
  return i;
}

/// The grid's numbers of a box's cells.
inline std::vector<std::size_t> cells_of(domains::Box const &box,
                                         domains::SpaceTimeGrid const &grid)
{
  std::vector<std::size_t> cells(box.cells());
  for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = box.cell(grid, i);
  return cells;
}

/// A grid's cells as lines along one axis, each from end to end.
struct AxisLines {
  std::size_t stride, length, lines;

  AxisLines(domains::SpaceTimeGrid const &grid, std::size_t axis)
      : stride(grid.stride(axis)), length(grid.axis(axis).cells), lines(grid.cells / length)
  {
  }
  /// The grid's number of the cell at a place of a line.
  std::size_t cell(std::size_t line, std::size_t place) const
  {
    return (line / stride * length + place) * stride + line % stride;
  }
};

}  // namespace tessera::constraint
