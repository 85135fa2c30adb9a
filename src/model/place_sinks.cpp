#include "place_sinks.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <tessera/io/pdebench.hpp>
#include <tessera/io/picture.hpp>

#include "show_solution.hpp"

namespace tessera::model {
namespace {

void draw_loss(PlaceResult const &r, io::RunFolder const &folder)
{
  if (r.step.empty()) return;
  io::Plot plot{.title = r.title, .x_title = "step", .y_title = r.loss_title, .log_y = true};
  plot.curves.push_back({.label = "", .x = r.step, .y = r.loss, .colour = 0});
  io::write_png(folder.plots() / "loss.png", std::vector<io::Plot>{plot});
}

FieldUnits units_of(PlaceResult const &r)
{
  return {r.time_unit, r.length_unit};
}

/// Over one axis of space: what the network proposes, at three times.
void draw_profiles(PlaceResult const &r, io::RunFolder const &folder)
{
  auto const &grid = r.grid;
  FieldUnits const units = units_of(r);
  std::vector<io::Plot> plots;
  for (std::size_t const level : {grid.levels / 10, grid.levels / 2, grid.levels - 1}) {
    io::Plot plot{.title = "Basis functions, " + units.at(grid.times()[level]),
                  .x_title = units.axis_title(0),
                  .y_title = "value"};
    for (std::size_t j = 0; j < r.functions; ++j) {
      io::Curve curve{.label = "", .x = grid.centres(), .colour = int(j)};
      for (std::size_t i = 0; i < grid.cells; ++i) {
        curve.y.push_back(r.basis[(level * grid.cells + i) * r.functions + j]);
      }
      plot.curves.push_back(curve);
    }
    plots.push_back(plot);
  }
  io::write_png(folder.plots() / "functions.png", plots, 3);
}

/// Over several: the first of the functions, at half of the time.
void draw_function_maps(PlaceResult const &r, io::RunFolder const &folder)
{
  constexpr std::size_t most = 16;
  FieldUnits const units = units_of(r);
  std::size_t const level = r.grid.levels / 2, shown = std::min(r.functions, most);
  std::vector<io::FieldMap> maps;
  for (std::size_t j = 0; j < shown; ++j) {
    maps.push_back(field_map(r.grid, units, [&](std::size_t cell) {
      return r.basis[(level * r.grid.cells + cell) * r.functions + j];
    }));
    maps.back().title = fmt::format("{}", j + 1);
  }
  io::write_png(
      folder.plots() / "functions.png", maps, 4,
      fmt::format("Basis functions{}, {}",
                  shown < r.functions ? fmt::format(", {} of {}", shown, r.functions) : "",
                  units.at(r.grid.times()[level])));
}

void draw_basis(PlaceResult const &r, io::RunFolder const &folder)
{
  if (r.basis.empty()) return;
  (r.grid.dimensions() == 1 ? draw_profiles : draw_function_maps)(r, folder);
}

/// The first solution beside the truth.
void draw_solution(PlaceResult const &r, io::RunFolder const &folder)
{
  auto const &solution = r.solutions.front();
  FieldUnits const units = units_of(r);
  if (r.grid.dimensions() == 1) {
    auto const slices = solution_slices(r.quantity, r.truth, r.grid, solution, units);
    write_solution_slices(slices, folder);
    return;
  }
  domains::Partition const partition(r.grid, r.boxes_in_time, r.boxes_in_space);
  io::write_png(folder.plots() / "slices.png", solution_maps(r.truth, partition, solution, units),
                3, r.quantity);
}

/// How the errors of trained and untrained bases go with time.
void draw_errors(PlaceResult const &r, io::RunFolder const &folder)
{
  io::Plot plot{.title = "Error over time, mean of samples",
                .x_title = units_of(r).time_title(),
                .y_title = "relative L2 over space",
                .log_y = true};
  auto const times = r.grid.times();
  for (std::size_t k = 0; k < r.errors.size(); ++k) {
    io::Curve curve{.label = r.errors[k].label, .colour = int(k)};
    // At t = 0 a lifted field is exact: nothing that a logarithm shows.
    for (std::size_t n = 1; n < times.size(); ++n) {
      curve.x.push_back(times[n]);
      curve.y.push_back(std::max(r.errors[k].at_level[n], 1e-12));
    }
    plot.curves.push_back(curve);
  }
  io::write_png(folder.plots() / "error_over_time.png", std::vector<io::Plot>{plot});
}

}  // namespace

void draw_place(PlaceResult const &result, io::RunFolder const &folder)
{
  draw_solution(result, folder);
  draw_loss(result, folder);
  draw_basis(result, folder);
  draw_errors(result, folder);
}

void keep_predictions(PlaceResult const &result, io::RunFolder const &folder)
{
  if (result.predictions == 0) return;
  io::PdebenchWriter writer(folder.path() / "predictions.h5", {.grid = result.grid,
                                                               .count = result.predictions,
                                                               .config = "predictions\n",
                                                               .time_unit = result.time_unit,
                                                               .length_unit = result.length_unit});
  for (std::size_t k = 0; k < result.predictions; ++k) writer.write(k, result.solutions[k].field);
  writer.finish();
}

}  // namespace tessera::model
