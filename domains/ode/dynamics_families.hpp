#pragma once

#include <tessera/core/registry.hpp>

namespace tessera::domains {

/// Adds "lotka_volterra", "glycolytic" and "selkov" to the seam Family.
void register_dynamics_families(Registry &registry);

}  // namespace tessera::domains
