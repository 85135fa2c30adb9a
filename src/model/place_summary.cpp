#include "place_summary.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <tessera/core/median.hpp>
#include <tessera/core/peak_memory.hpp>

#include "run_start.hpp"

namespace tessera::model {
namespace {

using Json = nlohmann::ordered_json;

Json errors(PlaceMeasure const &m)
{
  Json json{{"rel_l2_mean", m.mean()},
            {"rel_l2_std", m.deviation()},
            {"rel_l2_median", median(m.error)},
            {"rel_l2_max", m.largest()},
            {"mass_defect_mean", m.mass_mean},
            {"samples", m.error.size()},
            {"seconds_per_query", m.seconds / double(m.error.size())}};
  if (!m.after.empty()) json["rel_l2_after_mean"] = mean(m.after);
  return json;
}

Json constraint(PlaceMeasure const &m)
{
  return {{"iterations_mean", m.iterations_mean},
          {"iterations_max", m.iterations_max},
          {"converged_share", double(m.converged) / double(m.error.size())},
          {"residual_norm_mean", m.residual_mean},
          {"interface_jump_max", m.jump_max},
          {"condition_max", m.condition_max}};
}

}  // namespace

std::string summarise_place(PlaceSettings const &s, PlaceFigures const &f,
                            std::vector<PlaceMeasure> const &measures)
{
  PlaceMeasure const &own = measures.front();
  Json json{{"experiment", s.name},
            {"seed", s.seed},
            {"wall_seconds", f.wall_seconds},
            {"peak_rss_mb", peak_rss_mb()},
            {"definitions",
             {{"rel_l2", "|u - true| / |true| in the Euclidean norm over space-time, per sample"},
              {"residual_norm", "root of the sum of squared rows, per sample"},
              {"interface_jump",
               "largest |Phi (w_a - w_b)| two grid layers on either side of a cut, all times"},
              {"seconds_per_query",
               "of the test in batches of 64: network, gathering, solves; by wall clock"}}},
            {"train",
             {{"steps", f.steps},
              {"seconds", f.train_seconds},
              {"loss", f.loss},
              {"unconverged", f.unconverged},
              {"parameters", f.parameters},
              {"parameters_digest", f.digest}}},
            {"test", errors(own)}};
  if (s.test.after > 0) {
    json["definitions"]["rel_l2_after"] =
        fmt::format("rel_l2 over the levels behind t = {} s", s.test.after);
  }
  if (f.seconds_single_query > 0) json["test"]["seconds_single_query"] = f.seconds_single_query;
  if (!s.constrained()) return json.dump(2) + "\n";
  json["constraint"] = constraint(own);
  json["constraint"]["gn_fallbacks"] = f.fallbacks;
  json["constraint"]["settled"] = f.settled;
  for (std::size_t k = 1; k < measures.size(); ++k) {
    Json row = errors(measures[k]);
    row.update(constraint(measures[k]));
    json["baselines"][measures[k].label] = row;
  }
  return json.dump(2) + "\n";
}

std::string place_table(std::vector<PlaceMeasure> const &measures, std::size_t boxes)
{
  std::string text =
      "| basis | N | boxes | samples | rel L2 mean, % | std | max | steps | converged | jump "
      "| s a query |\n|---|---|---|---|---|---|---|---|---|---|---|\n";
  for (auto const &m : measures) {
    text += fmt::format(
        "| {} | {} | {} | {} | {:.4f} | {:.4f} | {:.4f} | {:.1f} | {} | {:.0e} "
        "| {:.3f} |\n",
        m.label, m.functions, boxes, m.error.size(), 100 * m.mean(), 100 * m.deviation(),
        100 * m.largest(), m.iterations_mean, m.converged, m.jump_max,
        m.seconds / double(m.error.size()));
  }
  return text;
}

}  // namespace tessera::model
