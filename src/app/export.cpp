#include <memory>

#include <tessera/model/experiment.hpp>

#include "commands.hpp"

namespace tessera::app {

namespace {

struct ExportWords {
  std::string config, out;
  std::vector<std::string> overrides;
  bool quiet = false;
};

}  // namespace

Command add_export(CLI::App &program)
{
  auto const o = std::make_shared<ExportWords>();
  CLI::App *words = program.add_subcommand(
      "export", "write an experiment's data as NumPy archives in the published layout");
  words->add_option("CONFIG", o->config, "the experiment's TOML file")->required();
  words->add_option("OVERRIDES", o->overrides, "key=value, for instance run.seed=1");
  words->add_option("--out", o->out, "folder of the archives")->required();
  words->add_flag("--quiet", o->quiet, "no progress bar");
  words->footer(
      "Example:\n  tessera export experiments/lotka_volterra/experiment.toml --out lv\n"
      "  tessera run experiments/lotka_volterra/experiment.toml data.type=npz data.path=lv\n\n"
      "Archives of your own in that layout are read the same way: t (time) and\n"
      "X (environment, trajectory, time, state) in train.npz, test.npz, adapt_train.npz and\n"
      "adapt_test.npz (the last two may be absent).");
  return {words, [o](MPI_Comm comm) {
            Registry registry;
            model::register_builtins(registry);
            print(model::export_data(o->config, o->overrides, o->out, registry,
                                     o->quiet ? Progress() : Progress::on(stderr, comm)));
            return done;
          }};
}

}  // namespace tessera::app
