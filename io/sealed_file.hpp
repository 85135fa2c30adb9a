#pragma once

#include <filesystem>
#include <string>

#include <tessera/core/error.hpp>

namespace tessera::io {

/// Bytes are not those that were written.
class DamagedFile : public IoError {
 public:
  using IoError::IoError;
};

/// The HDF5 image behind a seal: 512 bytes (a user block in HDF5's terms, which every reader of
/// HDF5 skips) with one line of text that holds length and hash of the image. Metadata of HDF5
/// carry no checksum, and libhdf5 may crash on a damaged file: this is looked at before.
std::string sealed(std::string image);

/// Reads the whole file; throws DamagedFile unless it is as long as its seal says and has the hash
/// of its seal, IoError where it was made without a seal or cannot be read.
void check_seal(std::filesystem::path const &file);

}  // namespace tessera::io
