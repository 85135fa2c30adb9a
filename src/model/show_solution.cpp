#include "show_solution.hpp"

#include <filesystem>

#include <fmt/format.h>

#include <tessera/io/field_vtk.hpp>

namespace tessera::model {
namespace {

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

}  // namespace

void write_solution_fields(std::vector<double> const &true_field,
                           domains::Partition const &partition,
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

std::vector<io::Plot> solution_slices(std::string const &quantity,
                                      std::vector<double> const &true_field,
                                      domains::SpaceTimeGrid const &grid,
                                      constraint::PlacedSolution const &solution)
{
  auto const x = grid.centres(), t = grid.times();
  io::Plot profile{.title = quantity, .x_title = "x, m", .y_title = "u"},
      error{.title = "Prediction - truth", .x_title = "x, m", .y_title = "error"};
  int colour = 0;
  for (std::size_t const n :
       {grid.levels / 50, grid.levels / 10, grid.levels / 2, grid.levels - 1}) {
    io::Curve truth{.label = "", .x = x, .colour = colour, .dashed = true},
        found{.label = fmt::format("t = {:.4g} s", t[n]), .x = x, .colour = colour}, gap = found;
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
  profile.curves.back().label = "truth";
  return {profile, error};
}

void write_solution_slices(std::vector<io::Plot> const &slices, io::RunFolder const &folder)
{
  std::filesystem::create_directories(folder.plots());
  io::write_png(folder.plots() / "slices.png", slices, 2);
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

}  // namespace tessera::model
