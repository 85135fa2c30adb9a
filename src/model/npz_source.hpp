#pragma once

#include <tessera/core/registry.hpp>

namespace tessera::model {

/// Adds type = "npz" to the seam Domain.
void register_npz_source(Registry &registry);

}  // namespace tessera::model
