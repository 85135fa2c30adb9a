#include "left_reservoir.hpp"

#include <algorithm>
#include <cmath>

namespace tessera::domains {

void reservoir_spreading(SpaceTimeGrid const &grid, double reservoir, std::span<double> bands,
                         std::span<double> ghost)
{
  // t u_t = -(y / 2) u_y, y the distance from the ghost cell at the nearer end.
  std::fill(ghost.begin(), ghost.end(), 0.);
  for (std::size_t i = 0; i < grid.cells; ++i) {
    double const left = double(i + 1), right = double(grid.cells - i);
    double const slope = left < right ? -left / 4 : right / 4;
    bands[3 * i] = i > 0 ? -slope : 0;
    bands[3 * i + 1] = 0;
    bands[3 * i + 2] = i + 1 < grid.cells ? slope : 0;
  }
  ghost[0] = reservoir / 4;  // to the right the ghost cell holds about nothing
}

void reservoir_profile(SpaceTimeGrid const &grid, double speed, double outflow,
                       std::span<double const> initial, std::span<double> field)
{
  auto const x = grid.centres(), t = grid.times();
  for (std::size_t n = 0; n < grid.levels; ++n) {
    for (std::size_t i = 0; i < grid.cells; ++i) {
      double const left = x[i] + grid.width() / 2, right = grid.length + grid.width() - left;
      auto layer = [&](double depth, double rate) {
        return n == 0 ? 0 : std::erfc(depth / (2 * std::sqrt(rate * t[n])));
      };
      double const u0 = initial[i];
      field[n * grid.cells + i] = u0 + (1 - u0) * layer(left, speed) - u0 * layer(right, outflow);
    }
  }
}

void reservoir_distance(SpaceTimeGrid const &grid, std::span<double> field)
{
  auto const x = grid.centres(), t = grid.times();
  for (std::size_t n = 0; n < grid.levels; ++n) {
    double const later = t[n] / (t[n] + 0.02 * grid.horizon);
    for (std::size_t i = 0; i < grid.cells; ++i) {
      double const depth = x[i] + grid.width() / 2;
      field[n * grid.cells + i] = depth / (x[i] + 0.05 * grid.length) * later;
    }
  }
}

}  // namespace tessera::domains
