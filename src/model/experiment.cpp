#include <tessera/model/experiment.hpp>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/io/published_layout.hpp>
#include <tessera/model/run_kind.hpp>

#include "settings.hpp"

namespace tessera::model {

Outcome run(RunRequest const &request, Registry const &registry)
{
  Config const config = Config::load(request.config, request.overrides);
  return kind_of(config, registry).kind->read(config, registry)->run(request);
}

std::string check(std::filesystem::path const &file, std::vector<std::string> const &overrides,
                  Registry const &registry)
{
  Config const config = Config::load(file, overrides);
  NamedKind const of = kind_of(config, registry);
  return fmt::format("{}: good, a run of type {}\n{}", file.string(), of.name,
                     of.kind->read(config, registry)->describe());
}

std::string export_data(std::filesystem::path const &file,
                        std::vector<std::string> const &overrides,
                        std::filesystem::path const &folder, Registry const &registry,
                        Progress progress)
{
  Config const config = Config::load(file, overrides);
  if (auto const name = kind_of(config, registry).name; name != "mixture") {
    throw InputError(
        fmt::format("{}: is a run of type {}; NumPy archives are made of the "
                    "trajectories of a mixture. True fields come from tessera truth",
                    file.string(), name));
  }
  Settings const s = Settings::read(config, registry);
  domains::Dataset data = s.data.source->make(s.seed, registry, progress);
  if (!s.data.source->settings().empty()) domains::restore_environments(data, s.seed);
  io::write_published(folder, data);
  return fmt::format("{}: {} environments x {} trajectories x {} times x {} states of {}, seed {}",
                     folder.string(), data.train.size(), data.train.count, data.train.points,
                     data.train.dimension, s.data.source->name(), s.seed);
}

}  // namespace tessera::model
