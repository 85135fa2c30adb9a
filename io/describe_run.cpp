#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>

#include <mpi.h>
#include <Kokkos_Core.hpp>
#include <nlohmann/json.hpp>

#include <tessera/io/run_folder.hpp>
#include <tessera/io/versions.hpp>

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
int rank_count(MPI_Comm comm)
{
  int up = 0, ranks = 1;
  MPI_Initialized(&up);
  if (up) MPI_Comm_size(comm, &ranks);
  return ranks;
}

}  // namespace

std::string describe_run(std::string const &experiment, std::uint64_t seed, MPI_Comm comm)
{
  using Space = Kokkos::DefaultExecutionSpace;
  nlohmann::ordered_json run;
  run["experiment"] = experiment;
  run["seed"] = seed;
  run["started"] = now_utc();
  run["host"] = host_name();
  nlohmann::ordered_json build;
  for (auto const &[name, value] : build_description()) {
    bool const of_source = name == "version" || name == "git";
    (of_source ? run : build)[name] = value;
  }
  run["build"] = build;
  run["kokkos"] = {{"back_end", Space::name()},
                   {"threads", Kokkos::is_initialized() ? Space().concurrency() : 0}};
  run["ranks"] = rank_count(comm);
  for (auto const &[name, value] : library_versions()) run["libraries"][name] = value;
  return run.dump(2) + "\n";
}

}  // namespace tessera::io
