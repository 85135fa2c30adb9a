#pragma once

#include <memory>

#include <tessera/domains/pde_family.hpp>

namespace tessera::domains {

/// Fisher and Kolmogorov, Petrovsky, Piskunov: u_t = D u_xx + r u (1 - u), nothing through the
/// ends. A field between 0 and 1 grows to 1, in fronts of speed 2 sqrt(D r).
std::unique_ptr<Pde> make_fisher_kpp(double diffusion = 2e-3, double growth = 8);

/// It on (0, 1) x (0, 1) from a hump, height exp(-((x - middle) / 0.1)^2), height uniform in [0.2,
/// 1), middle in [0.25, 0.75).
std::unique_ptr<PdeFamily> make_fisher_kpp_family(double diffusion = 2e-3, double growth = 8);

}  // namespace tessera::domains
