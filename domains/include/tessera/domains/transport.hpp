#pragma once

#include <memory>

#include <tessera/domains/pde_family.hpp>

// Equations that carry a field around a ring.
namespace tessera::domains {

/// u_t + a u_x = 0, periodic: linear.
std::unique_ptr<Pde> make_advection(double speed = 0.1);
/// Viscous Burgers, u_t + u u_x = nu u_xx, periodic.
std::unique_ptr<Pde> make_burgers(double viscosity = 0.01);

/// A periodic equation on (0, 1) from sums of two sines, u(0, x) = sum_i A_i sin(2 pi n_i x +
/// phi_i), n_i out of 1 … 4, A_i uniform in [0, 1), phi_i in [0, 2 pi) (PDEBench, Takamoto et al.,
/// NeurIPS 2022, without its windows and absolute values). Told by the amplitudes of the sine and
/// the cosine of each n.
std::unique_ptr<PdeFamily> make_wave_family(std::unique_ptr<Pde> pde, double horizon = 2);

}  // namespace tessera::domains
