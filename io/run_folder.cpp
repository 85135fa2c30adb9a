#include <tessera/io/run_folder.hpp>

#include <sys/stat.h>
#include <cerrno>
#include <system_error>

#include <tessera/core/error.hpp>

#include <tessera/io/whole_file.hpp>
#include "folder_lock.hpp"

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

/// Whether the lock is all that an earlier process left, one that was killed before it began.
bool is_bare(fs::path const &path)
{
  for (auto const &entry : fs::directory_iterator(path)) {
    if (entry.path().filename() != FolderLock::file_name) return false;
  }
  return true;
}

bool holds_a_file(fs::path const &path)
{
  for (auto const &entry : fs::recursive_directory_iterator(path)) {
    bool const lock = entry.path() == path / FolderLock::file_name;
    if (!lock && (!entry.is_directory() || entry.is_symlink())) return true;
  }
  return false;
}

/// Nothing is in it, or a run is.
bool is_run(fs::path const &path)
{
  return is_bare(path) || fs::exists(path / "run.json") || fs::exists(path / "checkpoints");
}

/// A folder of somebody's own is not even locked.
bool may_be_a_run(fs::path const &path)
{
  return is_run(path) || !holds_a_file(path);
}

void check_fresh(fs::path const &path)
{
  if (is_bare(path)) return;
  throw InputError("the run folder " + path.string() +
                   " is not empty; go on from its newest checkpoint with --resume, empty it "
                   "with --force, or choose another --out");
}

void check_removable(fs::path const &path)
{
  if (fs::exists(path / "run.json") || !holds_a_file(path)) return;
  throw InputError("--force does not empty " + path.string() +
                   ": it holds no run.json, so it is no run folder; choose another --out or "
                   "empty it by hand");
}

void check_resumable(fs::path const &path)
{
  if (is_run(path)) return;
  throw InputError("cannot resume in " + path.string() +
                   ": it holds neither run.json nor checkpoints, so it is no run folder; choose "
                   "another --out");
}

void empty_folder(fs::path const &path)
{
  // run.json goes last: an interrupted --force can be given again.
  for (auto const &entry : fs::directory_iterator(path)) {
    auto const name = entry.path().filename();
    if (name != "run.json" && name != FolderLock::file_name) fs::remove_all(entry.path());
  }
  fs::remove(path / "run.json");
}

[[noreturn]] void fail(fs::path const &path, fs::filesystem_error const &error)
{
  throw InputError("cannot use the run folder " + path.string() + ": " + error.code().message() +
                   " (" + error.path1().string() +
                   "); check its permissions or choose another --out");
}

}  // namespace

RunFolder::RunFolder(fs::path const &path, FolderMode mode)
    : path_(path.lexically_normal()), mode_(mode)
{
  if (!path_.has_filename()) path_ = path_.parent_path();  // "runs/a/" names runs/a
  if (path_.empty()) throw InputError("the run folder has no name; give one with --out");
  try {
    take();
  } catch (fs::filesystem_error const &error) {
    fail(path_, error);
  }
}

RunFolder::RunFolder(RunFolder &&) noexcept = default;

RunFolder::~RunFolder()
{
  bool const in_vain = lock_ && made_ && !begun_;
  lock_.reset();
  std::error_code ignored;
  if (in_vain) fs::remove(path_, ignored);
}

void RunFolder::take()
{
  if (path_.has_parent_path()) fs::create_directories(path_.parent_path());
  made_ = make_folder(path_);
  if (!made_ && !fs::is_directory(path_)) {
    throw InputError(path_.string() + " is a file, not a folder; choose another --out");
  }
  if (made_ || may_be_a_run(path_)) lock_ = std::make_unique<FolderLock>(path_);
  if (made_) return;
  if (mode_ == FolderMode::fresh) check_fresh(path_);
  if (mode_ == FolderMode::force) check_removable(path_);
  if (mode_ == FolderMode::resume) check_resumable(path_);
}

void RunFolder::begin()
{
  begun_ = true;
  try {
    if (mode_ == FolderMode::force) empty_folder(path_);
    fs::create_directories(checkpoints());
  } catch (fs::filesystem_error const &error) {
    fail(path_, error);
  }
}

void RunFolder::write(std::string const &name, std::string const &text) const
{
  write_whole(path_ / name, text);
}

}  // namespace tessera::io
