#include <tessera/model/sink.hpp>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <tessera/io/dataset_file.hpp>
#include <tessera/io/picture.hpp>
#include <tessera/io/trajectory_vtk.hpp>

#include "place_sinks.hpp"
#include "show_solution.hpp"

namespace tessera::model {
namespace {

// Environments in the order of their families, so that blocks are seen as blocks.
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

double at(std::vector<double> const &states, domains::Trajectories const &data, std::size_t e,
          std::size_t j, std::size_t k, std::size_t i)
{
  return states[((e * data.count + j) * data.points + k) * data.dimension + i];
}

class Pictures final : public Sink {
 public:
  void write(RunResult const &result, io::RunFolder const &folder) const override
  {
    std::filesystem::create_directories(folder.plots());
    if (!result.gate.empty()) gate(result, folder);
    loss(result, folder);
    orbits(result, folder);
  }
  void write_place(PlaceResult const &result, io::RunFolder const &folder) const override
  {
    draw_place(result, folder);
  }

 private:
  static void gate(RunResult const &r, io::RunFolder const &folder)
  {
    auto const &train = r.data->train;
    io::HeatMap map;
    map.title = "Gate: environments on experts";
    map.row_title = "environment";
    map.column_title = "expert";
    for (int i = 0; i < r.experts; ++i) map.column_labels.push_back(std::to_string(i));
    for (std::size_t e : by_family(train)) {
      map.row_labels.push_back(environment_label(*r.data, train.environments[e]));
      auto const row = r.gate.begin() + static_cast<long>(e) * r.experts;
      map.values.insert(map.values.end(), row, row + r.experts);
    }
    io::write_png(folder.plots() / "gate.png", map);
  }

  static void loss(RunResult const &r, io::RunFolder const &folder)
  {
    io::Plot plot{
        .title = r.title, .x_title = "outer step", .y_title = "training loss", .log_y = true};
    plot.curves.push_back(
        {.label = "context steps", .x = r.step, .y = r.loss_context, .colour = 1});
    plot.curves.push_back({.label = "model steps", .x = r.step, .y = r.loss_model, .colour = 0});
    io::write_png(folder.plots() / "loss.png", std::vector<io::Plot>{plot});
  }

  // The middle environment of each family, its first test starts; of a single family three.
  // Chords between few times would look like orbits: then states are drawn over time.
  static void orbits(RunResult const &r, io::RunFolder const &folder)
  {
    auto const &test = r.data->test;
    bool const portraits = test.dimension > 1 && test.points >= 50;
    std::vector<io::Plot> plots;
    auto const order = by_family(test);
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
      for (std::size_t e : shown) plots.push_back(portraits ? portrait(r, e) : over_time(r, e));
    }
    int const columns = plots.size() > 4 ? 4 : plots.size() == 3 ? 3 : plots.size() > 1 ? 2 : 1;
    char const *const name = portraits ? "phase_portraits.png" : "trajectories.png";
    io::write_png(folder.plots() / name, plots, columns);
  }

  static io::Plot over_time(RunResult const &r, std::size_t e)
  {
    auto const &test = r.data->test;
    io::Plot plot{.title = environment_label(*r.data, test.environments[e]),
                  .x_title = "t",
                  .y_title = r.data->state_names[0]};
    for (std::size_t j = 0; j < std::min<std::size_t>(test.count, 4); ++j) {
      auto const grid = test.grid(e);
      io::Curve truth{.label = j == 0 ? "true" : "", .x = {grid.begin(), grid.end()}, .colour = 0};
      truth.points = true;
      io::Curve predicted{.label = j == 0 ? "predicted" : "", .x = truth.x, .colour = 1};
      for (std::size_t k = 0; k < test.points; ++k) {
        truth.y.push_back(at(test.states, test, e, j, k, 0));
        predicted.y.push_back(at(r.test.states, test, e, j, k, 0));
      }
      plot.curves.push_back(predicted);
      plot.curves.push_back(truth);
    }
    return plot;
  }

  static io::Plot portrait(RunResult const &r, std::size_t e)
  {
    auto const &test = r.data->test;
    io::Plot plot{.title = environment_label(*r.data, test.environments[e]),
                  .x_title = r.data->state_names[0],
                  .y_title = r.data->state_names[1]};
    for (std::size_t j = 0; j < std::min<std::size_t>(test.count, 4); ++j) {
      io::Curve truth{.label = j == 0 ? "true" : "", .colour = 0};
      io::Curve predicted{.label = j == 0 ? "predicted" : "", .colour = 1, .dashed = true};
      for (std::size_t k = 0; k < test.points; ++k) {
        truth.x.push_back(at(test.states, test, e, j, k, 0));
        truth.y.push_back(at(test.states, test, e, j, k, 1));
        predicted.x.push_back(at(r.test.states, test, e, j, k, 0));
        predicted.y.push_back(at(r.test.states, test, e, j, k, 1));
      }
      plot.curves.push_back(truth);
      plot.curves.push_back(predicted);
    }
    return plot;
  }
};

class Paraview final : public Sink {
 public:
  void write(RunResult const &r, io::RunFolder const &folder) const override
  {
    auto const &test = r.data->test;
    std::vector<io::VtkTrajectory> all;
    for (std::size_t e : by_family(test)) {
      std::string const part = environment_label(*r.data, test.environments[e]);
      for (std::size_t j = 0; j < std::min<std::size_t>(test.count, 4); ++j) {
        all.push_back(trajectory(r, e, j, part, true));
        all.push_back(trajectory(r, e, j, part, false));
      }
    }
    io::write_trajectories(folder.fields(), "trajectories", all);
  }
  void write_place(PlaceResult const &r, io::RunFolder const &folder) const override
  {
    domains::Partition const partition(r.grid, r.boxes_in_time, r.boxes_in_space);
    write_solution_fields(r.truth, partition, r.solutions.front(), folder);
  }

 private:
  static io::VtkTrajectory trajectory(RunResult const &r, std::size_t e, std::size_t j,
                                      std::string const &part, bool truth)
  {
    auto const &test = r.data->test;
    std::vector<double> const &states = truth ? test.states : r.test.states;
    io::VtkTrajectory t{.part = part + (truth ? ", true" : ", predicted")};
    std::vector<double> error, expert(test.points, r.route[e]);
    for (std::size_t k = 0; k < test.points; ++k) {
      t.times.push_back(test.grid(e)[k]);
      double squares = 0;
      for (std::size_t i = 0; i < test.dimension; ++i) {
        double const d = at(r.test.states, test, e, j, k, i) - at(test.states, test, e, j, k, i);
        squares += d * d;
      }
      for (std::size_t i = 0; i < 3; ++i) {
        t.points.push_back(i < test.dimension ? at(states, test, e, j, k, i) : 0.0);
      }
      error.push_back(std::sqrt(squares));
    }
    t.arrays = {{"error", error}, {"expert", expert}};
    return t;
  }
};

class Predictions final : public Sink {
 public:
  // The data set's own layout, predicted states in the place of the true ones.
  void write(RunResult const &r, io::RunFolder const &folder) const override
  {
    domains::Dataset predicted = *r.data;
    predicted.test.states = r.test.states;
    predicted.query.states = r.query.states;
    predicted.outside_query.states = r.outside.states;
    predicted.query.deviation = r.query_deviation;
    predicted.outside_query.deviation = r.outside_deviation;
    io::write_dataset(folder.path() / "predictions.h5", predicted, "predictions of a run");
  }
  void write_place(PlaceResult const &result, io::RunFolder const &folder) const override
  {
    keep_predictions(result, folder);
  }
};

}  // namespace

std::string environment_label(domains::Dataset const &data, domains::Environment const &environment)
{
  std::string const numbered = "environment " + std::to_string(environment.number);
  bool const own = environment.number >= 0;
  if (environment.family < 0) {
    if (!environment.name.empty()) return environment.name;
    return own ? numbered : "environment";
  }
  auto const f = static_cast<std::size_t>(environment.family);
  std::string const &id = data.families[f];
  bool const starts = !id.empty() && std::isdigit(static_cast<unsigned char>(id.front()));
  std::string const family =
      starts && id != data.family_names[f] ? id + " " + data.family_names[f] : data.family_names[f];
  bool const nameless = environment.name.empty();
  std::string text = nameless ? family : environment.name;
  if (nameless && own && environment.parameters.empty()) text += ", " + numbered;
  for (std::size_t p = 0; p < environment.parameters.size(); ++p) {
    bool const named = f < data.parameter_names.size() && p < data.parameter_names[f].size();
    std::string const name = named ? data.parameter_names[f][p] : "c" + std::to_string(p);
    text += fmt::format(", {} = {:.3g}", name, environment.parameters[p]);
  }
  return text;
}

void register_sinks(Registry &registry)
{
  registry.add<Sink>("pictures", "PNG: loss curve; gate and portraits, or fields, bases and errors",
                     [](Section &) { return std::make_unique<Pictures>(); });
  registry.add<Sink>("paraview", "fields/*.pvd: true and predicted trajectories in time, or fields",
                     [](Section &) { return std::make_unique<Paraview>(); });
  registry.add<Sink>("predictions", "predictions.h5: all predicted trajectories, or first fields",
                     [](Section &) { return std::make_unique<Predictions>(); });
}

}  // namespace tessera::model
