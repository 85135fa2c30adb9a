#pragma once

#include <tessera/core/registry.hpp>

namespace tessera::domains {

/// Adds "lotka_volterra", "glycolytic", "selkov" and "forced_oscillator" to the seam Family.
void register_dynamics_families(Registry &registry);

}  // namespace tessera::domains
