#pragma once

#include <span>

#include <tessera/domains/space_time_grid.hpp>

// A reservoir with u = 1 in the ghost cell on the left of a domain; diffusion carries it in.
namespace tessera::domains {

/// u_xx = bands u + ghost with the ghosts 1 on the left and outflow (u_(n-2) - u_(n-1)) / width on
/// the right (PDEBench's diffusion-sorption; outflow is its D). Shapes (cell, 3), (cell).
void reservoir_difference(SpaceTimeGrid const &grid, double outflow, std::span<double> bands,
                          std::span<double> ghost);

/// start + (1 - start) erfc(x / (2 sqrt(speed t))), x from the ghost cell's middle: the solution
/// for a constant speed D / R on the half line. Shape (level, cell).
void reservoir_profile(SpaceTimeGrid const &grid, double speed, double start,
                       std::span<double> field);

/// (x / (x + 0.05 length)) (t / (t + 0.02 horizon)), x from the ghost cell's middle but half a
/// cell: about 1 away from the boundary and the start. Shape (level, cell).
void reservoir_distance(SpaceTimeGrid const &grid, std::span<double> field);

}  // namespace tessera::domains
