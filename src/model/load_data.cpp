#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <tessera/core/error.hpp>
#include <tessera/io/dataset_file.hpp>

#include "settings.hpp"

namespace tessera::model {

namespace {

/// Finds out before the work is done whether its result can be kept.
void refuse_unwritable(std::filesystem::path const &path)
{
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  std::filesystem::path const probe = path.string() + ".probe";
  errno = 0;
  if (!error && !std::ofstream(probe)) error.assign(errno, std::generic_category());
  if (error) {
    throw InputError(path.string() + ": the data cannot be kept there: " + error.message() +
                     "; name another file in data.path");
  }
  std::filesystem::remove(probe, error);
}

std::string what_is_wrong_with(std::filesystem::path const &path)
{
  try {
    io::read_dataset(path);
  } catch (InputError const &error) {
    return error.what();
  }
  return path.string() + ": does not say what it was made from";
}

domains::Dataset read_or_make(DataSettings const &settings, std::uint64_t seed,
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
    if (settings.path_given && found.empty()) {
      throw InputError(what_is_wrong_with(path) +
                       "; remove the file to have it made anew, or name another one in data.path");
    }
    if (settings.path_given) {
      throw InputError(path.string() + ": was made with other settings\n  found:  " + found +
                       "\n  wanted: " + wanted +
                       "\nremove the file, or name another one in data.path");
    }
  }
  refuse_unwritable(path);
  domains::Dataset data = settings.source->make(seed, registry, progress);
  io::write_dataset(path, data, wanted);
  log.info("data: made {}", path.string());
  return data;
}

}  // namespace

domains::Dataset load_data(DataSettings const &settings, std::uint64_t seed,
                           Registry const &registry, Log const &log, Progress progress)
{
  domains::Dataset data = read_or_make(settings, seed, registry, log, std::move(progress));
  domains::make_harder(data, settings.difficulty, seed);
  return data;
}

}  // namespace tessera::model
