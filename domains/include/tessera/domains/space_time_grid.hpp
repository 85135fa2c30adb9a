#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tessera::domains {

/// One direction of space: cells of equal width over (0, length).
struct Axis {
  std::size_t cells = 1;
  double length = 1;  ///< metres

  double width() const { return length / static_cast<double>(cells); }
  bool operator==(Axis const &) const = default;
};

/// Cells over a box of one, two or three axes of space, and levels of equal distance from 0 to
/// horizon: where a field u(t, x, …) is stored, as an array (level, cell). Cells are counted with
/// the last axis fastest. Most grids have x alone, and say so by `cells` and `length`.
struct SpaceTimeGrid {
  std::size_t cells = 1024;  ///< of all axes together
  std::size_t levels = 101;
  double length = 1;           ///< of x, metres
  double horizon = 500;        ///< seconds
  std::vector<Axis> beyond{};  ///< y, z: the axes behind x

  /// The grid over these axes, x the first. Throws InputError unless they are one to three, each
  /// with a cell at least.
  static SpaceTimeGrid over(std::vector<Axis> const &axes, std::size_t levels, double horizon);

  std::size_t size() const { return levels * cells; }
  std::size_t dimensions() const { return 1 + beyond.size(); }
  /// Axis k, x the first.
  Axis axis(std::size_t k) const;
  /// By how much the number of a cell grows from one to the next along axis k.
  std::size_t stride(std::size_t k) const;
  /// Where a cell stands along axis k.
  std::size_t place(std::size_t cell, std::size_t k) const
  {
    return beyond.empty() ? cell : cell / stride(k) % axis(k).cells;
  }
  /// Of the cells of x.
  double width() const { return axis(0).width(); }
  /// Of a cell: its width where x is the only axis, else an area or a volume.
  double volume() const;
  double interval() const { return horizon / static_cast<double>(levels - 1); }
  /// Middles of all cells along axis k. Shape (cell).
  std::vector<double> centres(std::size_t k = 0) const;
  /// Shape (level).
  std::vector<double> times() const;
  bool operator==(SpaceTimeGrid const &) const = default;
};

/// |a - b| / |b| in the Euclidean norm over all of a field; shapes equal.
double relative_l2(std::span<double const> a, std::span<double const> b);

}  // namespace tessera::domains
