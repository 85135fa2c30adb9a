#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/io/trajectory_file.hpp>
#include <tessera/model/systems_file.hpp>

#include "commands.hpp"

namespace tessera::app {

namespace {

struct Options {
  std::string run, input, split, systems, out = "predicted.npz";
  int environment = -1;
  bool force = false;
};

/// The systems to follow, one for each environment of the input.
std::vector<model::System> choose_systems(Options const &o, model::Model const &model,
                                          std::size_t environments)
{
  if (o.environment >= 0) {
    return {environments, model.trained(static_cast<std::size_t>(o.environment))};
  }
  std::vector<model::System> systems = model::read_systems(o.systems);
  if (systems.size() == 1) systems.resize(environments, systems.front());
  if (systems.size() == environments) return systems;
  throw InputError(
      fmt::format("{} holds {} systems, {} has {} environments; adapt to the same "
                  "environments, or name one system for all",
                  o.systems, systems.size(), o.input, environments));
}

/// Mean square difference over the trajectories that could be followed; NaN where the input holds
/// starts alone.
double mean_square(std::vector<double> const &predicted, domains::Trajectories const &given)
{
  double sum = 0, moved = 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    bool const behind_start = i / given.dimension % given.points > 0;
    moved += behind_start ? std::abs(given.states[i]) : 0;
    if (!std::isfinite(predicted[i])) continue;
    sum += (predicted[i] - given.states[i]) * (predicted[i] - given.states[i]);
    ++count;
  }
  return moved > 0 && count > 0 ? sum / static_cast<double>(count) : std::nan("");
}

ExitCode execute(Options const &o)
{
  if (o.systems.empty() == (o.environment < 0)) {
    throw InputError(
        "tessera predict: which systems? give either --systems FILE (from tessera adapt) or "
        "--environment N (of the training set)");
  }
  io::check_trajectory_file_name(o.out);
  refuse_existing(o.out, o.force);
  model::Model const model = model::Model::load(o.run);
  domains::Trajectories data = io::read_trajectory_file(o.input, o.split, true);
  auto const systems = choose_systems(o, model, data.size());
  model::Predicted const predicted = model.predict(systems, data);
  double const error = mean_square(predicted.states, data);
  data.states = predicted.states;
  io::write_trajectory_file(o.out, data);
  auto const failed = std::count_if(predicted.status.begin(), predicted.status.end(),
                                    [](Status status) { return status != Status::ok; });
  std::string text = fmt::format("{}: {} environments x {} trajectories x {} times x {} states",
                                 o.out, data.size(), data.count, data.points, data.dimension);
  if (std::isfinite(error)) text += fmt::format("\nmse against the given states: {:.3e}", error);
  if (failed > 0) {
    text += fmt::format("\n{} trajectories could not be followed and are NaN ({})", failed,
                        message(*std::find_if(predicted.status.begin(), predicted.status.end(),
                                              [](Status s) { return s != Status::ok; })));
  }
  print(text);
  return done;
}

}  // namespace

Command add_predict(CLI::App &program)
{
  auto const o = std::make_shared<Options>();
  CLI::App *words =
      program.add_subcommand("predict", "follow systems from new starts with a trained model");
  words->add_option("RUN", o->run, "folder of a run")->required();
  words
      ->add_option("--input", o->input,
                   ".npz or .h5 with t (time) and X (environment, trajectory, time, state), or "
                   "starts alone (a time axis of length 1)")
      ->required();
  words->add_option("--split", o->split, "which split, where the input is a data set of a run");
  words->add_option("--systems", o->systems, "systems found by tessera adapt, or adapted.json");
  words->add_option("--environment", o->environment, "a system of the training set, from 0")
      ->check(CLI::Range(0, 2147483647));
  words->add_option("--out", o->out, ".npz or .h5 file to write")->capture_default_str();
  words->add_flag("--force", o->force, "write over a file that is there");
  words->footer(
      "Example:\n  tessera predict runs/odebench4_seed0 --input starts.npz --systems adapted.json");
  return {words, [o](MPI_Comm) { return execute(*o); }};
}

}  // namespace tessera::app
