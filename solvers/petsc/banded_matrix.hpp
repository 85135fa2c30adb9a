#pragma once

#include <petscmat.h>

#include <span>

#include <tessera/solvers/stiff_integrator.hpp>

namespace tessera::solvers::petsc {

/// Gives `matrix` the shape and the pattern of the system's Jacobian, on this process alone.
void make_banded(BandedSystem const &system, Mat *matrix);

/// matrix = shift I - bands, in the order of make_banded.
PetscErrorCode fill_shifted(BandedSystem const &system, std::span<double const> bands, double shift,
                            Mat matrix);

}  // namespace tessera::solvers::petsc
