#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <Kokkos_Core.hpp>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/domains/family.hpp>
#include <tessera/domains/odebench.hpp>

#include "odebench_setting.hpp"
#include "parameter_grid.hpp"
#include "starts.hpp"
#include "truth.hpp"

namespace tessera::domains {
namespace {

constexpr std::size_t points = 100;

/// Everything that the splits of one data set share.
struct Plan {
  OdebenchOptions options;
  std::uint64_t seed;
  OdebenchSetting setting;
  std::vector<std::unique_ptr<Family>> families;
  std::vector<ParameterGrid> grids;  // (family)
  Progress progress;
  std::size_t done = 0;
};

std::string list(std::span<double const> values)
{
  return fmt::format("({:.6g})", fmt::join(values.begin(), values.end(), ", "));
}

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

[[noreturn]] void fail(Family const &family, Environment const &environment,
                       std::span<double const> start, Status status)
{
  char const *what = status == Status::not_finite ? "leaves the finite range"
                                                  : "cannot be followed to its horizon";
  throw SolverError("data: the trajectory of family " + family.id() + " (" + family.name() +
                    ") with parameters " + list(environment.parameters) + " from start " +
                    list(start) + " " + what + "; choose another start or a shorter horizon");
}

/// Fills the states of a split; every trajectory is an independent unit of work.
void simulate(Plan const &plan, std::vector<StartList> const &starts, Trajectories &split)
{
  bool const loose = plan.options.labels == "published_tolerance";
  std::size_t const length = split.points * split.dimension;
  std::vector<Status> status(split.size() * split.count);
  using Policy =
      Kokkos::RangePolicy<Kokkos::DefaultHostExecutionSpace, Kokkos::Schedule<Kokkos::Dynamic>>;
  Kokkos::parallel_for("tessera::domains::simulate", Policy(0, status.size()), [&](std::size_t n) {
    Environment const &environment = split.environments[n / split.count];
    auto const f = static_cast<std::size_t>(environment.family);
    Family const &family = *plan.families[f];
    std::span<double const> const c = environment.parameters, start = starts[f][n % split.count],
                                  times = split.grid(n / split.count);
    std::span<double> const states(split.states.data() + n * length, length);
    double const horizon = plan.setting.families[f].horizon;
    status[n] = loose ? integrate_published(family, c, start, times, horizon, states)
                      : integrate_truth(family, c, start, times, states);
  });
  for (std::size_t n = 0; n < status.size(); ++n) {
    if (status[n] == Status::ok) continue;
    Environment const &environment = split.environments[n / split.count];
    auto const f = static_cast<std::size_t>(environment.family);
    fail(*plan.families[f], environment, starts[f][n % split.count], status[n]);
  }
}

Trajectories make_split(Plan &plan, Split kind, std::vector<Environment> environments)
{
  std::vector<StartList> const starts = starts_of(plan, kind);
  Trajectories split;
  split.environments = std::move(environments);
  split.count = starts.front().size();
  split.points = points;
  split.dimension = starts.front().front().size();
  split.times.resize(split.size() * points);
  split.states.resize(split.size() * split.count * points * split.dimension);
  for (std::size_t e = 0; e < split.size(); ++e) {
    auto const f = static_cast<std::size_t>(split.environments[e].family);
    for (std::size_t k = 0; k < points; ++k) {
      split.times[e * points + k] =
          static_cast<double>(k) * plan.setting.families[f].horizon / static_cast<double>(points);
    }
  }
  simulate(plan, starts, split);
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
  for (FamilySetting const &family : plan.setting.families) {
    Section none = Config::parse("", "odebench").section("family");
    plan.families.push_back(registry.make_named<Family>(family.id, none));
    plan.grids.emplace_back(family.reference, plan.setting.low, plan.setting.high,
                            plan.setting.train_environments);
  }
  return plan;
}

/// Training environments in the order of the seed: the published order stores family after family,
/// which selection by nearest context with ties by index leaks into training.
std::vector<Environment> permuted(std::vector<Environment> const &environments, std::uint64_t seed)
{
  std::vector<Environment> result;
  for (std::size_t e : Rng(seed, "environments").permutation(environments.size())) {
    result.push_back(environments[e]);
  }
  return result;
}

Dataset describe(Plan const &plan)
{
  Dataset data;
  data.name = "odebench " + plan.options.setting;
  data.state_names = plan.families.front()->state_names();
  for (auto const &family : plan.families) {
    data.families.push_back(family->id());
    data.family_names.push_back(family->name());
    data.parameter_names.push_back(family->parameter_names());
    data.units.push_back(family->units());
  }
  return data;
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
  auto const train = permuted(
      environments_of(plan, [](ParameterGrid const &grid) { return grid.training(); }), seed);
  auto const adapt = environments_of(plan, [&](ParameterGrid const &grid) {
    return grid.between(plan.setting.adapt_environments);
  });
  auto const outside =
      environments_of(plan, [](ParameterGrid const &grid) { return grid.outside(); });
  auto const tests = static_cast<std::size_t>(options.test_starts);
  plan.progress.start("data", train.size() * (train_starts + tests) +
                                  (adapt.size() + outside.size()) * (1 + tests));
  Dataset data = describe(plan);
  data.train = make_split(plan, Split::train, train);
  data.test = make_split(plan, Split::test, train);
  data.support = make_split(plan, Split::support, adapt);
  data.query = make_split(plan, Split::query, adapt);
  data.outside_support = make_split(plan, Split::outside_support, outside);
  data.outside_query = make_split(plan, Split::outside_query, outside);
  plan.progress.finish();
  return data;
}

}  // namespace tessera::domains
