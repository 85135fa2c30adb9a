#pragma once

#include <filesystem>

namespace tessera::io {

/// A folder that one process at a time works in. The system's own lock on a file in it ends with
/// the process, however that ends: a lock is never left behind. The file's text says who holds it.
class FolderLock {
 public:
  static constexpr char const *file_name = "run.lock";

  /// Throws InputError, with process and host, where another one holds it or it cannot be had.
  explicit FolderLock(std::filesystem::path const &folder);
  ~FolderLock();
  FolderLock(FolderLock const &) = delete;
  FolderLock &operator=(FolderLock const &) = delete;

 private:
  bool lock() const;
  std::string holder() const;
  std::filesystem::path file_;
  int number_ = -1;
};

}  // namespace tessera::io
