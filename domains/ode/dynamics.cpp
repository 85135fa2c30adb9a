#include <tessera/domains/dynamics.hpp>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/domains/dataset_source.hpp>

#include "dynamics_families.hpp"
#include "dynamics_setting.hpp"
#include "numpy_twister.hpp"
#include "simulate.hpp"

namespace tessera::domains {
namespace {

/// As published: trajectory j has a generator of its own, seeded with j or counted down from the
/// largest 32-bit integer, so that training and test differ.
StartList published_starts(DynamicsSetting const &set, bool training, std::size_t count)
{
  bool const down = training == set.inverted_seeds;
  StartList starts;
  for (std::size_t j = 0; j < count; ++j) {
    NumpyTwister twister(down ? 2147483647u - static_cast<std::uint32_t>(j)
                              : static_cast<std::uint32_t>(j));
    std::vector<double> start;
    for (std::size_t i = 0; i < set.low.size(); ++i) {
      start.push_back(twister.uniform(set.low[i], set.high[i]));
    }
    starts.push_back(std::move(start));
  }
  return starts;
}

/// Makes one split after another and counts trajectories on the way.
class Maker {
 public:
  Maker(DynamicsSetting set, DynamicsOptions options, std::uint64_t seed, Registry const &registry,
        Progress progress)
      : set_(std::move(set)), options_(std::move(options)), seed_(seed), progress_(progress)
  {
    Section none = Config::parse("", set_.name).section("family");
    simulation_.families.push_back(registry.make_named<Family>(set_.name, none));
    simulation_.times = {set_.times};
    simulation_.horizons = {set_.horizon};
    simulation_.loose = options_.labels == "published_tolerance";
  }

  Dataset make()
  {
    progress_.start("data", set_.train.size() * (set_.train_starts + set_.test_starts) +
                                set_.adapt.size() * (1 + set_.query_starts));
    Dataset data = describe(simulation_, set_.name);
    data.train = split(Split::train, set_.train, set_.train_starts);
    data.test = split(Split::test, set_.train, set_.test_starts);
    data.support = split(Split::support, set_.adapt, 1);
    data.query = split(Split::query, set_.adapt, set_.query_starts);
    constexpr double allowed = 1e-5;  // far below the error of any model, far above rounding
    if (set_.stiff && !simulation_.loose) {
      check_against_rosenbrock(simulation_, data.train, allowed);
    }
    permute_environments(data, seed_);
    progress_.finish();
    return data;
  }

 private:
  Trajectories split(Split kind, ParameterList const &parameters, std::size_t count)
  {
    std::vector<Environment> environments;
    for (auto const &c : parameters) environments.push_back({0, c});
    bool const training = kind == Split::train || kind == Split::support;
    StartList const starts =
        options_.published_ics
            ? published_starts(set_, training, count)
            : draw_in_box(set_.low, set_.high,
                          Rng(seed_, "starts", 0, static_cast<std::uint64_t>(kind)), count);
    Trajectories made = simulate(simulation_, {starts}, std::move(environments));
    progress_.update(done_ += made.size() * made.count);
    return made;
  }

  DynamicsSetting set_;
  DynamicsOptions options_;
  std::uint64_t seed_;
  Progress progress_;
  Simulation simulation_;
  std::size_t done_ = 0;
};

class DynamicsSource final : public DatasetSource {
 public:
  DynamicsSource(std::string set, DynamicsOptions options)
      : set_(std::move(set)), options_(std::move(options))
  {
  }
  std::string name() const override { return set_; }
  std::string settings() const override
  {
    return fmt::format("{}; labels {}; published_ics {}", set_, options_.labels,
                       options_.published_ics);
  }
  Dataset make(std::uint64_t seed, Registry const &registry, Progress progress) const override
  {
    return make_dynamics(set_, options_, seed, registry, std::move(progress));
  }

 private:
  std::string set_;
  DynamicsOptions options_;
};

}  // namespace

DynamicsOptions DynamicsOptions::read(Section &section)
{
  DynamicsOptions o;
  o.labels = section.choose("labels", o.labels, {"converged", "published_tolerance"});
  o.published_ics = section.get("published_ics", o.published_ics);
  return o;
}

Dataset make_dynamics(std::string const &set, DynamicsOptions const &options, std::uint64_t seed,
                      Registry const &registry, Progress progress)
{
  return Maker(dynamics_setting(set), options, seed, registry, std::move(progress)).make();
}

void register_dynamics(Registry &registry)
{
  register_dynamics_families(registry);
  for (auto const &[set, about] :
       {std::pair{"lotka_volterra", "prey and predators: 9 environments, 20 times"},
        {"glycolytic", "yeast glycolysis: 9 environments, 7 states, 20 times"},
        {"selkov", "Sel'kov's glycolysis: 21 environments, 11 times"}}) {
    registry.add<DatasetSource>(set, about, [set = std::string(set)](Section &s) {
      return std::make_unique<DynamicsSource>(set, DynamicsOptions::read(s));
    });
  }
  // Of this one nothing was published, neither starts nor labels.
  registry.add<DatasetSource>(
      "forced_oscillator", "a damped spring shaken by a cosine: 9 environments, 31 times",
      [](Section &) {
        return std::make_unique<DynamicsSource>("forced_oscillator", DynamicsOptions());
      });
}

}  // namespace tessera::domains
