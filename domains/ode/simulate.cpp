#include "simulate.hpp"

#include <cmath>

#include <fmt/format.h>
#include <Kokkos_Core.hpp>

#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>

#include "rosenbrock.hpp"
#include "truth.hpp"

namespace tessera::domains {
namespace {

std::string list(std::span<double const> values)
{
  return fmt::format("({:.6g})", fmt::join(values.begin(), values.end(), ", "));
}

std::size_t family_of(Environment const &environment)
{
  return static_cast<std::size_t>(environment.family);
}

/// Fills the states of a split; every trajectory is an independent unit of work.
std::vector<Status> integrate(Simulation const &simulation, std::vector<StartList> const &starts,
                              Trajectories &split)
{
  std::size_t const length = split.points * split.dimension;
  std::vector<Status> status(split.size() * split.count);
  using Policy =
      Kokkos::RangePolicy<Kokkos::DefaultHostExecutionSpace, Kokkos::Schedule<Kokkos::Dynamic>>;
  Kokkos::parallel_for("tessera::domains::simulate", Policy(0, status.size()), [&](std::size_t n) {
    if (stop_requested()) return;
    Environment const &environment = split.environments[n / split.count];
    std::size_t const f = family_of(environment);
    Family const &family = *simulation.families[f];
    std::span<double const> const c = environment.parameters, start = starts[f][n % split.count],
                                  times = split.grid(n / split.count);
    std::span<double> const states(split.states.data() + n * length, length);
    status[n] = simulation.loose
                    ? integrate_published(family, c, start, times, simulation.horizons[f], states)
                    : integrate_truth(family, c, start, times, states);
  });
  throw_if_stopped();
  return status;
}

std::string what_happened(Simulation const &simulation, Environment const &environment,
                          std::vector<double> const &start, double time, Status status)
{
  Family const &family = *simulation.families[family_of(environment)];
  std::vector<double> rate(start.size());
  family.evaluate(time, start, environment.parameters, rate);
  for (std::size_t i = 0; i < rate.size(); ++i) {
    if (!std::isfinite(rate[i])) {
      return "cannot begin: the rate of " + family.state_names()[i] + " is not finite there";
    }
  }
  if (status == Status::not_finite) return "leaves the finite range";
  if (status == Status::step_limit) {
    return "takes too many steps of an explicit method, as of a stiff system";
  }
  return "cannot be followed to its horizon";
}

}  // namespace

void fail_trajectory(Simulation const &simulation, Environment const &environment,
                     std::span<double const> start, std::string const &what)
{
  Family const &family = *simulation.families[family_of(environment)];
  throw SolverError("data: the trajectory of family " + family.id() + " (" + family.name() +
                    ") with parameters " + list(environment.parameters) + " from start " +
                    list(start) + " " + what + "; choose another start or a shorter horizon");
}

Trajectories simulate(Simulation const &simulation, std::vector<StartList> const &starts,
                      std::vector<Environment> environments)
{
  Trajectories split;
  split.environments = std::move(environments);
  split.count = starts.front().size();
  split.points = simulation.times.front().size();
  split.dimension = starts.front().front().size();
  split.states.resize(split.size() * split.count * split.points * split.dimension);
  for (Environment const &environment : split.environments) {
    auto const &times = simulation.times[family_of(environment)];
    split.times.insert(split.times.end(), times.begin(), times.end());
  }
  std::vector<Status> const status = integrate(simulation, starts, split);
  for (std::size_t n = 0; n < status.size(); ++n) {
    if (status[n] == Status::ok) continue;
    Environment const &environment = split.environments[n / split.count];
    auto const &start = starts[family_of(environment)][n % split.count];
    double const first_time = split.grid(n / split.count).front();
    fail_trajectory(simulation, environment, start,
                    what_happened(simulation, environment, start, first_time, status[n]));
  }
  return split;
}

double check_against_rosenbrock(Simulation const &simulation, Trajectories const &split,
                                double tolerance)
{
  double largest = 0;
  for (std::size_t e = 0; e < split.size(); ++e) {
    throw_if_stopped();
    Environment const &environment = split.environments[e];
    Family const &family = *simulation.families[family_of(environment)];
    std::size_t const d = split.dimension;
    auto const start = split.state(e, 0, 0);
    auto const times = split.grid(e);
    PlainField const field = [&](double t, double const *x, double *dx) {
      family.evaluate(t, {x, d}, environment.parameters, {dx, d});
    };
    auto const states =
        integrate_rosenbrock(field, {start.begin(), start.end()}, {times.begin(), times.end()});
    double const *truth = start.data();
    for (std::size_t i = 0; i < states.size(); ++i) {
      double const difference = std::abs(states[i] - truth[i]);
      if (difference <= tolerance) {
        largest = std::max(largest, difference);
        continue;
      }
      fail_trajectory(
          simulation, environment, start,
          fmt::format("differs by {:.1e} between an explicit and an implicit method", difference));
    }
  }
  return largest;
}

Dataset describe(Simulation const &simulation, std::string const &name)
{
  Dataset data;
  data.name = name;
  data.state_names = simulation.families.front()->state_names();
  for (auto const &family : simulation.families) {
    data.families.push_back(family->id());
    data.family_names.push_back(family->name());
    data.parameter_names.push_back(family->parameter_names());
    data.units.push_back(family->units());
  }
  return data;
}

}  // namespace tessera::domains
