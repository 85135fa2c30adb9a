#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/dataset_source.hpp>
#include <tessera/domains/family.hpp>
#include <tessera/domains/odebench.hpp>

#include "odebench_setting.hpp"
#include "parameter_grid.hpp"
#include "simulate.hpp"
#include "starts.hpp"

namespace tessera::domains {
namespace {

constexpr std::size_t points = 100;

/// Everything that the splits of one data set share.
struct Plan {
  OdebenchOptions options;
  std::uint64_t seed;
  OdebenchSetting setting;
  Simulation simulation;
  std::vector<ParameterGrid> grids;  // (family)
  Progress progress;
  std::size_t done = 0;
};

/// Parameters of one family in, a split's environments out, family after family.
std::vector<Environment> environments_of(
    Plan const &plan, std::function<ParameterList(ParameterGrid const &)> const &choose)
{
  std::vector<Environment> result;
  for (std::size_t f = 0; f < plan.grids.size(); ++f) {
    for (std::vector<double> &c : choose(plan.grids[f])) {
      result.push_back({static_cast<int>(f), std::move(c)});
    }
  }
  return result;
}

std::vector<StartList> starts_of(Plan const &plan, Split split)
{
  bool const single = split == Split::support || split == Split::outside_support;
  std::size_t count = single ? 1 : static_cast<std::size_t>(plan.options.test_starts);
  if (split == Split::train) count = train_starts;
  return plan.options.published_ics ? published_starts(plan.setting, count)
                                    : draw_starts(plan.setting, split, count, plan.seed);
}

/// The stored times t_k = k T_h / 100 of one family.
std::vector<double> stored_times(double horizon)
{
  std::vector<double> times;
  for (std::size_t k = 0; k < points; ++k) {
    times.push_back(static_cast<double>(k) * horizon / static_cast<double>(points));
  }
  return times;
}

Trajectories make_split(Plan &plan, Split kind, std::vector<Environment> environments)
{
  Trajectories split = simulate(plan.simulation, starts_of(plan, kind), std::move(environments));
  plan.progress.update(plan.done += split.size() * split.count);
  return split;
}

Plan make_plan(OdebenchOptions const &options, std::uint64_t seed, Registry const &registry,
               Progress progress)
{
  if (options.labels != "converged" && options.labels != "published_tolerance") {
    throw InputError("data.labels: unknown kind \"" + options.labels +
                     "\"; choose converged or published_tolerance");
  }
  if (options.test_starts < 1) {
    throw InputError("data.test_starts: must be at least 1, is " +
                     std::to_string(options.test_starts));
  }
  Plan plan{options, seed, odebench_setting(options.setting), {}, {}, std::move(progress)};
  plan.simulation.loose = options.labels == "published_tolerance";
  for (FamilySetting const &family : plan.setting.families) {
    Section none = Config::parse("", "odebench").section("family");
    plan.simulation.families.push_back(registry.make_named<Family>(family.id, none));
    plan.simulation.times.push_back(stored_times(family.horizon));
    plan.simulation.horizons.push_back(family.horizon);
    plan.grids.push_back(ParameterGrid::around(family.reference, plan.setting.low,
                                               plan.setting.high, plan.setting.train_environments));
  }
  return plan;
}

}  // namespace

OdebenchOptions OdebenchOptions::read(Section &section)
{
  OdebenchOptions o;
  o.setting = section.choose("setting", o.setting, {"small-4", "odebench-2", "10A", "10B"});
  o.labels = section.choose("labels", o.labels, {"converged", "published_tolerance"});
  o.published_ics = section.get("published_ics", o.published_ics);
  o.test_starts = section.get_in("test_starts", o.test_starts, 1, 100000);
  return o;
}

Dataset make_odebench(OdebenchOptions const &options, std::uint64_t seed, Registry const &registry,
                      Progress progress)
{
  Plan plan = make_plan(options, seed, registry, std::move(progress));
  auto const train =
      environments_of(plan, [](ParameterGrid const &grid) { return grid.training(); });
  auto const adapt = environments_of(plan, [&](ParameterGrid const &grid) {
    return grid.between(plan.setting.adapt_environments);
  });
  auto const outside =
      environments_of(plan, [](ParameterGrid const &grid) { return grid.outside(); });
  auto const tests = static_cast<std::size_t>(options.test_starts);
  plan.progress.start("data", train.size() * (train_starts + tests) +
                                  (adapt.size() + outside.size()) * (1 + tests));
  Dataset data = describe(plan.simulation, "odebench " + options.setting);
  data.train = make_split(plan, Split::train, train);
  data.test = make_split(plan, Split::test, train);
  data.support = make_split(plan, Split::support, adapt);
  data.query = make_split(plan, Split::query, adapt);
  data.outside_support = make_split(plan, Split::outside_support, outside);
  data.outside_query = make_split(plan, Split::outside_query, outside);
  permute_environments(data, seed);
  plan.progress.finish();
  return data;
}

namespace {

class OdebenchSource final : public DatasetSource {
 public:
  explicit OdebenchSource(OdebenchOptions options) : options_(std::move(options)) {}
  std::string name() const override { return "odebench " + options_.setting; }
  std::string settings() const override
  {
    return fmt::format("odebench {}; labels {}; published_ics {}; test_starts {}", options_.setting,
                       options_.labels, options_.published_ics, options_.test_starts);
  }
  Dataset make(std::uint64_t seed, Registry const &registry, Progress progress) const override
  {
    return make_odebench(options_, seed, registry, std::move(progress));
  }

 private:
  OdebenchOptions options_;
};

}  // namespace

void register_odebench(Registry &registry)
{
  register_odebench_families(registry);
  registry.add<DatasetSource>(
      "odebench", "two-dimensional systems of ODEBench, ten families in four settings",
      [](Section &s) { return std::make_unique<OdebenchSource>(OdebenchOptions::read(s)); });
}

}  // namespace tessera::domains
