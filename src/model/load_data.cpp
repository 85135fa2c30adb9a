#include <filesystem>

#include <tessera/core/error.hpp>
#include <tessera/io/dataset_file.hpp>

#include "settings.hpp"

namespace tessera::model {

domains::Dataset load_data(DataSettings const &settings, std::uint64_t seed,
                           Registry const &registry, Log const &log, Progress progress)
{
  if (settings.source->settings().empty()) {
    log.info("data: {}", settings.path);
    return settings.source->make(seed, registry, std::move(progress));
  }
  std::filesystem::path const path = settings.path;
  std::string const wanted = settings.fingerprint(seed);
  if (std::filesystem::exists(path)) {
    std::string const found = io::dataset_settings(path);
    if (found == wanted) {
      log.info("data: {} (made earlier with these settings)", path.string());
      return io::read_dataset(path);
    }
    if (settings.path_given) {
      throw InputError(path.string() + ": was made with other settings\n  found:  " + found +
                       "\n  wanted: " + wanted +
                       "\nremove the file, or name another one in data.path");
    }
  }
  domains::Dataset data = settings.source->make(seed, registry, progress);
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
  io::write_dataset(path, data, wanted);
  log.info("data: made {}", path.string());
  return data;
}

}  // namespace tessera::model
