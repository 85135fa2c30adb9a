#pragma once

#include <span>

#include <tessera/domains/pde.hpp>

namespace tessera::domains {

/// The field of an equation from `initial` (cell) into `field` (level, cell): u_t = rate of its
/// terms on the grid's cells, converged in time by integrate_stiff with the local error
/// `tolerance`; the Jacobian is a band along one axis, sparse along several. The rate is taken at t
/// = 0: it must not depend on the time itself. Returns the steps taken. Needs a Runtime; calls must
/// not overlap. Throws SolverError.
long method_of_lines(Pde const &pde, SpaceTimeGrid const &grid, std::span<double const> initial,
                     std::span<double> field, double tolerance = 1e-7);

}  // namespace tessera::domains
