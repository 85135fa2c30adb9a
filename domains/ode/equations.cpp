#include <tessera/domains/equations.hpp>

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/hash.hpp>
#include <tessera/domains/dataset_source.hpp>
#include <tessera/domains/trajectory_parts.hpp>

#include "expression_family.hpp"
#include "parameter_grid.hpp"
#include "simulate.hpp"

namespace tessera::domains {
namespace {

/// One table [[data.family]].
struct StatedFamily {
  EquationSetting setting;
  ExpressionFamily family;
  ParameterGrid grid;

  explicit StatedFamily(Section &table)
      : setting(EquationSetting::read(table)), family(setting, table), grid(setting.values)
  {
  }
};

/// `[data]` beside its families: sizes, the same for each of them.
struct Sizes {
  int points, train_starts, test_starts, new_systems;

  explicit Sizes(Section &data)
      : points(data.get_in("points", 101, 2, 1000000)),
        train_starts(data.get_in("train_starts", 4, 1, 100000)),
        test_starts(data.get_in("test_starts", 32, 1, 100000)),
        new_systems(data.get_in("new_systems", 1, 0, 10000))
  {
  }
};

std::vector<StatedFamily> read_families(Section &data, int new_systems)
{
  std::vector<StatedFamily> families;
  for (Section &table : data.sections("family")) {
    StatedFamily const stated(table);
    for (StatedFamily const &other : families) {
      if (other.setting.name == stated.setting.name) {
        table.fail("name",
                   "= \"" + stated.setting.name + "\" is a family already; call it otherwise");
      }
    }
    if (!families.empty() && stated.family.dimension() != families.front().family.dimension()) {
      table.fail("states",
                 fmt::format("has {} and those of the first family {}; families of one "
                             "mixture have equally many states",
                             stated.family.dimension(), families.front().family.dimension()));
    }
    if (stated.grid.varied() > 0) {
      try {
        (void)stated.grid.between(static_cast<std::size_t>(new_systems));
      } catch (InputError const &) {
        data.fail(
            "new_systems",
            fmt::format("= {} is more than there are places between the parameters of \"{}\"; "
                        "lower it, or give that family more values",
                        new_systems, stated.setting.name));
      }
    }
    families.push_back(stated);
  }
  if (families.empty()) {
    data.fail("family",
              "is missing; write a table [[data.family]] for each family, with name, "
              "states, equations, parameters, start and horizon");
  }
  return families;
}

/// Names of states that all families share; where they differ, all of them: "theta/x".
std::vector<std::string> joint_names(std::vector<StatedFamily> const &families)
{
  std::vector<std::string> names = families.front().setting.states;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::vector<std::string> different;
    for (StatedFamily const &stated : families) {
      std::string const &name = stated.setting.states[i];
      if (std::find(different.begin(), different.end(), name) == different.end()) {
        different.push_back(name);
      }
    }
    names[i] = fmt::format("{}", fmt::join(different, "/"));
  }
  return names;
}

/// Makes one split after another and counts trajectories on the way.
class Maker {
 public:
  Maker(std::vector<StatedFamily> const &families, int points, std::uint64_t seed,
        Progress &progress)
      : families_(families), seed_(seed), progress_(progress)
  {
    for (StatedFamily const &stated : families) {
      double const horizon = stated.setting.horizon;
      std::vector<double> times;
      for (int k = 0; k < points; ++k) times.push_back(horizon * k / (points - 1));
      simulation_.families.push_back(std::make_unique<ExpressionFamily>(stated.family));
      simulation_.times.push_back(std::move(times));
      simulation_.horizons.push_back(horizon);
    }
  }

  Simulation const &simulation() const { return simulation_; }

  Trajectories split(Split kind, std::vector<Environment> environments, int count)
  {
    if (environments.empty()) return {};
    std::vector<StartList> starts;
    for (std::size_t f = 0; f < families_.size(); ++f) {
      EquationSetting const &setting = families_[f].setting;
      Rng const rng(seed_, "starts", f, static_cast<std::uint64_t>(kind));
      starts.push_back(
          draw_in_box(setting.low, setting.high, rng, static_cast<std::size_t>(count)));
    }
    Trajectories made = simulate(simulation_, starts, std::move(environments));
    progress_.update(done_ += made.size() * made.count);
    return made;
  }

 private:
  std::vector<StatedFamily> const &families_;
  std::uint64_t seed_;
  Progress &progress_;
  Simulation simulation_;
  std::size_t done_ = 0;
};

class EquationSource final : public DatasetSource {
 public:
  explicit EquationSource(Section &data)
      : sizes_(data), families_(read_families(data, sizes_.new_systems))
  {
  }
  std::string name() const override { return "equations"; }
  bool own_units() const override { return true; }

  std::string settings() const override
  {
    std::string text =
        fmt::format("equations; points {}; train_starts {}; test_starts {}; new_systems {}",
                    sizes_.points, sizes_.train_starts, sizes_.test_starts, sizes_.new_systems);
    for (StatedFamily const &stated : families_) text += " | " + stated.setting.line();
    constexpr std::size_t longest = 4096;  // far below what an attribute of HDF5 holds
    if (text.size() <= longest) return text;
    return text.substr(0, longest) +
           fmt::format("… {:016x}", fnv1a(std::as_bytes(std::span(text))));
  }

  Dataset make(std::uint64_t seed, Registry const &, Progress progress) const override
  {
    std::vector<Environment> train, adapt;
    for (std::size_t f = 0; f < families_.size(); ++f) {
      ParameterGrid const &grid = families_[f].grid;
      int const family = static_cast<int>(f);
      auto const between = static_cast<std::size_t>(grid.varied() > 0 ? sizes_.new_systems : 0);
      for (auto &c : grid.training()) train.push_back({family, std::move(c)});
      for (auto &c : grid.between(between)) adapt.push_back({family, std::move(c)});
    }
    auto const tests = static_cast<std::size_t>(sizes_.test_starts);
    progress.start("data", train.size() * (static_cast<std::size_t>(sizes_.train_starts) + tests) +
                               adapt.size() * (1 + tests));
    Maker maker(families_, sizes_.points, seed, progress);
    Dataset data = describe(maker.simulation(), name());
    data.state_names = joint_names(families_);
    data.train = maker.split(Split::train, train, sizes_.train_starts);
    data.test = maker.split(Split::test, train, sizes_.test_starts);
    data.support = maker.split(Split::support, adapt, 1);
    data.query = maker.split(Split::query, adapt, sizes_.test_starts);
    check_stiff(maker.simulation(), data.train);
    permute_environments(data, seed);
    progress.finish();
    return data;
  }

 private:
  void check_stiff(Simulation const &simulation, Trajectories const &train) const
  {
    constexpr double allowed = 1e-5;  // of the largest state; far below the error of any model
    for (std::size_t f = 0; f < families_.size(); ++f) {
      if (!families_[f].setting.stiff) continue;
      std::vector<std::size_t> chosen;
      for (std::size_t e = 0; e < train.size(); ++e) {
        if (train.environments[e].family == static_cast<int>(f)) chosen.push_back(e);
      }
      Trajectories const of_family = pick_environments(train, chosen);
      double largest = 0;
      for (double const x : of_family.states) largest = std::max(largest, std::abs(x));
      check_against_rosenbrock(simulation, of_family, allowed * largest);
    }
  }

  Sizes sizes_;
  std::vector<StatedFamily> families_;
};

}  // namespace

void register_equations(Registry &registry)
{
  registry.add<DatasetSource>("equations",
                              "families that the config states, a table [[data.family]] each",
                              [](Section &data) { return std::make_unique<EquationSource>(data); });
}

}  // namespace tessera::domains
