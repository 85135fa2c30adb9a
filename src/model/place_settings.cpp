#include "place_settings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "constraint_settings.hpp"
#include "run_start.hpp"

namespace tessera::model {
namespace {

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
  fno.modes_t = network.get_in("modes_t", 8, 1, 4096);
  fno.modes_x = network.get_in("modes_x", 8, 1, 4096);
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
  int const usual = s.method == "pi_hc_moe" ? 4 : 1;
  int const in_time = experts.get_in("in_time", 1, 1, 1 << 20),
            in_space = experts.get_in("in_space", usual, 1, 1 << 20);
  if (s.method != "pi_hc_moe" && in_time * in_space > 1) {
    experts.fail("in_space", "must be 1 with train.method = \"" + s.method + "\": it has one box");
  }
  s.training.boxes_in_time = std::size_t(in_time);
  s.training.boxes_in_space = std::size_t(in_space);
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
  o.published.initial = train.get_in("weight_initial", 1.0, 0.0, 1e9);
  o.published.boundary = train.get_in("weight_boundary", 1.0, 0.0, 1e9);
  o.published.equation = train.get_in("weight_equation", 1.0, 0.0, 1e9);
  o.published.true_right = train.choose("right", "robin", {"robin", "truth"}) == "truth";
  o.batch = train.get_in("batch", 2, 1, 4096);
  o.clip = train.get_in("clip", 1.0, 0.0, 1e9);
  o.grid = s.grid;
  o.grid.cells = std::size_t(train.get_in("cells", int(s.grid.cells), 8, 1 << 20));
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
  if (!t.baselines.empty() && !s.constrained()) {
    test.fail("baselines", "are bases that are solved in: train.method = \"pi_sc\" solves nothing");
  }
  t.path = data.get("path", "");
}

}  // namespace

std::vector<std::string> baseline_names()
{
  return {"network_at_start", "legendre", "random_features", "similarity", "pod"};
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
  auto const tables = config.tables();
  bool const stated = std::find(tables.begin(), tables.end(), "equation") != tables.end();
  s.family = registry.make<domains::PdeFamily>(data, stated ? "equation" : "diffusion_sorption");
  s.grid = s.family->grid();
  s.grid.cells = std::size_t(grid.get_in("cells", 1024, 8, 1 << 20));
  s.grid.levels = std::size_t(grid.get_in("levels", 101, 4, 1 << 20));
  s.method = train.choose("method", "pi_hc_moe", {"pi_hc_moe", "pi_hc", "pi_sc"});
  read_network(config.section("network"), s);
  read_train(train, config.section("optimizer"), s);
  read_experts(config.section("experts"), s);
  if (s.constrained()) {
    s.training.layer = read_layer(constraint);
    s.training.layer.rows.points = std::size_t(constraint.get_in("points", 0, 0, 1 << 30));
  }
  read_test(data, config.section("test"), s);
  config.finish();
  s.resolved = config.resolved();
  s.given = config.text();
  return s;
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
