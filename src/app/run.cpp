#include <memory>

#include <tessera/core/log.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/model/experiment.hpp>

#include "commands.hpp"

namespace tessera::app {

namespace {

struct RunWords {
  model::RunRequest request;
  std::string seeds;
};

ExitCode run_one(model::RunRequest const &request, Registry const &registry)
{
  if (stop_requested()) return stopped;
  return model::run(request, registry) == model::Outcome::stopped ? stopped : done;
}

ExitCode execute(RunWords const &options)
{
  Registry registry;
  model::register_builtins(registry);
  if (options.seeds.empty()) return run_one(options.request, registry);
  for (int const seed : parse_seeds(options.seeds)) {
    model::RunRequest request = options.request;
    request.overrides.push_back("run.seed=" + std::to_string(seed));
    if (!request.out.empty()) request.out += "_seed" + std::to_string(seed);
    if (run_one(request, registry) == stopped) return stopped;
  }
  return done;
}

}  // namespace

Command add_run(CLI::App &program)
{
  auto const options = std::make_shared<RunWords>();
  CLI::App *words = program.add_subcommand("run", "run an experiment into its folder");
  words->add_option("CONFIG", options->request.config, "the experiment's TOML file")->required();
  words->add_option("OVERRIDES", options->request.overrides,
                    "key=value for each setting that differs from the file");
  words->add_option("--out", options->request.out,
                    "folder of the run (default runs/<experiment>_seed<seed>)");
  CLI::Option *resume =
      words->add_flag("--resume", options->request.resume,
                      "go on from the newest checkpoint; from the beginning where there is none");
  words->add_flag("--force", options->request.force, "empty the folder of an earlier run first")
      ->excludes(resume);
  words->add_option("--seeds", options->seeds,
                    "run once for each seed, for instance 0,1,2, into <out>_seed<seed>");
  words->add_flag("--quiet", options->request.quiet, "no progress bar; warnings only");
  words->footer(
      "Example:\n  tessera run experiments/odebench4/experiment.toml train.outer_steps=100 "
      "--out runs/try\n\nThe run folder holds the config as resolved, metrics.csv, checkpoints, "
      "plots and summary.json.\nExit code: 0 done, 1 failed, 2 bad input, 3 stopped with a "
      "checkpoint (go on with --resume).");
  return {.words = words,
          .execute =
              [options](MPI_Comm comm) {
                options->request.comm = comm;
                return execute(*options);
              },
          .stops = true};
}

}  // namespace tessera::app
