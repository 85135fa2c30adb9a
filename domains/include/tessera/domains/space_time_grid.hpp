#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tessera::domains {

/// Cells of equal width over (0, length) and levels of equal distance from 0 to horizon: where a
/// field u(t, x) is stored, as an array (level, cell).
struct SpaceTimeGrid {
  std::size_t cells = 1024;
  std::size_t levels = 101;
  double length = 1;     ///< metres
  double horizon = 500;  ///< seconds

  std::size_t size() const { return levels * cells; }
  double width() const { return length / static_cast<double>(cells); }
  double interval() const { return horizon / static_cast<double>(levels - 1); }
  /// Middles of the cells. Shape (cell).
  std::vector<double> centres() const;
  /// Shape (level).
  std::vector<double> times() const;
  bool operator==(SpaceTimeGrid const &) const = default;
};

/// |a - b| / |b| in the Euclidean norm over all of a field; shapes equal.
double relative_l2(std::span<double const> a, std::span<double const> b);

}  // namespace tessera::domains
