#include <tessera/io/whole_file.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <tessera/core/error.hpp>

namespace tessera::io {
namespace {

[[noreturn]] void fail(std::filesystem::path const &file, int error)
{
  std::string text =
      "cannot write " + file.string() + ": " + std::generic_category().message(error);
  text += error == ENOSPC || error == EDQUOT || error == EFBIG
              ? "; free some space or choose another --out, then use --resume"
              : "; check that the folder is there and may be written to";
  throw IoError(text);
}

/// A file descriptor that is closed on every way out.
class Descriptor {
 public:
  Descriptor(std::filesystem::path const &path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0666))
  {
  }
  ~Descriptor() { close(); }
  Descriptor(Descriptor const &) = delete;
  Descriptor &operator=(Descriptor const &) = delete;

  int number() const { return number_; }
  int close() { return number_ < 0 ? 0 : ::close(std::exchange(number_, -1)); }

 private:
  int number_;
};

std::filesystem::path folder_of(std::filesystem::path const &file)
{
  return file.has_parent_path() ? file.parent_path() : ".";
}

/// Returns the error number, 0 when every byte is written (and on the disk when `flushed`).
int write_bytes(std::filesystem::path const &file, std::string_view bytes, Durability durability)
{
  Descriptor out(file, O_WRONLY | O_CREAT | O_TRUNC);
  if (out.number() < 0) return errno;
  while (!bytes.empty()) {
    ssize_t const written = ::write(out.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (durability == Durability::flushed && ::fsync(out.number()) != 0) return errno;
  return out.close() == 0 ? 0 : errno;  // network file systems report a full disk only here
}

/// Behind the rename, or what failed before it.
void conclude(std::filesystem::path const &temporary, std::filesystem::path const &file, int error,
              Durability durability)
{
  if (error != 0) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    fail(file, error);
  }
  if (durability == Durability::cached) return;
  // The new name is an entry of the folder, and that is flushed apart from the file.
  Descriptor entry(folder_of(file), O_RDONLY | O_DIRECTORY);
  if (entry.number() >= 0) ::fsync(entry.number());
}

}  // namespace

std::filesystem::path temporary_beside(std::filesystem::path const &file)
{
  static std::atomic<unsigned> count{0};
  // Process numbers are one machine's own; a folder may be shared by several.
  char host[64] = {};
  if (::gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  std::filesystem::path temporary = file;
  temporary += "." + std::string(host) + "-" + std::to_string(::getpid()) + "-" +
               std::to_string(count++) + ".tmp";
  return temporary;
}

void write_whole(std::filesystem::path const &file, std::string_view bytes, Durability durability)
{
  std::error_code ignored;
  std::filesystem::create_directories(folder_of(file), ignored);

  std::filesystem::path const temporary = temporary_beside(file);
  int error = write_bytes(temporary, bytes, durability);
  if (error == 0 && std::rename(temporary.c_str(), file.c_str()) != 0) error = errno;
  conclude(temporary, file, error, durability);
}

void put_in_place(std::filesystem::path const &temporary, std::filesystem::path const &file)
{
  Descriptor written(temporary, O_RDWR);
  int error = written.number() < 0 || ::fsync(written.number()) != 0 ? errno : 0;
  if (error == 0 && std::rename(temporary.c_str(), file.c_str()) != 0) error = errno;
  conclude(temporary, file, error, Durability::flushed);
}

}  // namespace tessera::io
