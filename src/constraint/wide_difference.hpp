#pragma once

#include <array>
#include <vector>

#include <tessera/domains/space_time_grid.hpp>

// Differences as published (spec/pihcmoe §3.1): central, one-sided at the ends, applied twice for
// the second derivative. Arrays (level, cell, column); the columns follow from the size.
namespace tessera::constraint {

/// u, u_t, u_xx of every column.
std::array<std::vector<double>, 3> wide_terms(domains::SpaceTimeGrid const &grid,
                                              std::vector<double> const &u);

/// out += the transposed of wide_terms applied to the three cotangents.
void add_wide_terms_transposed(domains::SpaceTimeGrid const &grid,
                               std::array<std::vector<double>, 3> const &bars,
                               std::vector<double> &out);

}  // namespace tessera::constraint
