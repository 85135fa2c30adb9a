#include "trajectory_pictures.hpp"

#include <algorithm>
#include <tuple>

#include <tessera/meta/evaluation.hpp>

namespace tessera::model {
namespace {

constexpr std::size_t most_starts = 4, most_systems = 12;  // in one panel, in one picture

io::Curve band_of(ShownSplit const &split, std::size_t e, std::size_t j)
{
  auto const grid = split.truth.grid(e);
  io::Curve band{.label = "90 % band", .x = {grid.begin(), grid.end()}, .colour = 1};
  for (std::size_t k = 0; k < split.truth.points; ++k) {
    double const half = meta::nine_tenths * value_at(split.deviation, split.truth, e, j, k, 0);
    double const middle = value_at(split.states, split.truth, e, j, k, 0);
    band.y.push_back(middle - half);
    band.upper.push_back(middle + half);
  }
  return band;
}

io::Plot portrait(RunResult const &r, std::size_t e)
{
  auto const &test = r.data->test;
  io::Plot plot{.title = environment_label(*r.data, test.environments[e]),
                .x_title = r.data->state_names[0],
                .y_title = r.data->state_names[1]};
  for (std::size_t j = 0; j < std::min(test.count, most_starts); ++j) {
    io::Curve truth{.label = j == 0 ? "true" : "", .colour = 0};
    io::Curve predicted{.label = j == 0 ? "predicted" : "", .colour = 1, .dashed = true};
    for (std::size_t k = 0; k < test.points; ++k) {
      truth.x.push_back(value_at(test.states, test, e, j, k, 0));
      truth.y.push_back(value_at(test.states, test, e, j, k, 1));
      predicted.x.push_back(value_at(r.test.states, test, e, j, k, 0));
      predicted.y.push_back(value_at(r.test.states, test, e, j, k, 1));
    }
    plot.curves.push_back(truth);
    plot.curves.push_back(predicted);
  }
  return plot;
}

int columns_of(std::vector<io::Plot> const &plots)
{
  return plots.size() > 4 ? 4 : plots.size() == 3 ? 3 : plots.size() > 1 ? 2 : 1;
}

// The middle environment of each family, its first test starts; of a single family three.
// Chords between few times would look like orbits: then states are drawn over time.
void draw_test(RunResult const &r, io::RunFolder const &folder)
{
  auto const &test = r.data->test;
  bool const portraits = test.dimension > 1 && test.points >= 50;
  std::vector<io::Plot> plots;
  auto const order = by_family(test);
  ShownSplit const split{test, r.test.states, r.test_deviation};
  for (std::size_t f = 0; f < std::max<std::size_t>(1, r.data->families.size()); ++f) {
    std::vector<std::size_t> own;
    for (std::size_t e : order) {
      if (test.environments[e].family == static_cast<int>(f) || r.data->families.empty()) {
        own.push_back(e);
      }
    }
    if (own.empty()) continue;
    std::vector<std::size_t> shown{own[own.size() / 2]};
    if (r.data->families.size() < 2) shown = {own.front(), own[own.size() / 2], own.back()};
    for (std::size_t e : shown) {
      plots.push_back(portraits ? portrait(r, e) : over_time(*r.data, split, e));
    }
  }
  char const *const name = portraits ? "phase_portraits.png" : "trajectories.png";
  io::write_png(folder.plots() / name, plots, columns_of(plots));
}

}  // namespace

std::vector<std::size_t> by_family(domains::Trajectories const &data)
{
  std::vector<std::size_t> order;
  for (std::size_t e = 0; e < data.size(); ++e) order.push_back(e);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    auto const &x = data.environments[a], &y = data.environments[b];
    return std::tie(x.family, x.parameters) < std::tie(y.family, y.parameters);
  });
  return order;
}

io::Plot over_time(domains::Dataset const &data, ShownSplit const &split, std::size_t e)
{
  auto const &test = split.truth;
  io::Plot plot{.title = environment_label(data, test.environments[e]),
                .x_title = "t",
                .y_title = data.state_names[0]};
  bool const banded = !split.deviation.empty();
  for (std::size_t j = 0; j < std::min(test.count, banded ? 1 : most_starts); ++j) {
    auto const grid = test.grid(e);
    io::Curve truth{.label = j == 0 ? "true" : "", .x = {grid.begin(), grid.end()}, .colour = 0};
    truth.points = true;
    io::Curve predicted{.label = j == 0 ? "predicted" : "", .x = truth.x, .colour = 1};
    for (std::size_t k = 0; k < test.points; ++k) {
      truth.y.push_back(value_at(test.states, test, e, j, k, 0));
      predicted.y.push_back(value_at(split.states, test, e, j, k, 0));
    }
    plot.curves.push_back(predicted);
    plot.curves.push_back(truth);
  }
  if (banded) plot.curves.push_back(band_of(split, e, 0));
  return plot;
}

void draw_trajectories(RunResult const &r, io::RunFolder const &folder)
{
  draw_test(r, folder);
  auto const &query = r.data->query;
  if (query.size() == 0) return;
  std::vector<io::Plot> plots;
  auto order = by_family(query);
  order.resize(std::min(order.size(), most_systems));
  ShownSplit const split{query, r.query.states, r.query_deviation};
  for (std::size_t e : order) plots.push_back(over_time(*r.data, split, e));
  io::write_png(folder.plots() / "new_systems.png", plots, columns_of(plots));
}

}  // namespace tessera::model
