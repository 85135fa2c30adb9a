#include <tessera/model/sink.hpp>

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include <tessera/io/dataset_file.hpp>
#include <tessera/io/picture.hpp>
#include <tessera/io/trajectory_vtk.hpp>

#include "place_sinks.hpp"
#include "show_solution.hpp"
#include "trajectory_pictures.hpp"

namespace tessera::model {
namespace {

class Pictures final : public Sink {
 public:
  void write(RunResult const &result, io::RunFolder const &folder) const override
  {
    std::filesystem::create_directories(folder.plots());
    if (!result.gate.empty()) gate(result, folder);
    loss(result, folder);
    draw_trajectories(result, folder);
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
        double const d =
            value_at(r.test.states, test, e, j, k, i) - value_at(test.states, test, e, j, k, i);
        squares += d * d;
      }
      for (std::size_t i = 0; i < 3; ++i) {
        t.points.push_back(i < test.dimension ? value_at(states, test, e, j, k, i) : 0.0);
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
