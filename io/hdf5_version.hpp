#pragma once

#include <string>

namespace tessera::io {

/// The version of the HDF5 in this process; CMake's own variable is empty with Debian's headers.
std::string hdf5_version();

}  // namespace tessera::io
