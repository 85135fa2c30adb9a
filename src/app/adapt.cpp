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

struct AdaptWords {
  std::string run, input, split, out = "adapted.json";
  bool force = false, quiet = false;
};

/// Names, or numbers from 0.
std::vector<std::string> labels_of(domains::Trajectories const &data)
{
  std::vector<std::string> labels;
  for (std::size_t e = 0; e < data.size(); ++e) {
    auto const &name = data.environments[e].name;
    labels.push_back(name.empty() ? std::to_string(e) : name);
  }
  return labels;
}

std::string table_of(std::vector<model::System> const &systems,
                     std::vector<std::string> const &labels)
{
  std::string text = fmt::format("{:>11}  {:>6}  {:>9}  {:>12}\n", "environment", "expert",
                                 "gate says", "support loss");
  for (std::size_t e = 0; e < systems.size(); ++e) {
    model::System const &system = systems[e];
    if (!system.followed()) {
      text += fmt::format("{:>11}  {:>6}  could not be followed\n", labels[e], "-");
      continue;
    }
    text += fmt::format("{:>11}  {:>6}  {:>9}  {:>12.2e}{}\n", labels[e], system.expert,
                        system.gate_word, system.support_loss, system.foreign ? "  foreign" : "");
  }
  return text;
}

/// A line for each system that none of the experts describes.
std::string foreign_of(std::vector<model::System> const &systems,
                       std::vector<std::string> const &labels)
{
  std::string text;
  for (std::size_t e = 0; e < systems.size(); ++e) {
    if (!systems[e].followed() || !systems[e].foreign) continue;
    text += fmt::format(
        "{} is described by none of the experts (errors {:.3g} times what training systems lead to "
        "expect, context {:.3g} deviations from theirs): train a new expert on data that hold it\n",
        labels[e], std::sqrt(systems[e].misfit), systems[e].distance);
  }
  return text;
}

ExitCode execute(AdaptWords const &o, MPI_Comm comm)
{
  refuse_existing(o.out, o.force);
  model::Model const model = model::Model::load(o.run);
  require_states(o.input, model.state_names());
  domains::Trajectories const support = io::read_trajectory_file(o.input, o.split);
  Progress const progress = o.quiet ? Progress() : Progress::on(stderr, comm);
  std::vector<model::System> const systems = model.adapt(support, progress);
  auto const labels = labels_of(support);
  auto const lost = static_cast<std::size_t>(std::count_if(
      systems.begin(), systems.end(), [](auto const &system) { return !system.followed(); }));
  std::string text = table_of(systems, labels);
  if (lost > 0) {
    text += fmt::format(
        "{} of {} systems could not be followed by any expert: look at their units, times and "
        "states beside those of the training data ({})\n",
        lost, systems.size(), fmt::join(model.state_names(), ", "));
  }
  text += foreign_of(systems, labels);
  if (lost == systems.size()) {
    print(text + o.out + " was not written");
    return failed;
  }
  model::write_systems(o.out, systems, labels);
  print(text + fmt::format("{} systems in {}; follow them with tessera predict {} --systems {} "
                           "--input FILE",
                           systems.size(), o.out, o.run, o.out));
  return done;
}

}  // namespace

Command add_adapt(CLI::App &program)
{
  auto const o = std::make_shared<AdaptWords>();
  CLI::App *words = program.add_subcommand(
      "adapt", "find expert and context of new systems from their trajectories");
  words->add_option("RUN", o->run, "folder of a run")->required();
  words
      ->add_option("--input", o->input,
                   ".npz or .h5 with t (time) and X (environment, trajectory, time, state), or one "
                   "trajectory as .csv (t,x,y)")
      ->required();
  words->add_option("--split", o->split, "which split, where the input is a data set of a run");
  words->add_option("--out", o->out, "JSON file to write")->capture_default_str();
  words->add_flag("--force", o->force, "write over a file that is there");
  words->add_flag("--quiet", o->quiet, "no progress bar");
  words->footer("Example:\n  tessera adapt runs/odebench4_seed0 --input measured.npz");
  return {words, [o](MPI_Comm comm) { return execute(*o, comm); }};
}

}  // namespace tessera::app
