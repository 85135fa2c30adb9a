#include <tessera/io/run_folder.hpp>

#include <sys/stat.h>
#include <cerrno>
#include <system_error>

#include <tessera/core/error.hpp>

#include <tessera/io/whole_file.hpp>

namespace tessera::io {
namespace {

namespace fs = std::filesystem;

/// One mkdir, so that of two jobs that start together only one gets the folder.
bool make_folder(fs::path const &path)
{
  if (::mkdir(path.c_str(), 0777) == 0) return true;
  if (errno == EEXIST) return false;
  throw InputError("cannot make the run folder " + path.string() + ": " +
                   std::generic_category().message(errno) + "; choose another --out");
}

bool holds_a_file(fs::path const &path)
{
  for (auto const &entry : fs::recursive_directory_iterator(path)) {
    if (!entry.is_directory() || entry.is_symlink()) return true;
  }
  return false;
}

void empty_folder(fs::path const &path)
{
  if (!fs::exists(path / "run.json") && holds_a_file(path)) {
    throw InputError("--force does not empty " + path.string() +
                     ": it holds no run.json, so it is no run folder; choose another --out or "
                     "empty it by hand");
  }
  // run.json goes last: an interrupted --force can be given again.
  for (auto const &entry : fs::directory_iterator(path)) {
    if (entry.path().filename() != "run.json") fs::remove_all(entry.path());
  }
  fs::remove(path / "run.json");
}

void check_resumable(fs::path const &path)
{
  if (fs::is_empty(path) || fs::exists(path / "run.json") || fs::exists(path / "checkpoints"))
    return;
  throw InputError("cannot resume in " + path.string() +
                   ": it holds neither run.json nor checkpoints, so it is no run folder; choose "
                   "another --out");
}

/// What every mode does, errors of the file system passing through as filesystem_error.
void take_folder(fs::path const &path, FolderMode mode)
{
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  bool const made = make_folder(path);
  if (!made && !fs::is_directory(path)) {
    throw InputError(path.string() + " is a file, not a folder; choose another --out");
  }
  if (!made && mode == FolderMode::force) empty_folder(path);
  if (!made && mode == FolderMode::resume) check_resumable(path);
  // Where the folder was there and empty, this second mkdir decides who owns it.
  bool const owned = (made || mode != FolderMode::fresh || fs::is_empty(path)) &&
                     make_folder(path / "checkpoints");
  if (!owned && mode != FolderMode::resume) {
    throw InputError("the run folder " + path.string() +
                     " is not empty; go on from its newest checkpoint with --resume, empty it "
                     "with --force, or choose another --out");
  }
}

}  // namespace

RunFolder::RunFolder(fs::path const &path, FolderMode mode) : path_(path.lexically_normal())
{
  if (!path_.has_filename()) path_ = path_.parent_path();  // "runs/a/" names runs/a
  if (path_.empty()) throw InputError("the run folder has no name; give one with --out");
  try {
    take_folder(path_, mode);
  } catch (fs::filesystem_error const &error) {
    throw InputError("cannot use the run folder " + path_.string() + ": " + error.code().message() +
                     " (" + error.path1().string() +
                     "); check its permissions or choose another --out");
  }
}

void RunFolder::write(std::string const &name, std::string const &text) const
{
  write_whole(path_ / name, text);
}

}  // namespace tessera::io
