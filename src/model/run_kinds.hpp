#pragma once

#include <tessera/core/registry.hpp>

namespace tessera::model {

/// Each adds one kind to the seam RunKind.
void register_mixture_kind(Registry &registry);
void register_place_kind(Registry &registry);
void register_oracle_kind(Registry &registry);

}  // namespace tessera::model
