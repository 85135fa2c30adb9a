#include <tessera/io/report.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <tessera/core/error.hpp>

namespace tessera::io {
namespace {

using Json = nlohmann::ordered_json;
using Texts = std::vector<std::string>;

/// What a comparison starts with; the rest stands in the CSV form.
Texts const headline{"test.mse_mean",
                     "test.mse_median",
                     "test.rel_l2_mean",
                     "test.tprmse",
                     "adapt.mse_mean",
                     "adapt.rel_l2_mean",
                     "adapt.tprmse",
                     "adapt_outside.mse_mean",
                     "routing.purity",
                     "constraint.converged_share",
                     "constraint.interface_jump_max",
                     "train.loss",
                     "train.failed",
                     "train.seconds"};

struct Run {
  std::string name, experiment, seed;
  Texts keys;                            ///< in the order of the file
  std::map<std::string, double> values;  ///< dotted key -> number
};

struct Experiment {
  std::string name;
  std::vector<Run> runs;
  std::string without_mean;  ///< why there is none, where that wants a word
};

/// Every number below an object, by its dotted key; null (NaN) is absent.
void collect(Json const &object, std::string const &path, Run &run)
{
  for (auto const &[key, value] : object.items()) {
    std::string const inner = path.empty() ? key : path + "." + key;
    if (value.is_object()) collect(value, inner, run);
    if (!value.is_number() || inner == "seed") continue;
    run.keys.push_back(inner);
    run.values[inner] = value.get<double>();
  }
}

Run parse(RunSummary const &summary)
{
  Json const json = Json::parse(summary.json, nullptr, false);
  if (!json.is_object() || !json.contains("experiment") || !json["experiment"].is_string()) {
    throw InputError(summary.name +
                     ": is no summary of a run (JSON with the key \"experiment\"); name the folder "
                     "of a finished run");
  }
  Run run{.name = summary.name, .experiment = json["experiment"]};
  if (json.contains("seed") && json["seed"].is_number_integer()) run.seed = json["seed"].dump();
  collect(json, {}, run);
  return run;
}

/// In the order in which experiments are named first.
std::vector<Experiment> grouped(std::vector<RunSummary> const &summaries)
{
  std::vector<Experiment> experiments;
  for (RunSummary const &summary : summaries) {
    Run run = parse(summary);
    auto found = std::find_if(experiments.begin(), experiments.end(),
                              [&](Experiment const &e) { return e.name == run.experiment; });
    if (found == experiments.end()) {
      found = experiments.insert(found, Experiment{.name = run.experiment});
    }
    for (Run const &other : found->runs) {
      if (other.seed != run.seed) continue;
      found->without_mean = fmt::format("{}: no mean, for {} and {} have the same seed",
                                        found->name, other.name, run.name);
    }
    found->runs.push_back(std::move(run));
  }
  return experiments;
}

struct Spread {
  double mean, deviation;
};

/// Nothing unless every one of several runs holds the key.
std::optional<Spread> spread(Experiment const &experiment, std::string const &key)
{
  double sum = 0, squares = 0;
  auto const n = static_cast<double>(experiment.runs.size());
  if (n < 2 || !experiment.without_mean.empty()) return std::nullopt;
  for (Run const &run : experiment.runs) {
    if (!run.values.contains(key)) return std::nullopt;
    sum += run.values.at(key);
  }
  for (Run const &run : experiment.runs) squares += std::pow(run.values.at(key) - sum / n, 2);
  return Spread{sum / n, std::sqrt(squares / (n - 1))};
}

bool has_mean(Experiment const &experiment)
{
  return experiment.runs.size() > 1 && experiment.without_mean.empty();
}

/// Keys of all runs, each once, in the order of their first appearance.
Texts all_keys(std::vector<Experiment> const &experiments)
{
  Texts keys;
  for (Experiment const &experiment : experiments) {
    for (Run const &run : experiment.runs) {
      for (std::string const &key : run.keys) {
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
      }
    }
  }
  return keys;
}

std::string markdown_row(Texts const &cells)
{
  std::string line = "|";
  for (std::string cell : cells) {
    for (std::size_t at = 0; (at = cell.find('|', at)) != cell.npos; at += 2) cell.insert(at, "\\");
    line += cell.empty() ? " |" : " " + cell + " |";
  }
  return line + "\n";
}

std::string markdown(std::vector<Experiment> const &experiments)
{
  Texts const there = all_keys(experiments);
  Texts keys, header{"run", "experiment", "seed"};
  std::copy_if(headline.begin(), headline.end(), std::back_inserter(keys), [&](auto const &key) {
    return std::find(there.begin(), there.end(), key) != there.end();
  });
  for (std::string const &key : keys) header.push_back("`" + key + "`");
  std::string text = markdown_row(header) + markdown_row(Texts(header.size(), "---")), notes;
  for (Experiment const &experiment : experiments) {
    for (Run const &run : experiment.runs) {
      Texts cells{run.name, run.experiment, run.seed};
      for (std::string const &key : keys) {
        auto const value = run.values.find(key);
        cells.push_back(value == run.values.end() ? "" : fmt::format("{:.3g}", value->second));
      }
      text += markdown_row(cells);
    }
    if (!experiment.without_mean.empty()) notes += "\n" + experiment.without_mean + ".\n";
    if (!has_mean(experiment)) continue;
    Texts cells{fmt::format("mean ± std of {}", experiment.runs.size()), experiment.name, ""};
    for (std::string const &key : keys) {
      auto const s = spread(experiment, key);
      cells.push_back(s ? fmt::format("{:.3g} ± {:.2g}", s->mean, s->deviation) : "");
    }
    text += markdown_row(cells);
  }
  bool const any = std::any_of(experiments.begin(), experiments.end(), has_mean);
  if (any) text += "\nstd: sample standard deviation over the runs of an experiment (n - 1).\n";
  return text + notes;
}

std::string csv_row(Texts const &cells)
{
  Texts quoted;
  for (std::string cell : cells) {
    if (cell.find_first_of(",\"\r\n") != cell.npos) {
      for (std::size_t at = 0; (at = cell.find('"', at)) != cell.npos; at += 2)
        cell.insert(at, "\"");
      cell = "\"" + cell + "\"";
    }
    quoted.push_back(cell);
  }
  return fmt::format("{}\n", fmt::join(quoted, ","));
}

std::string csv(std::vector<Experiment> const &experiments)
{
  Texts const keys = all_keys(experiments);
  Texts header{"row", "run", "experiment", "seed"};
  header.insert(header.end(), keys.begin(), keys.end());
  std::string text = csv_row(header);
  for (Experiment const &experiment : experiments) {
    for (Run const &run : experiment.runs) {
      Texts cells{"run", run.name, run.experiment, run.seed};
      for (std::string const &key : keys) {
        auto const value = run.values.find(key);
        cells.push_back(value == run.values.end() ? "" : fmt::format("{}", value->second));
      }
      text += csv_row(cells);
    }
    if (!has_mean(experiment)) continue;
    Texts means{"mean", "", experiment.name, ""}, deviations{"std", "", experiment.name, ""};
    for (std::string const &key : keys) {
      auto const s = spread(experiment, key);
      means.push_back(s ? fmt::format("{}", s->mean) : "");
      deviations.push_back(s ? fmt::format("{}", s->deviation) : "");
    }
    text += csv_row(means) + csv_row(deviations);
  }
  return text;
}

}  // namespace

std::string report(std::vector<RunSummary> const &runs, ReportForm form)
{
  std::vector<Experiment> const experiments = grouped(runs);
  return form == ReportForm::csv ? csv(experiments) : markdown(experiments);
}

}  // namespace tessera::io
