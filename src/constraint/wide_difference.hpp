#pragma once

#include <vector>

#include <tessera/domains/pde.hpp>

// Differences as published (spec/pihcmoe §3.1): central, one-sided at the ends, applied twice for
// the second derivative. Arrays (level, cell, column); the columns follow from the size.
namespace tessera::constraint {

/// Orders of the derivatives in x that the terms of an equation are.
std::vector<int> orders_of(domains::Pde const &pde, domains::SpaceTimeGrid const &grid);

/// u, u_t, and the derivatives in x of these orders, of every column.
std::vector<std::vector<double>> wide_terms(domains::SpaceTimeGrid const &grid,
                                            std::vector<int> const &orders,
                                            std::vector<double> const &u);

/// out += the transposed of wide_terms applied to the cotangents of its terms.
void add_wide_terms_transposed(domains::SpaceTimeGrid const &grid, std::vector<int> const &orders,
                               std::vector<std::vector<double>> const &bars,
                               std::vector<double> &out);

}  // namespace tessera::constraint
