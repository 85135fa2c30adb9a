#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tessera::io {

/// What this library was built from: version, git description, compiler, build type, flags,
/// arch (the instruction set, TESSERA_ARCH), pack_abi (the registers of packs).
std::vector<std::pair<std::string, std::string>> build_description();

/// How to compile a file that includes Tessera's headers, in words.
std::string embedding_advice();

/// Names and versions of the libraries behind it: Kokkos, MPI, PETSc, HDF5, VTK, Eigen, Boost.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace tessera::io
