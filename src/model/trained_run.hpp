#pragma once

#include <filesystem>
#include <string>

#include <tessera/core/config.hpp>
#include <tessera/core/registry.hpp>

namespace tessera::model {

/// The config of a run of type `kind` that a model is to be loaded from; `otherwise` says what is
/// wrong with runs of other types, and what to do. Throws Error without a Runtime, InputError where
/// `run` holds no run of that type.
Config config_of_trained(std::filesystem::path const &run, Registry const &registry,
                         std::string const &kind, std::string const &otherwise);

/// The newest undamaged checkpoint of a run. Throws InputError where there is none.
std::filesystem::path checkpoint_of_run(std::filesystem::path const &run);

}  // namespace tessera::model
