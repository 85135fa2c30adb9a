#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/mean_deviation.hpp>
#include <tessera/io/trajectory_file.hpp>
#include <tessera/meta/evaluation.hpp>
#include <tessera/model/run_kind.hpp>
#include <tessera/model/solve_file.hpp>
#include <tessera/model/systems_file.hpp>

#include "commands.hpp"

namespace tessera::app {

namespace {

struct PredictWords {
  std::string run, input, split, systems, out;
  int environment = -1;
  bool force = false, quiet = false;
};

/// The systems to follow, one for each environment of the input.
std::vector<model::System> choose_systems(PredictWords const &o, model::Model const &model,
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

/// What there is to say of the bands, a line each.
std::string bands_of(PredictWords const &o, model::Model const &model,
                     std::vector<model::System> const &systems, model::Predicted const &predicted,
                     double covered)
{
  if (!model.tells_deviations()) {
    return "\nno error bands: the experts of this run do not tell the sensitivities of solutions "
           "to "
           "contexts (push_forward)";
  }
  if (predicted.deviation.empty()) {
    return fmt::format(
        "\nno error bands: {} has no doubt.json, which a run writes when its training ends: train "
        "it again with this version",
        o.run);
  }
  std::string text;
  auto const none = std::count_if(systems.begin(), systems.end(), [](auto const &system) {
    return system.followed() && system.covariance.empty();
  });
  if (none > 0) {
    text += fmt::format(
        "\n{} of {} systems have no error bands, as {} holds no covariance of theirs: adapt to "
        "them anew",
        none, systems.size(), o.systems);
  }
  if (std::isfinite(covered)) {
    text += fmt::format("\n{:.1f} % of the given states lie in their 90 % bands", 100 * covered);
  }
  return text;
}

std::string follow_systems(PredictWords const &o, model::Model const &model)
{
  if (o.systems.empty() == (o.environment < 0)) {
    throw InputError(
        "tessera predict: which systems? give either --systems FILE (from tessera adapt) or "
        "--environment N (of the training set)");
  }
  std::string const out = o.out.empty() ? "predicted.npz" : o.out;
  io::check_trajectory_file_name(out);
  refuse_existing(out, o.force);
  require_states(o.input, model.state_names());
  domains::Trajectories data = io::read_trajectory_file(o.input, o.split, true);
  auto const systems = choose_systems(o, model, data.size());
  model::Predicted const predicted = model.predict(systems, data);
  double const error = mean_square(predicted.states, data);
  double const covered = meta::coverage(predicted.states, predicted.deviation, data);
  data.states = predicted.states;
  data.deviation = predicted.deviation;
  io::write_trajectory_file(out, data, model.state_names());
  auto const failed = std::count_if(predicted.status.begin(), predicted.status.end(),
                                    [](Status status) { return status != Status::ok; });
  std::string text = fmt::format("{}: {} environments x {} trajectories x {} times x {} states",
                                 out, data.size(), data.count, data.points, data.dimension);
  if (o.environment >= 0) {
    text += "\nof " + model.environments()[static_cast<std::size_t>(o.environment)];
  }
  for (std::size_t e = 0; e < systems.size(); ++e) {
    if (systems[e].followed()) continue;
    text += "\n" + domains::called(data.environments[e], e) +
            " is a system that no expert could follow when it was adapted";
  }
  if (std::isfinite(error)) text += fmt::format("\nmse against the given states: {:.3e}", error);
  text += bands_of(o, model, systems, predicted, std::isfinite(error) ? covered : std::nan(""));
  if (failed > 0) {
    text += fmt::format("\n{} trajectories could not be followed and are NaN ({})", failed,
                        message(*std::find_if(predicted.status.begin(), predicted.status.end(),
                                              [](Status s) { return s != Status::ok; })));
  }
  return text;
}

/// Mean, standard deviation and largest of relative errors, in per cent.
std::string spread(std::vector<double> const &errors)
{
  return fmt::format("{:.4f} +- {:.4f} %, at most {:.4f} %", 100 * mean(errors),
                     100 * deviation(errors),
                     100 * *std::max_element(errors.begin(), errors.end()));
}

std::string solve_problems(PredictWords const &o, model::PlaceModel const &model, MPI_Comm comm)
{
  if (!o.systems.empty() || o.environment >= 0 || !o.split.empty()) {
    throw InputError(
        fmt::format("tessera predict: {} is a run of type place: its problems are "
                    "told by {} in --input, so leave --systems, --environment and "
                    "--split out",
                    o.run, fmt::join(model.parameters(), ", ")));
  }
  std::string const out = o.out.empty() ? "predicted.h5" : o.out;
  if (!out.ends_with(".h5") && !out.ends_with(".hdf5")) {
    throw InputError("--out " + out + ": fields are written as HDF5; name it .h5");
  }
  refuse_existing(out, o.force);
  auto const solved =
      model::solve_file(model, o.input, out, make_program_log("", LogLevel::warning),
                        o.quiet ? Progress() : Progress::on(stderr, comm));
  auto const &grid = model.grid();
  std::string text = fmt::format("{}: {} problems x {} levels x {} cells, {} of them converged",
                                 out, solved.samples, grid.levels, grid.cells, solved.converged);
  if (solved.error.empty()) return text;
  return text + "\nrelative L2 against the given fields: " + spread(solved.error);
}

ExitCode execute(PredictWords const &o, MPI_Comm comm)
{
  Registry registry;
  model::register_builtins(registry);
  auto const trained = model::load_model(o.run, registry);
  auto const *places = std::get_if<model::PlaceModel>(&trained);
  print(places ? solve_problems(o, *places, comm)
               : follow_systems(o, std::get<model::Model>(trained)));
  return done;
}

}  // namespace

Command add_predict(CLI::App &program)
{
  auto const o = std::make_shared<PredictWords>();
  CLI::App *words = program.add_subcommand(
      "predict", "follow systems from new starts, or solve new problems, with a trained model");
  words->add_option("RUN", o->run, "folder of a run")->required();
  words
      ->add_option("--input", o->input,
                   ".npz or .h5 with t (time) and X (environment, trajectory, time, state), or "
                   "starts alone (a time axis of length 1), or one trajectory as .csv. For experts "
                   "by place: .h5 or .npz with "
                   "the parameters of problems, an array (sample) for each (u0) or parameters "
                   "(sample, parameter), or .h5 with fields as PDEBench keeps them")
      ->required();
  words->add_option("--split", o->split, "which split, where the input is a data set of a run");
  words->add_option("--systems", o->systems, "systems found by tessera adapt, or adapted.json");
  words
      ->add_option("--environment", o->environment,
                   "a system of the training set, from 0 in the order of the data's files, as "
                   "model.json lists them")
      ->check(CLI::Range(0, 2147483647));
  words->add_option(
      "--out", o->out,
      "file to write, .npz or .h5 (default predicted.npz); fields of experts by place "
      "as PDEBench keeps them, .h5 (default predicted.h5)");
  words->add_flag("--force", o->force, "write over a file that is there");
  words->add_flag("--quiet", o->quiet, "no progress bar");
  words->footer(
      "Examples:\n  tessera predict runs/odebench4_seed0 --input starts.npz --systems "
      "adapted.json\n"
      "  tessera predict runs/diffusion_sorption_seed0 --input starts.h5");
  return {words, [o](MPI_Comm comm) { return execute(*o, comm); }};
}

}  // namespace tessera::app
