#include "show_solution.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <limits>

#include <fmt/format.h>

#include <tessera/io/field_vtk.hpp>

namespace tessera::model {
namespace {

std::string with_unit(std::string const &name, std::string const &unit)
{
  return unit.empty() ? name : fmt::format("{} ({})", name, unit);
}

/// Early ones close together: fields change most there.
std::array<std::size_t, 4> shown_levels(domains::SpaceTimeGrid const &grid)
{
  return {grid.levels / 50, grid.levels / 10, grid.levels / 2, grid.levels - 1};
}

std::vector<double> part(std::vector<double> const &field, domains::SpaceTimeGrid const &grid,
                         domains::Box const &box)
{
  std::vector<double> out;
  out.reserve(box.size());
  for (std::size_t n = box.first_level; n < box.last_level; ++n) {
    for (std::size_t i = 0; i < box.cells(); ++i) {
      out.push_back(field[n * grid.cells + box.cell(grid, i)]);
    }
  }
  return out;
}

std::vector<double> difference(std::vector<double> const &found, std::vector<double> const &truth)
{
  std::vector<double> error(truth.size());
  for (std::size_t p = 0; p < error.size(); ++p) error[p] = found[p] - truth[p];
  return error;
}

/// x along one side and t along the other, a block for each expert.
void write_blocks(std::vector<double> const &true_field, domains::Partition const &partition,
                  constraint::PlacedSolution const &solution, io::RunFolder const &folder)
{
  auto const &grid = partition.grid();
  auto const x = grid.centres(), t = grid.times();
  std::vector<io::FieldBlock> blocks;
  for (std::size_t e = 0; e < partition.size(); ++e) {
    domains::Box const &box = partition.box(e);
    auto const truth = part(true_field, grid, box), found = part(solution.field, grid, box);
    std::vector<double> places;
    for (std::size_t i = 0; i < box.cells(); ++i) places.push_back(x[box.cell(grid, i)]);
    blocks.push_back({fmt::format("expert_{}", e),
                      places,
                      {t.begin() + long(box.first_level), t.begin() + long(box.last_level)},
                      {{"prediction", found},
                       {"truth", truth},
                       {"error", difference(found, truth)},
                       {"expert", std::vector<double>(truth.size(), double(e))}}});
    if (solution.residual.empty()) continue;
    blocks.back().arrays.emplace_back("constraint_residual", part(solution.residual, grid, box));
  }
  // A length and a time have no common measure: a square is what one wants to see.
  io::write_fields(folder.fields(), "fields", blocks, grid.length / grid.horizon);
}

/// Space as it is, a step for each level. `box` counts boxes in space: it stays the same where
/// experts follow one another in time.
void write_steps(std::vector<double> const &true_field, domains::Partition const &partition,
                 constraint::PlacedSolution const &solution, io::RunFolder const &folder)
{
  auto const &grid = partition.grid();
  std::vector<double> expert(grid.size()), box(grid.size());
  for (std::size_t e = 0; e < partition.size(); ++e) {
    domains::Box const &own = partition.box(e);
    for (std::size_t n = own.first_level; n < own.last_level; ++n) {
      for (std::size_t i = 0; i < own.cells(); ++i) {
        std::size_t const p = n * grid.cells + own.cell(grid, i);
        expert[p] = double(e);
        box[p] = double(e % partition.in_space());
      }
    }
  }
  io::FieldArrays arrays{{"prediction", solution.field},
                         {"truth", true_field},
                         {"error", difference(solution.field, true_field)},
                         {"expert", std::move(expert)},
                         {"box", std::move(box)}};
  if (!solution.residual.empty()) arrays.emplace_back("constraint_residual", solution.residual);
  io::write_field_series(folder.fields(), "fields", grid, arrays);
}

/// Boxes in the plane of a map at one level.
std::vector<io::Rectangle> borders(domains::Partition const &partition, std::size_t level)
{
  auto const &grid = partition.grid();
  std::vector<io::Rectangle> found;
  for (std::size_t e = 0; e < partition.size(); ++e) {
    domains::Box const &box = partition.box(e);
    bool shown = level >= box.first_level && level < box.last_level;
    for (std::size_t k = 2; k < grid.dimensions(); ++k) {
      shown = shown && box.along(k).holds(grid.axis(k).cells / 2);
    }
    if (!shown) continue;
    auto const [x, y] = std::array{box.along(0), box.along(1)};
    double const across = grid.axis(0).width(), up = grid.axis(1).width();
    found.push_back({double(x.first) * across, double(x.last) * across, double(y.first) * up,
                     double(y.last) * up});
  }
  return found;
}

}  // namespace

std::string FieldUnits::time_title() const
{
  return with_unit("t", time);
}

std::string FieldUnits::axis_title(std::size_t k) const
{
  return with_unit(std::array{"x", "y", "z"}[k], length);
}

std::string FieldUnits::at(double t) const
{
  return fmt::format("t = {:.4g}{}{}", t, time.empty() ? "" : " ", time);
}

void write_solution_fields(std::vector<double> const &true_field,
                           domains::Partition const &partition,
                           constraint::PlacedSolution const &solution, io::RunFolder const &folder)
{
  bool const line = partition.grid().dimensions() == 1;
  (line ? write_blocks : write_steps)(true_field, partition, solution, folder);
}

std::vector<io::Plot> solution_slices(std::string const &quantity,
                                      std::vector<double> const &true_field,
                                      domains::SpaceTimeGrid const &grid,
                                      constraint::PlacedSolution const &solution,
                                      FieldUnits const &units)
{
  auto const x = grid.centres(), t = grid.times();
  std::string const along = units.axis_title(0);
  io::Plot profile{.title = quantity, .x_title = along, .y_title = "u"},
      error{.title = "Prediction - truth", .x_title = along, .y_title = "error"};
  int colour = 0;
  for (std::size_t const n : shown_levels(grid)) {
    io::Curve truth{.label = "", .x = x, .colour = colour, .dashed = true},
        found{.label = units.at(t[n]), .x = x, .colour = colour}, gap = found;
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

io::FieldMap field_map(domains::SpaceTimeGrid const &grid, FieldUnits const &units,
                       std::function<double(std::size_t)> const &value)
{
  domains::Axis const x = grid.axis(0), y = grid.axis(1);
  io::FieldMap map{.x_title = units.axis_title(0),
                   .y_title = units.axis_title(1),
                   .width = x.length,
                   .height = y.length,
                   .columns = x.cells,
                   .rows = y.cells};
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (std::size_t i = 0; i < x.cells; ++i) {
    for (std::size_t j = 0; j < y.cells; ++j) {
      std::size_t const middle = grid.stride(1) / 2;  // 0 where y is the last axis
      double const v = value(i * grid.stride(0) + j * grid.stride(1) + middle);
      map.values.push_back(v);
      if (!std::isfinite(v)) continue;
      low = std::min(low, v);
      high = std::max(high, v);
    }
  }
  if (low <= high) map.low = low, map.high = high;
  return map;
}

std::vector<io::FieldMap> solution_maps(std::vector<double> const &true_field,
                                        domains::Partition const &partition,
                                        constraint::PlacedSolution const &solution,
                                        FieldUnits const &units)
{
  auto const &grid = partition.grid();
  auto const t = grid.times();
  std::vector<io::FieldMap> maps;
  for (std::size_t const n : shown_levels(grid)) {
    std::size_t const first = n * grid.cells;
    auto const of = [&](std::vector<double> const &field) {
      return field_map(grid, units, [&](std::size_t cell) { return field[first + cell]; });
    };
    io::FieldMap truth = of(true_field), found = of(solution.field);
    io::FieldMap gap = field_map(grid, units, [&](std::size_t cell) {
      return solution.field[first + cell] - true_field[first + cell];
    });
    truth.title = "Truth, " + units.at(t[n]);
    found.title = "Prediction, " + units.at(t[n]);
    gap.title = "Prediction - truth";
    truth.low = found.low = std::min(truth.low, found.low);
    truth.high = found.high = std::max(truth.high, found.high);
    gap.high = std::max(std::abs(gap.low), std::abs(gap.high));
    gap.low = -gap.high;
    gap.parting = true;
    for (auto *map : {&truth, &found, &gap}) {
      map->borders = borders(partition, n);
      maps.push_back(std::move(*map));
    }
  }
  return maps;
}

std::string expert_table(domains::SpaceTimeGrid const &grid,
                         constraint::PlacedSolution const &solution, FieldUnits const &units)
{
  std::string head =
                  "| expert | status | frozen | steps | residual | condition | dropped | worst " +
                  units.time_title() + " |",
              line = "|---|---|---|---|---|---|---|---|";
  std::vector<std::vector<double>> places;
  for (std::size_t k = 0; k < grid.dimensions(); ++k) {
    head += " worst " + units.axis_title(k) + " |";
    line += "---|";
    places.push_back(grid.centres(k));
  }
  std::string text = head + "\n" + line + "\n";
  for (std::size_t e = 0; e < solution.experts.size(); ++e) {
    auto const &r = solution.experts[e];
    text += fmt::format("| {} | {} | {} | {} | {:.2e} | {:.1e} | {} | {:.4g} |", e,
                        message(r.status), r.frozen_passes, r.iterations, r.residual, r.condition,
                        r.dropped, grid.times()[r.worst_level]);
    for (auto const &place : places) text += fmt::format(" {:.4f} |", place[r.worst_cell]);
    text += "\n";
  }
  return text;
}

}  // namespace tessera::model
