#pragma once

#include <petscmat.h>

#include <span>

#include <tessera/solvers/stiff_integrator.hpp>

namespace tessera::solvers::petsc {

/// Gives `matrix` the shape and the pattern of the system's Jacobian, on this process alone. Throws
/// InputError where the pattern is none.
void make_matrix(SparseSystem const &system, Mat *matrix);

/// matrix = shift I - values, in the order of the pattern.
PetscErrorCode fill_shifted(SparseSystem const &system, std::span<double const> values,
                            double shift, Mat matrix);

}  // namespace tessera::solvers::petsc
