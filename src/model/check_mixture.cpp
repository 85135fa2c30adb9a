#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <tessera/io/dataset_file.hpp>
#include <tessera/meta/mixer_trainer.hpp>

#include "check_parts.hpp"
#include "make_mixture.hpp"
#include "prepared_data.hpp"

namespace tessera::model {
namespace {

/// The data that the run would take; what is not there is made in memory and kept nowhere.
domains::Dataset data_for_check(Settings const &s, Registry const &registry)
{
  std::string const wanted = s.data.source->settings().empty() ? "" : s.data.fingerprint(s.seed);
  bool const there = !wanted.empty() && std::filesystem::exists(s.data.path) &&
                     (s.data.path_given || io::dataset_settings(s.data.path) == wanted);
  if (there) return load_data(s.data, s.seed, registry, Log(), Progress());
  domains::Dataset data = s.data.source->make(s.seed, registry, Progress());
  domains::make_harder(data, s.data.difficulty, s.seed);
  return data;
}

template <class T>
void take_a_step(Settings const &s, PreparedData const &data)
{
  auto const train = meta::hold_out(data.set().train, s.mixer.held_out).train;
  auto mixture = make_mixture<T>(s, static_cast<int>(train.dimension), train.size());
  meta::MixerOptions options = s.mixer;
  options.selection.count = std::min(options.selection.count, 2);
  meta::MixerTrainer<T> trainer(mixture, train, options, s.solver, s.seed, Log());
  meta::StepReport report;
  trainer.gradients(0, 0, true, report);
}

}  // namespace

std::string check_parts(Settings const &s, Registry const &registry)
{
  domains::Dataset const given = data_for_check(s, registry);
  PreparedData const data(s.data, given, s.seed);
  if (s.precision == "float64") {
    take_a_step<double>(s, data);
  } else {
    take_a_step<float>(s, data);
  }
  auto const &train = given.train;
  std::string text = fmt::format(
      "  training   {} environments x {} trajectories x {} times x {} states ({}){}\n"
      "  test       {} trajectories of each{}\n",
      train.size(), train.count, train.points, train.dimension, fmt::join(given.state_names, ", "),
      s.data.standardised ? ", standardised" : "", given.test.count,
      given.support.size() > 0 ? fmt::format(", {} new environments", given.support.size()) : "");
  for (auto const &doubt : doubts_about(data)) text += "  note       " + doubt + "\n";
  return text;
}

}  // namespace tessera::model
