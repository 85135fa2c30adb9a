#pragma once

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

#include "check.hpp"

namespace tessera::fuzz {

/// A file in memory; libhdf5 asks for the real path of what it opens, which a memfd has not.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes)
      : path_("/dev/shm/tessera_fuzz_" + std::to_string(getpid()))
  {
    std::ofstream out(path_, std::ios::binary);
    demand(static_cast<bool>(out << bytes << std::flush), "cannot write", path_);
  }
  ~MemoryFile() { std::remove(path_.c_str()); }
  MemoryFile(MemoryFile const &) = delete;
  MemoryFile &operator=(MemoryFile const &) = delete;
  std::string const &path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tessera::fuzz
