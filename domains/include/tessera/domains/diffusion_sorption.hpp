#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <tessera/domains/space_time_grid.hpp>

namespace tessera::domains {

/// Diffusion with sorption by Freundlich's isotherm, u_t = D / R(u) u_xx on (0, length), u a
/// concentration >= 0, from a constant u0, with u = 1 on the left; constants and
/// semi-discretisation are those of PDEBench (Takamoto et al., NeurIPS 2022).
struct DiffusionSorption {
  double diffusion = 5e-4;     ///< D, m^2/s
  double porosity = 0.29;      ///< phi
  double density = 2880;       ///< of the bulk, rho_s, kg/m^3
  double freundlich = 3.5e-4;  ///< k; 0 switches sorption off
  double exponent = 0.874;     ///< n_f

  /// R(u) = 1 + (1 - phi)/phi rho_s k n_f (max(u, 0) + 1e-6)^(n_f - 1).
  double retardation(double u) const;
  /// dR/du; 0 for u <= 0.
  double retardation_slope(double u) const;
  /// C(u), with dC/du = R and C(0) = 0, for u >= 0: what a cell holds, dissolved and sorbed. Its
  /// integral changes by the boundary fluxes alone.
  double total_concentration(double u) const;

  /// du_i/dt = D / R(u_i) (u_(i-1) - 2 u_i + u_(i+1)) / width^2, the cell to the left of the first
  /// being 1 and that to the right of the last D (u_(n-2) - u_(n-1)) / width. Shapes (cell).
  void rate(double width, std::span<double const> u, std::span<double> rate) const;
  /// The derivative of rate. Shape (cell, 3): by u_(i-1), u_i, u_(i+1); 0 outside of the matrix.
  void jacobian(double width, std::span<double const> u, std::span<double> bands) const;

 private:
  double sorption() const { return (1 - porosity) / porosity * density * freundlich * exponent; }
};

/// Which equation with which constants, as true fields carry it in PDEBench's form: a line for
/// each, "key: value".
std::string settings_text(DiffusionSorption const &problem);

/// u0 of one sample, uniform in [0, 0.2), from (seed, sample) alone.
double diffusion_sorption_start(std::uint64_t seed, std::size_t sample);

/// The field from `initial` (cell) on `grid` into `field` (level, cell), converged in time:
/// integrate_stiff with the local error `tolerance`. Returns the steps taken. Needs a Runtime;
/// calls must not overlap. Throws SolverError.
long diffusion_sorption_truth(DiffusionSorption const &problem, SpaceTimeGrid const &grid,
                              std::span<double const> initial, std::span<double> field,
                              double tolerance = 1e-6);

}  // namespace tessera::domains
