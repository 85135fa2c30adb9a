#include <cstdio>
#include <memory>

#include <tessera/core/stop.hpp>

#include "bench.hpp"
#include "commands.hpp"

namespace tessera::app {

namespace {

struct BenchWords {
  std::string name, json_file;
  std::vector<std::string> overrides;
};

}  // namespace

Command add_bench(CLI::App &program)
{
  auto const options = std::make_shared<BenchWords>();
  CLI::App *words = program.add_subcommand("bench", "time the work at its published sizes");
  words
      ->add_option("NAME", options->name,
                   "ode (one outer step of MixER), pihcmoe (one step of PI-HC-MoE), truth (one "
                   "true field; with bench.run=FOLDER or bench.config=FILE of experts by place "
                   "errors and seconds on several grids) or peak (this machine)")
      ->required();
  words->add_option("OVERRIDES", options->overrides, "key=value for the benchmark's own config");
  words->add_option("--json", options->json_file, "file for the figures and their spread");
  words->footer("Example:\n  tessera bench ode --json ode.json");
  return {words, [options](MPI_Comm comm) {
            stop_on_signals();
            print(benchmarks::bench(options->name, options->overrides, options->json_file,
                                    Progress::on(stderr, comm)));
            return done;
          }};
}

}  // namespace tessera::app
