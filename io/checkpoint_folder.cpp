#include "checkpoint_folder.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include <tessera/io/checkpoint.hpp>

#include "sealed_file.hpp"

namespace tessera::io {
namespace {

namespace fs = std::filesystem;

/// step_<digits>.h5, and nothing else a folder may hold.
bool is_checkpoint(fs::path const &file)
{
  std::string const stem = file.stem().string();
  return file.extension() == ".h5" && stem.starts_with("step_") && stem.size() > 5 &&
         std::all_of(stem.begin() + 5, stem.end(), [](unsigned char c) { return std::isdigit(c); });
}

/// Nine digits stand behind eight.
bool is_newer(fs::path const &a, fs::path const &b)
{
  std::string const x = a.filename().string(), y = b.filename().string();
  return x.size() != y.size() ? x.size() > y.size() : x > y;
}

}  // namespace

std::vector<fs::path> list_checkpoints(fs::path const &folder)
{
  std::vector<fs::path> files;
  std::error_code error;
  for (auto const &entry : fs::directory_iterator(folder, error)) {
    if (is_checkpoint(entry.path())) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end(), is_newer);
  return files;
}

fs::path newest_checkpoint(fs::path const &folder)
{
  for (fs::path const &path : list_checkpoints(folder)) {
    try {
      check_seal(path);
      return path;
    } catch (IoError const &) {
      continue;  // cut off or foreign: the one before it is next
    }
  }
  return {};
}

std::optional<CheckpointHeader> resume_newest(fs::path const &folder, State &state,
                                              std::string const &data,
                                              std::function<void(std::string const &)> const &warn)
{
  std::vector<fs::path> const files = list_checkpoints(folder);
  std::vector<std::string> names;
  for (fs::path const &path : files) {
    try {
      return read_checkpoint(path, state, data);
    } catch (DamagedFile const &error) {
      warn(std::string(error.what()) + "; taking the checkpoint before it");
      names.push_back(path.filename().string());
    }
  }
  if (files.empty()) return std::nullopt;
  throw IoError(
      fmt::format("{}: none of the checkpoints {} can be read, all are damaged; put back "
                  "a copy of one, or start anew with --force or another --out",
                  folder.string(), fmt::join(names, ", ")));
}

void prune_checkpoints(fs::path const &folder, fs::path const &newest, int keep)
{
  int kept = 0;
  for (fs::path const &file : list_checkpoints(folder)) {
    if (!is_newer(file, newest) && ++kept <= std::max(keep, 1)) continue;
    std::error_code ignored;  // an old file that stays does no harm
    fs::remove(file, ignored);
  }
}

}  // namespace tessera::io
