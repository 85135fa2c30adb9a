#include "folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <system_error>
#include <thread>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>

namespace tessera::io {
namespace {

std::string host_name()
{
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

/// Whether the open file is still the one of that name: its holder removes it when done.
bool is_there(std::filesystem::path const &file, int number)
{
  struct stat named = {}, open = {};
  return ::stat(file.c_str(), &named) == 0 && ::fstat(number, &open) == 0 &&
         named.st_ino == open.st_ino && named.st_dev == open.st_dev;
}

/// Where the file system has no locks the text decides: a process that is gone from this host holds
/// nothing.
bool is_alive(std::string const &holder)
{
  int process = 0;
  std::array<char, 256> host{};
  if (std::sscanf(holder.c_str(), "process %d on host %255s", &process, host.data()) != 2) {
    return false;
  }
  return host_name() != host.data() || ::kill(process, 0) == 0 || errno == EPERM;
}

}  // namespace

FolderLock::FolderLock(std::filesystem::path const &folder) : file_(folder / file_name)
{
  do {
    if (number_ >= 0) ::close(number_);
    number_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (number_ < 0) {
      throw InputError("cannot use the run folder " + folder.string() + ": " +
                       std::generic_category().message(errno) + " (" + file_.string() +
                       "); check its permissions or choose another --out");
    }
    if (!lock()) {
      std::string const who = holder();
      ::close(number_);
      throw InputError("the run folder " + folder.string() + " is in use by " +
                       (who.empty() ? "another process" : printable(who)) +
                       "; wait until that has ended, or choose another --out");
    }
  } while (!is_there(file_, number_));
  std::string const own =
      "process " + std::to_string(::getpid()) + " on host " + host_name() + "\n";
  // On a full disk the text is missing; the lock holds all the same.
  if (::ftruncate(number_, 0) != 0 || ::pwrite(number_, own.data(), own.size(), 0) < 0) return;
}

FolderLock::~FolderLock()
{
  ::unlink(file_.c_str());
  ::close(number_);
}

bool FolderLock::lock() const
{
  while (::flock(number_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    return errno != EWOULDBLOCK && !is_alive(holder());
  }
  return true;
}

/// Who holds it. Between lock and text there is a moment.
std::string FolderLock::holder() const
{
  for (int tries = 0; tries < 20; ++tries) {
    std::array<char, 300> text{};
    ssize_t const length = ::pread(number_, text.data(), text.size() - 1, 0);
    if (length > 0) return {text.data(), static_cast<std::size_t>(length) - 1};
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return {};
}

}  // namespace tessera::io
