#include "place_settings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <tessera/model/place_model.hpp>

#include "constraint_settings.hpp"
#include "run_start.hpp"

namespace tessera::model {
namespace {

constexpr int most_cells = 1 << 20;

/// A number for each axis of space, as many as `usual` has: one number where there is one axis,
/// else a list of them.
std::vector<std::size_t> read_by_axis(Section &table, std::string const &key,
                                      std::vector<int> const &usual, int low, int high)
{
  std::vector<int> values = usual;
  if (usual.size() == 1 && !table.has_list(key)) {
    values[0] = table.get_in(key, usual[0], low, high);
  } else {
    bool const listed = table.has_list(key) || !table.has(key);
    if (listed) values = table.get(key, usual);
    if (!listed || values.size() != usual.size()) {
      table.fail(key, fmt::format("must have one number for each axis of space: {}",
                                  usual.size() == 1   ? "a number, or [x]"
                                  : usual.size() == 2 ? "[x, y]"
                                                      : "[x, y, z]"));
    }
    for (int const value : values) {
      if (value >= low && value <= high) continue;
      table.fail(key, fmt::format("must lie in [{}, {}], found {}", low, high, value));
    }
  }
  return {values.begin(), values.end()};
}

/// The same problem's grid with other cells. Shape of `usual` (axis).
domains::SpaceTimeGrid read_cells(Section &table, domains::SpaceTimeGrid const &grid,
                                  std::vector<int> const &usual)
{
  auto const cells = read_by_axis(table, "cells", usual, 8, most_cells);
  std::vector<domains::Axis> axes;
  for (std::size_t k = 0; k < cells.size(); ++k) axes.push_back({cells[k], grid.axis(k).length});
  auto const own = domains::SpaceTimeGrid::over(axes, grid.levels, grid.horizon);
  if (own.cells > std::size_t(most_cells)) {
    table.fail("cells",
               fmt::format("are {} together; there are at most {}", own.cells, most_cells));
  }
  return own;
}

/// A setting that is made for x alone.
void require_one_axis(PlaceSettings const &s, Section const &table, std::string const &key,
                      bool wanted)
{
  if (!wanted || s.grid.dimensions() == 1) return;
  table.fail(key, fmt::format("asks for what there is over one axis of space alone, and this "
                              "equation has {}; leave it out, or choose another",
                              s.grid.dimensions()));
}

/// Frequencies that the operator keeps: along t and x, or along x and y, where time is in its
/// outputs.
void read_modes(Section &network, PlaceSettings &s)
{
  nn::Fno2dOptions &fno = s.network.fno;
  s.network.axes = int(s.grid.dimensions());
  if (s.network.axes == 1) {
    fno.modes_t = network.get_in("modes_t", 8, 1, 4096);
    fno.modes_x = network.get_in("modes_x", 8, 1, 4096);
    return;
  }
  if (network.has("modes_t")) {
    network.fail("modes_t",
                 "is for one axis of space; over x and y the network has values at knots in time, "
                 "write network.knots, how many, and modes_x and modes_y");
  }
  fno.modes_t = network.get_in("modes_x", 8, 1, 4096);
  fno.modes_x = network.get_in("modes_y", 8, 1, 4096);
  s.network.knots = network.get_in("knots", s.network.knots, 1, 64);
  // The initial field is an input of its own there.
  s.network.profiles.clear();
}

void read_network(Section network, PlaceSettings &s)
{
  bool const soft = !s.constrained();
  network.choose("type", "fno", {"fno"});
  nn::Fno2dOptions &fno = s.network.fno;
  fno.widths = network.get("widths", fno.widths);
  bool const positive =
      std::all_of(fno.widths.begin(), fno.widths.end(), [](int w) { return w > 0 && w <= 4096; });
  if (fno.widths.empty() || !positive) {
    network.fail("widths", "must be the lifting's width and one a Fourier layer, each positive");
  }
  read_modes(network, s);
  fno.projection = network.get_in("projection", 128, 1, 65536);
  fno.outputs = network.get_in("functions", soft ? 1 : 16, 1, 64);
  if (soft && fno.outputs != 1) {
    network.fail("functions", "must be 1 with train.method = \"pi_sc\": it is the answer itself");
  }
  fno.activate_output = network.get("activate_output", !soft);
  s.network.profiles = network.get("profiles", s.network.profiles);
  bool const sound = std::all_of(s.network.profiles.begin(), s.network.profiles.end(),
                                 [](double m) { return m > 0 && m <= 1e6; });
  if (!sound) network.fail("profiles", "are multiples of the time, each positive");
  s.network.float32 = network.choose("precision", soft ? "float32" : "float64",
                                     {"float64", "float32"}) == "float32";
  s.network.parameters = int(s.family->parameters().size());
  s.network.horizon = s.grid.horizon;
  s.network.seed = s.seed;
}

void read_experts(Section experts, PlaceSettings &s)
{
  std::size_t const axes = s.grid.dimensions();
  int const usual = s.method != "pi_hc_moe" ? 1 : axes == 1 ? 4 : 2;
  s.training.boxes_in_time = std::size_t(experts.get_in("in_time", 1, 1, 1 << 20));
  s.training.boxes_in_space =
      read_by_axis(experts, "in_space", std::vector<int>(axes, usual), 1, 1 << 20);
  bool const one = s.training.boxes_in_time == 1 &&
                   s.training.boxes_in_space == std::vector<std::size_t>(axes, 1);
  if (s.method != "pi_hc_moe" && !one) {
    experts.fail("in_space", "must be 1 with train.method = \"" + s.method + "\": it has one box");
  }
}

void read_train(Section train, Section optimizer, PlaceSettings &s)
{
  using namespace constraint;
  ConstrainedOptions &o = s.training;
  bool const soft = !s.constrained();
  o.method = soft ? ConstrainedMethod::none : ConstrainedMethod::constraint;
  std::vector<std::string> losses{"constraint", "published"};
  if (soft) losses.erase(losses.begin());
  o.loss = train.choose("loss", losses.front(), losses) == "published"
               ? ConstrainedLoss::published
               : ConstrainedLoss::constraint;
  require_one_axis(s, train, "loss", o.loss == ConstrainedLoss::published);
  o.published.initial = train.get_in("weight_initial", 1.0, 0.0, 1e9);
  o.published.boundary = train.get_in("weight_boundary", 1.0, 0.0, 1e9);
  o.published.equation = train.get_in("weight_equation", 1.0, 0.0, 1e9);
  o.published.true_right = train.choose("right", "robin", {"robin", "truth"}) == "truth";
  o.batch = train.get_in("batch", 2, 1, 4096);
  o.clip = train.get_in("clip", 1.0, 0.0, 1e9);
  std::vector<int> cells;
  for (std::size_t k = 0; k < s.grid.dimensions(); ++k) {
    cells.push_back(int(s.grid.axis(k).cells));
  }
  o.grid = read_cells(train, s.grid, cells);
  o.grid.levels = std::size_t(train.get_in("levels", int(s.grid.levels), 4, int(s.grid.levels)));
  o.grid.horizon = s.grid.interval() * double(o.grid.levels - 1);
  o.seed = s.seed;
  s.trainer.steps = train.get_in("steps", 1000, 0, 1000000000);
  s.trainer.stop_after = train.get_in("stop_after", 0, 0, 1000000000);
  optimizer.choose("type", "adam", {"adam"});
  double const rate = optimizer.get_in("rate", 1e-3, 0.0, 1e6);
  Section schedule = optimizer.section("schedule");
  o.rate = nn::read_schedule(schedule, rate, std::size_t(s.trainer.steps));
}

void read_constraint(Section constraint, PlaceSettings &s)
{
  using namespace constraint;
  RowOptions &rows = s.training.layer.rows;
  s.training.layer = read_layer(constraint);
  rows.points = std::size_t(constraint.get_in("points", 0, 0, 1 << 30));
  require_one_axis(s, constraint, "rows", rows.kind == RowKind::reference);
  require_one_axis(s, constraint, "cells", rows.cells > 1);
  require_one_axis(s, constraint, "spreading", rows.spreading > 0);
}

void read_test(Section data, Section test, PlaceSettings &s)
{
  PlaceTest &t = s.test;
  t.samples = test.get_in("samples", t.samples, 1, 1000000);
  t.seed = std::uint64_t(test.get_in("seed", 0, 0, 2147483647));
  t.after = test.get_in("after", 0.0, 0.0, s.grid.horizon);
  t.last_level = test.get_in("last_level", 0, 0, int(s.grid.levels));
  t.baselines = test.get("baselines", std::vector<std::string>{});
  t.baseline_samples = test.get_in("baseline_samples", t.baseline_samples, 1, 1000000);
  t.queries = test.get_in("queries", t.queries, 0, 10000);
  auto const known = baseline_names();
  for (auto const &name : t.baselines) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    test.fail("baselines", fmt::format("names \"{}\"; there is {}", name, fmt::join(known, ", ")));
  }
  bool const profiles =
      std::find(t.baselines.begin(), t.baselines.end(), "similarity") != t.baselines.end();
  require_one_axis(s, test, "baselines", profiles);
  if (!t.baselines.empty() && !s.constrained()) {
    test.fail("baselines", "are bases that are solved in: train.method = \"pi_sc\" solves nothing");
  }
  t.path = data.get("path", "");
}

bool states_equation(Config const &config)
{
  auto const tables = config.tables();
  return std::find(tables.begin(), tables.end(), "equation") != tables.end();
}

}  // namespace

std::unique_ptr<domains::PdeFamily> place_family(Config const &config, Registry const &registry)
{
  return registry.make<domains::PdeFamily>(
      config.section("data"), states_equation(config) ? "equation" : "diffusion_sorption");
}

std::vector<std::string> baseline_names()
{
  return {"network_at_start", "lift", "legendre", "random_features", "similarity", "pod"};
}

PlaceSettings PlaceSettings::read(Config const &config, Registry const &registry)
{
  PlaceSettings s;
  read_run(config, s);
  Section output = config.section("output");
  s.predictions = output.get_in("predictions", 20, 0, 1000000);
  s.sinks = read_sinks(output, registry, "predictions");
  Section data = config.section("data"), train = config.section("train"),
          grid = config.section("grid"), constraint = config.section("constraint");
  s.family = place_family(config, registry);
  domains::SpaceTimeGrid const given = s.family->grid();
  std::size_t const axes = given.dimensions();
  if (states_equation(config) && axes > 2) {
    config.section("equation")
        .fail("length", "has three axes; networks propose functions over one or two");
  }
  s.grid = read_cells(grid, given, std::vector<int>(axes, axes == 1 ? 1024 : 32));
  s.grid.levels = std::size_t(grid.get_in("levels", 101, 4, 1 << 20));
  s.method = train.choose("method", "pi_hc_moe", {"pi_hc_moe", "pi_hc", "pi_sc"});
  require_one_axis(s, train, "method", !s.constrained());
  read_network(config.section("network"), s);
  read_train(train, config.section("optimizer"), s);
  read_experts(config.section("experts"), s);
  if (s.constrained()) read_constraint(constraint, s);
  read_test(data, config.section("test"), s);
  config.finish();
  s.resolved = config.resolved();
  s.given = config.text();
  return s;
}

std::size_t PlaceSettings::boxes() const
{
  std::size_t count = training.boxes_in_time;
  for (std::size_t const boxes : training.boxes_in_space) count *= boxes;
  return count;
}

std::string cells_text(domains::SpaceTimeGrid const &grid)
{
  std::string text;
  for (std::size_t k = 0; k < grid.dimensions(); ++k) {
    text += fmt::format("{}{}", k > 0 ? " x " : "", grid.axis(k).cells);
  }
  return text;
}

constraint::ConstrainedOptions PlaceSettings::testing() const
{
  constraint::ConstrainedOptions o = training;
  o.grid = grid;
  o.layer.rows.points = 0;
  o.layer.rows.last_level = std::size_t(test.last_level);
  return o;
}

}  // namespace tessera::model
