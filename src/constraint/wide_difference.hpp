#pragma once

#include <vector>

#include <tessera/domains/pde.hpp>

// Differences as published (PI-HC-MoE, its program): central, one-sided at the ends, applied twice
// for the second derivative. Arrays (level, cell, column); the columns follow from the size.
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

/// What the published rows and loss ask of the ends: u = left there, and u = outflow u_x on the
/// right, u_x one-sided on a grid whose points span 1.
struct PublishedEnds {
  double left = 1, outflow = 0;
};
/// Throws InputError where the equation's boundary is of another kind.
PublishedEnds published_ends(domains::Pde const &pde, domains::SpaceTimeGrid const &grid);

}  // namespace tessera::constraint
