#include "trained_run.hpp"

#include <fmt/format.h>
#include <Kokkos_Core.hpp>

#include <tessera/core/error.hpp>
#include <tessera/io/checkpoint.hpp>
#include <tessera/model/run_kind.hpp>

namespace tessera::model {

Config config_of_trained(std::filesystem::path const &run, Registry const &registry,
                         std::string const &kind, std::string const &otherwise)
{
  if (!Kokkos::is_initialized()) {
    throw Error("make a tessera::Runtime before a model is loaded, and let it live longer");
  }
  Config config = config_of_run(run);
  if (auto const name = kind_of(config, registry).name; name != kind) {
    throw InputError(fmt::format("{}: is a run of type {}, {}", run.string(), name, otherwise));
  }
  return config;
}

std::filesystem::path checkpoint_of_run(std::filesystem::path const &run)
{
  auto checkpoint = io::newest_checkpoint(run / "checkpoints");
  if (!checkpoint.empty()) return checkpoint;
  throw InputError((run / "checkpoints").string() +
                   ": holds no checkpoint that can be read; train first, or go on with "
                   "tessera run --resume");
}

}  // namespace tessera::model
