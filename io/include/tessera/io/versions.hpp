#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tessera::io {

/// What this library was built from: version, git description, compiler, build type, flags.
std::vector<std::pair<std::string, std::string>> build_description();

/// Names and versions of the libraries behind it: Kokkos, MPI, PETSc, HDF5, VTK, Eigen, Boost.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace tessera::io
