#pragma once

#include <memory>

#include <tessera/domains/pde.hpp>

namespace tessera::domains {

/// u_t = D u_xx + q sin(pi x / L), u(t, 0) = 1, the right ghost 0, D and q constant: linear.
std::unique_ptr<Pde> make_heat(double diffusion = 1.3e-4, double source = 1e-3);

}  // namespace tessera::domains
