#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>

#include <mpi.h>
#include <Kokkos_Core.hpp>
#include <nlohmann/json.hpp>

#include <tessera/io/run_folder.hpp>

#include "build_facts.hpp"
#include "git_description.hpp"

namespace tessera::io {
namespace {

/// ISO 8601, UTC, whole seconds.
std::string now_utc()
{
  std::time_t const now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

std::string host_name()
{
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

/// 1 outside MPI.
int rank_count()
{
  int up = 0, ranks = 1;
  MPI_Initialized(&up);
  if (up) MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  return ranks;
}

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

std::string describe_run(std::string const &experiment, std::uint64_t seed)
{
  using Space = Kokkos::DefaultExecutionSpace;
  nlohmann::ordered_json run;
  run["experiment"] = experiment;
  run["seed"] = seed;
  run["started"] = now_utc();
  run["host"] = host_name();
  run["version"] = build_facts::version;
  run["git"] = build_facts::git_description;
  run["build"] = {{"compiler", build_facts::compiler},
                  {"type", build_facts::build_type},
                  {"flags", build_facts::flags}};
  run["kokkos"] = {{"back_end", Space::name()},
                   {"threads", Kokkos::is_initialized() ? Space().concurrency() : 0}};
  run["ranks"] = rank_count();
  run["libraries"] = {{"kokkos", kokkos_version()},  {"mpi", mpi_library()},
                      {"petsc", build_facts::petsc}, {"hdf5", build_facts::hdf5},
                      {"vtk", build_facts::vtk},     {"eigen", build_facts::eigen},
                      {"boost", build_facts::boost}};
  return run.dump(2) + "\n";
}

}  // namespace tessera::io
