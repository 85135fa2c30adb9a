#pragma once

#include <tessera/core/config.hpp>
#include <tessera/core/registry.hpp>

#include "settings.hpp"

namespace tessera::model {

/// Reads who the experts are: `type` and `count`, with the type's options beside them, or the lists
/// `bank` and `count` with the options of each type in a table of its name. Throws ConfigError.
void read_experts(Section &experts, Registry const &registry, Settings &settings);

}  // namespace tessera::model
