#include "oracle.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <tessera/core/peak_memory.hpp>
#include <tessera/core/stopwatch.hpp>

#include "show_solution.hpp"

namespace tessera::model {
namespace {

using Json = nlohmann::ordered_json;

std::string summarise(OracleSettings const &s, OracleRow const &row, double wall)
{
  Json const json{
      {"experiment", s.name},
      {"seed", s.seed},
      {"wall_seconds", wall},
      {"peak_rss_mb", peak_rss_mb()},
      {"definitions",
       {{"rel_l2", "|u - true| / |true| in the Euclidean norm over space-time, per sample"},
        {"residual_norm", "root of the sum of squared rows, per sample"},
        {"interface_jump",
         "largest |Phi (w_a - w_b)| two grid layers on either side of a cut, all times"},
        {"mass_defect",
         "|content(T) - content(t_2) - inflow in between| / |content(T) - content(t_2)|"}}},
      {"test",
       {{"rel_l2_mean", row.error_mean},
        {"rel_l2_std", row.error_std},
        {"rel_l2_max", row.error_max},
        {"mass_defect_mean", row.mass},
        {"samples", row.samples}}},
      {"constraint",
       {{"iterations_mean", row.iterations_mean},
        {"iterations_max", row.iterations},
        {"converged_share", double(row.converged) / double(row.samples)},
        {"residual_norm_mean", row.residual_mean},
        {"interface_jump_max", row.jump},
        {"condition_max", row.condition},
        {"seconds_per_solve", row.seconds}}}};
  return json.dump(2) + "\n";
}

}  // namespace

void run_oracle(OracleSettings const &s, RunStart &start)
{
  Stopwatch const watch;
  io::RunFolder const &folder = start.folder;
  Log const &log = start.log;
  Progress &progress = start.progress;
  OracleFields const fields = OracleFields::make(s, progress);
  auto const bank = fields.pod(s.functions, s.layer.rows.lift);
  auto const in_time = std::size_t(s.boxes_in_time), in_space = std::size_t(s.boxes_in_space);
  domains::Partition const partition(s.grid, in_time, in_space);
  try_layer(fields, *bank, s.layer, in_time, in_space);
  for (auto const &name : s.tables) try_table(name, fields);
  start.begin();
  constraint::PlacedSolution first;
  OracleRow const row = measure(fields, "run", *bank, s.layer, in_time, in_space, 0, &first);
  write_solution_fields(fields.unseen[0], partition, first, folder);
  FieldUnits const units{"s", "m"};  // of diffusion-sorption, whose fields these are
  write_solution_slices(
      solution_slices(fields.pde().quantity(), fields.unseen[0], s.grid, first, units), folder);
  folder.write("experts.md", expert_table(s.grid, first, units));
  log.info("relative L2 {:.4f} % over {} samples, {} of them converged, jump {:.1e}",
           100 * row.error_mean, row.samples, row.converged, row.jump);
  std::string tables;
  for (auto const &name : s.tables) {
    tables += make_table(name, fields, s.seed, progress);
    progress.finish();
    folder.write("tables.md", tables);
    log.info("table \"{}\" is in {}", name, (folder.path() / "tables.md").string());
  }
  double const wall = watch.seconds();
  folder.write("summary.json", summarise(s, row, wall));
  log.info("fields in {}, pictures in {}, figures in {}", folder.fields().string(),
           folder.plots().string(), (folder.path() / "summary.json").string());
}

}  // namespace tessera::model
