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

/// What the network proposes, at three times.
void draw_basis(PlaceResult const &r, io::RunFolder const &folder)
{
  if (r.basis.empty()) return;
  auto const &grid = r.grid;
  std::vector<io::Plot> plots;
  for (std::size_t const level : {grid.levels / 10, grid.levels / 2, grid.levels - 1}) {
    io::Plot plot{.title = fmt::format("Basis functions, t = {:.4g} s", grid.times()[level]),
                  .x_title = "x, m",
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

/// How the errors of trained and untrained bases go with time.
void draw_errors(PlaceResult const &r, io::RunFolder const &folder)
{
  io::Plot plot{.title = "Error over time, mean of samples",
                .x_title = "t, s",
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
  write_solution_slices(
      solution_slices(result.quantity, result.truth, result.grid, result.solutions.front()),
      folder);
  draw_loss(result, folder);
  draw_basis(result, folder);
  draw_errors(result, folder);
}

void keep_predictions(PlaceResult const &result, io::RunFolder const &folder)
{
  if (result.predictions == 0) return;
  io::PdebenchWriter writer(
      folder.path() / "predictions.h5",
      {.grid = result.grid, .count = result.predictions, .config = "predictions\n"});
  for (std::size_t k = 0; k < result.predictions; ++k) writer.write(k, result.solutions[k].field);
  writer.finish();
}

}  // namespace tessera::model
