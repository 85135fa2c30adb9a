#include "oracle.hpp"

#include <chrono>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <tessera/core/peak_memory.hpp>
#include <tessera/io/field_vtk.hpp>
#include <tessera/io/picture.hpp>

#include "run_start.hpp"

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

std::vector<double> part(std::vector<double> const &field, domains::SpaceTimeGrid const &grid,
                         domains::Box const &box)
{
  std::vector<double> out;
  for (std::size_t n = box.first_level; n < box.last_level; ++n) {
    auto const from = field.begin() + long(n * grid.cells);
    out.insert(out.end(), from + long(box.first_cell), from + long(box.last_cell));
  }
  return out;
}

void write_paraview(std::vector<double> const &true_field, domains::Partition const &partition,
                    constraint::PlacedSolution const &solution, io::RunFolder const &folder)
{
  auto const &grid = partition.grid();
  auto const x = grid.centres(), t = grid.times();
  std::vector<io::FieldBlock> blocks;
  for (std::size_t e = 0; e < partition.size(); ++e) {
    domains::Box const &box = partition.box(e);
    auto const truth = part(true_field, grid, box), found = part(solution.field, grid, box);
    std::vector<double> error(truth.size());
    for (std::size_t p = 0; p < error.size(); ++p) error[p] = found[p] - truth[p];
    blocks.push_back({fmt::format("expert_{}", e),
                      {x.begin() + long(box.first_cell), x.begin() + long(box.last_cell)},
                      {t.begin() + long(box.first_level), t.begin() + long(box.last_level)},
                      {{"prediction", found},
                       {"truth", truth},
                       {"error", error},
                       {"expert", std::vector<double>(truth.size(), double(e))}}});
    if (solution.residual.empty()) continue;
    blocks.back().arrays.emplace_back("constraint_residual", part(solution.residual, grid, box));
  }
  // Metres and seconds differ by 500: a square is what one wants to see.
  io::write_fields(folder.fields(), "fields", blocks, grid.length / grid.horizon);
}

void write_slices(std::vector<double> const &true_field, domains::SpaceTimeGrid const &grid,
                  constraint::PlacedSolution const &solution, io::RunFolder const &folder)
{
  auto const x = grid.centres(), t = grid.times();
  io::Plot profile{.title = "Concentration", .x_title = "x, m", .y_title = "u"},
      error{.title = "Prediction - truth", .x_title = "x, m", .y_title = "error"};
  int colour = 0;
  for (std::size_t const n :
       {grid.levels / 50, grid.levels / 10, grid.levels / 2, grid.levels - 1}) {
    io::Curve truth{.label = "", .x = x, .colour = colour, .dashed = true},
        found{.label = fmt::format("t = {:.0f} s", t[n]), .x = x, .colour = colour}, gap = found;
    for (std::size_t i = 0; i < grid.cells; ++i) {
      std::size_t const p = n * grid.cells + i;
      truth.y.push_back(true_field[p]);
      found.y.push_back(solution.field[p]);
      gap.y.push_back(solution.field[p] - true_field[p]);
    }
    profile.curves.push_back(found);
    profile.curves.push_back(truth);
    error.curves.push_back(gap);
    ++colour;
  }
  std::filesystem::create_directories(folder.plots());
  io::write_png(folder.plots() / "slices.png", {profile, error}, 2);
}

std::string expert_table(domains::SpaceTimeGrid const &grid,
                         constraint::PlacedSolution const &solution)
{
  std::string text =
      "| expert | status | frozen | steps | residual | condition | dropped | worst t, s | worst x "
      "|\n|---|---|---|---|---|---|---|---|---|\n";
  for (std::size_t e = 0; e < solution.experts.size(); ++e) {
    auto const &r = solution.experts[e];
    text += fmt::format("| {} | {} | {} | {} | {:.2e} | {:.1e} | {} | {:.0f} | {:.4f} |\n", e,
                        message(r.status), r.frozen_passes, r.iterations, r.residual, r.condition,
                        r.dropped, grid.times()[r.worst_level], grid.centres()[r.worst_cell]);
  }
  return text;
}

}  // namespace

void show_solution(std::vector<double> const &truth, domains::Partition const &partition,
                   constraint::PlacedSolution const &solution, io::RunFolder const &folder)
{
  write_paraview(truth, partition, solution, folder);
  write_slices(truth, partition.grid(), solution, folder);
  if (solution.experts.empty()) return;
  folder.write("experts.md", expert_table(partition.grid(), solution));
}

void run_oracle(OracleSettings const &s, io::RunFolder const &folder, Log const &log,
                Progress progress)
{
  auto const begin = std::chrono::steady_clock::now();
  OracleFields const fields = OracleFields::make(s, progress);
  auto const bank = fields.pod(s.functions, s.layer.rows.lift);
  auto const in_time = std::size_t(s.boxes_in_time), in_space = std::size_t(s.boxes_in_space);
  constraint::PlacedSolution first;
  OracleRow const row = measure(fields, "run", *bank, s.layer, in_time, in_space, 0, &first);
  show_solution(fields.unseen[0], domains::Partition(s.grid, in_time, in_space), first, folder);
  log.info("relative L2 {:.4f} % over {} samples, {} of them converged, jump {:.1e}",
           100 * row.error_mean, row.samples, row.converged, row.jump);
  std::string tables;
  for (auto const &name : s.tables) {
    tables += make_table(name, fields, s.seed, progress);
    progress.finish();
    folder.write("tables.md", tables);
    log.info("table \"{}\" is in {}", name, (folder.path() / "tables.md").string());
  }
  std::chrono::duration<double> const wall = std::chrono::steady_clock::now() - begin;
  folder.write("summary.json", summarise(s, row, wall.count()));
  log.info("fields in {}, pictures in {}, figures in {}", folder.fields().string(),
           folder.plots().string(), (folder.path() / "summary.json").string());
}

}  // namespace tessera::model
