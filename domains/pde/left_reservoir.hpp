#pragma once

#include <span>

#include <tessera/domains/space_time_grid.hpp>

// A reservoir with u = 1 in the ghost cell on the left of a domain; diffusion carries it in.
namespace tessera::domains {

/// Pde::spreading of a field between reservoirs, `reservoir` what the left one's ghost cell stores.
void reservoir_spreading(SpaceTimeGrid const &grid, double reservoir, std::span<double> bands,
                         std::span<double> ghost);

/// u0 + (1 - u0) erfc(x / (2 sqrt(speed t))) - u0 erfc(y / (2 sqrt(outflow t))), x and y from the
/// middles of the ghost cells on the left and on the right: the layers that grow from both ends for
/// constant speeds D / R. Shapes of u0 = `initial` (cell), of field (level, cell).
void reservoir_profile(SpaceTimeGrid const &grid, double speed, double outflow,
                       std::span<double const> initial, std::span<double> field);

/// (x / (x + 0.05 length)) (t / (t + 0.02 horizon)), x from the ghost cell's middle but half a
/// cell: about 1 away from the boundary and the start. Shape (level, cell).
void reservoir_distance(SpaceTimeGrid const &grid, std::span<double> field);

}  // namespace tessera::domains
