#include <tessera/io/versions.hpp>

#include <array>

#include <mpi.h>
#include <Kokkos_Core.hpp>

#include "build_facts.hpp"
#include "git_description.hpp"
#include "hdf5_version.hpp"

namespace tessera::io {
namespace {

/// For instance "Open MPI v4.1.4"; the rest of what MPI says is about its package.
std::string mpi_library()
{
  std::array<char, MPI_MAX_LIBRARY_VERSION_STRING> text{};
  int length = 0;
  MPI_Get_library_version(text.data(), &length);
  std::string const whole(text.data(), static_cast<std::size_t>(length));
  return whole.substr(0, whole.find_first_of(",\n"));
}

std::string kokkos_version()
{
  return std::to_string(KOKKOS_VERSION / 10000) + "." + std::to_string(KOKKOS_VERSION / 100 % 100) +
         "." + std::to_string(KOKKOS_VERSION % 100);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> build_description()
{
  return {{"version", build_facts::version},   {"git", build_facts::git_description},
          {"compiler", build_facts::compiler}, {"type", build_facts::build_type},
          {"flags", build_facts::flags},       {"arch", build_facts::arch},
          {"pack_abi", build_facts::pack_abi}};
}

std::string embedding_advice()
{
  return build_facts::embedding;
}

std::vector<std::pair<std::string, std::string>> library_versions()
{
  return {{"kokkos", kokkos_version()}, {"mpi", mpi_library()},    {"petsc", build_facts::petsc},
          {"hdf5", hdf5_version()},     {"vtk", build_facts::vtk}, {"eigen", build_facts::eigen},
          {"boost", build_facts::boost}};
}

}  // namespace tessera::io
