#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include <tessera/core/peak_memory.hpp>
#include <tessera/meta/matching.hpp>

#include "run_mixture.hpp"
#include "run_start.hpp"
#include "systems_json.hpp"

namespace tessera::model {
namespace {

using Json = nlohmann::ordered_json;

// Values of environments in the order of training: sums keep their last bit whatever the order of
// the files.
std::vector<double> in_order(std::vector<double> const &values,
                             std::vector<std::size_t> const &order)
{
  std::vector<double> sorted;
  for (std::size_t const e : order) sorted.push_back(values[e]);
  return sorted;
}

Json split(meta::Metrics m, domains::Trajectories const &data, domains::Dataset const &set,
           std::vector<std::size_t> const &order)
{
  for (auto *values : {&m.mse, &m.rel_l2, &m.nrmse, &m.r2}) *values = in_order(*values, order);
  Json json{{"mse_mean", m.mean(m.mse)},
            {"mse_median", m.median(m.mse)},
            {"rel_l2_mean", m.mean(m.rel_l2)},
            {"rel_l2_std", m.deviation(m.rel_l2)},
            {"rel_l2_median", m.median(m.rel_l2)},
            {"tprmse", m.tprmse()},
            {"nrmse_mean", m.mean(m.nrmse)},
            {"nrmse_median", m.median(m.nrmse)},
            {"r2_share", m.r2_share()},
            {"floored", m.floored},
            {"failed", m.failed}};
  Json families = Json::object();
  for (std::size_t f = 0; f < set.families.size(); ++f) {
    double mse = 0, relative = 0;
    int count = 0;
    for (std::size_t e = 0; e < data.size(); ++e) {
      if (data.environments[order[e]].family != static_cast<int>(f)) continue;
      mse += m.mse[e];
      relative += m.rel_l2[e];
      ++count;
    }
    if (count == 0) continue;
    families[set.families[f]] = {{"mse", mse / count}, {"rel_l2", relative / count}};
  }
  if (!families.empty()) json["per_family"] = families;
  return json;
}

Json held_out(RunResult const &result)
{
  meta::Metrics const &m = result.held_out.metrics, &adapted = result.held_out_adapted.metrics;
  Json json{{"mse_mean", m.mean(m.mse)}, {"mse_median", m.median(m.mse)}};
  if (adapted.mse.empty()) return json;
  json["adapt_mse_mean"] = adapted.mean(adapted.mse);
  json["adapt_mse_median"] = adapted.median(adapted.mse);
  return json;
}

// Environments that adaptation leaves in their order.
Json split(meta::Prediction const &prediction, domains::Trajectories const &data,
           domains::Dataset const &set)
{
  std::vector<std::size_t> order(data.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  return split(prediction.metrics, data, set, order);
}

long unfollowed(meta::Adapted const &found)
{
  return std::count_if(found.support_loss.begin(), found.support_loss.end(),
                       [](double loss) { return !std::isfinite(loss); });
}

Json routing(RunResult const &result)
{
  domains::Dataset const &set = *result.data;
  std::vector<int> const family = families_to_find(set);
  if (family.empty()) return {};
  int const families = static_cast<int>(set.families.size());
  auto const counts = meta::routing_table(family, result.route, families, result.experts);
  Json table = Json::array();
  for (int f = 0; f < families; ++f) {
    table.push_back(std::vector<int>(counts.begin() + f * result.experts,
                                     counts.begin() + (f + 1) * result.experts));
  }
  return {{"purity", meta::purity(family, result.route, families, result.experts)},
          {"table", table}};
}

Json definitions(Settings const &settings)
{
  std::string const seen = settings.data.standardised ? "standardised" : "as they are";
  return {
      {"mse",
       "mean over trajectories, all stored times and components of (predicted - true)^2, per "
       "environment"},
      {"rel_l2",
       "mean over trajectories and times of |predicted - true|^2 / |max(|true|, 1e-6)|^2, per "
       "environment: a relative squared error"},
      {"experts", "of training: how many are in use at its end"},
      {"tprmse", "share of environments with rel_l2 < 0.1"},
      {"nrmse",
       "root of the mean over trajectories, times and components of ((predicted - true) / "
       "deviation)^2, per environment; deviation: of the component over the training data"},
      {"r2_share",
       "share of environments with R^2 > 0.9, R^2 = 1 - sum of squared errors / sum of squares "
       "about each component's mean over the environment, over all components "
       "(variance-weighted); none with a trajectory that could not be followed"},
      {"floored", "share of stored times at which rel_l2's floor of 1e-6 outweighs the true state"},
      {"loss", "of training: mean square error of the data as training sees them, " + seen},
      {"held_out",
       "mse on what train.held_out keeps from training, of states as training sees them: as "
       "trained, and adapted to another trajectory as if the system were new"},
      {"coverage",
       "share of query states behind their starts within 1.645 of the deviations predicted"},
      {"foreign", "systems that none of the experts describes, by their errors on the support"},
      {"purity",
       "largest share of environments that a one-to-one pairing of families and experts puts "
       "on its pair"}};
}

}  // namespace

std::string summarise(Settings const &settings, RunResult const &result, RunFigures const &figures,
                      double wall_seconds)
{
  domains::Dataset const &set = *result.data;
  Json json{{"experiment", settings.name},
            {"seed", settings.seed},
            {"wall_seconds", wall_seconds},
            {"peak_rss_mb", peak_rss_mb()},
            {"definitions", definitions(settings)},
            {"train",
             {{"outer_steps", figures.outer_steps},
              {"seconds", figures.train_seconds},
              {"gflops", figures.gflops},
              {"loss", figures.loss},
              {"failed", figures.failed},
              {"experts", figures.experts},
              {"parameters_digest", figures.digest}}},
            {"test", split(result.test.metrics, set.test, set, result.order)}};
  if (!result.held_out.metrics.mse.empty()) json["held_out"] = held_out(result);
  if (set.query.size() > 0) {
    json["adapt"] = split(result.query, set.query, set);
    json["adapt"]["gate_agreement"] = result.adapted.gate_agreement;
    json["adapt"]["seconds"] = figures.adapt_seconds;
    json["adapt"]["unfollowed"] = unfollowed(result.adapted);
    if (!result.query_deviation.empty()) {
      json["adapt"]["coverage"] =
          meta::coverage(result.query.states, result.query_deviation, set.query);
      json["adapt"]["foreign"] =
          std::count(result.adapted.foreign.begin(), result.adapted.foreign.end(), 1);
    }
  }
  if (set.outside_query.size() > 0) {
    json["adapt_outside"] = split(result.outside, set.outside_query, set);
  }
  Json const routed = routing(result);
  if (!routed.is_null()) json["routing"] = routed;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string describe_adapted(RunResult const &result)
{
  auto describe = [&](meta::Adapted const &found, domains::Trajectories const &data) {
    std::vector<std::string> labels;
    for (auto const &environment : data.environments) {
      labels.push_back(environment_label(*result.data, environment));
    }
    return systems_json(to_systems(found), labels);
  };
  Json const json{
      {"adapt", describe(result.adapted, result.data->support)},
      {"adapt_outside", describe(result.adapted_outside, result.data->outside_support)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tessera::model
