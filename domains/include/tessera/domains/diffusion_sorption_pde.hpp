#pragma once

#include <memory>

#include <tessera/domains/diffusion_sorption.hpp>
#include <tessera/domains/pde.hpp>

namespace tessera::domains {

/// Diffusion-sorption as PDEBench states it.
std::unique_ptr<Pde> make_diffusion_sorption(DiffusionSorption const &problem = {});

}  // namespace tessera::domains
