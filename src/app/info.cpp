#include <unistd.h>

#include <fstream>

#include <fmt/format.h>
#include <Kokkos_Core.hpp>

#include <tessera/core/pack.hpp>
#include <tessera/io/versions.hpp>

#include "commands.hpp"

namespace tessera::app {

namespace {

std::string cpu_model()
{
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    std::size_t const colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string row(std::string const &name, std::string const &value)
{
  return fmt::format("{:<10} {}\n", name, value);
}

ExitCode print_info(MPI_Comm)
{
  std::string text;
  for (auto const &[name, value] : io::build_description()) text += row(name, value);
  text +=
      row("back end", fmt::format("Kokkos {}, {} thread(s)", Kokkos::DefaultExecutionSpace::name(),
                                  Kokkos::DefaultExecutionSpace().concurrency()));
  text += row("pack", fmt::format("{} float, {} double ({})", Pack<float>::width,
                                  Pack<double>::width, TESSERA_PACK_NAME));
  text += row("embedding", "a file that includes headers of Tessera: " + io::embedding_advice());
  text += row("cpu", fmt::format("{} ({} online)", cpu_model(), sysconf(_SC_NPROCESSORS_ONLN)));
  for (auto const &[name, value] : io::library_versions()) text += row(name, value);
  print(text);
  return done;
}

}  // namespace

Command add_info(CLI::App &program)
{
  CLI::App *words =
      program.add_subcommand("info", "versions, compiler, back end and machine, for reports");
  words->footer("Example:\n  tessera info");
  return {words, print_info};
}

}  // namespace tessera::app
