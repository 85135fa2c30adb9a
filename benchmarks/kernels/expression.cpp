#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <boost/numeric/odeint.hpp>

#include <tessera/domains/dynamics.hpp>
#include <tessera/domains/equations.hpp>
#include <tessera/domains/family.hpp>
#include <tessera/domains/odebench.hpp>
#include <tessera/domains/program.hpp>

// What a typed formula costs beside the same one compiled: the rates of a family, point by point as
// the truth's integrator asks for them, whole trajectories, and a reaction with its derivatives at
// many points, on packs.

namespace {

using namespace tessera;
using namespace tessera::domains;

struct Rival {
  char const *id;
  char const *states, *parameters, *equations;
};

constexpr Rival rivals[] = {
    {"25", "'u', 'v'", "c0 = [4.5]\nc1 = [0.43]", "'v', '-c0*u - c1*v'"},
    {"28", "'u', 'v'", "c0 = [0.9]", "'v', '-c0*sin(u)'"},
    {"39", "'u', 'v'", "c0 = [2.4]\nc1 = [0.07]", "'c0*v + u^2*v - u', 'c1 - c0*u - u^2*v'"},
    {"forced_oscillator", "'x', 'v'", "a = [1]\nomega = [2]", "'v', 'a*cos(omega*t) - 0.3*v - x'"}};

std::unique_ptr<Family> compiled(Rival const &rival)
{
  Registry registry;
  register_odebench_families(registry);
  register_dynamics(registry);
  return registry.make_named<Family>(rival.id, Config::parse("", "none").section("family"));
}

std::unique_ptr<Family> typed(Rival const &rival)
{
  std::string text = std::string("[family]\nname = 'typed'\nstates = [") + rival.states +
                     "]\nequations = [" + rival.equations + "]\n[family.parameters]\n" +
                     rival.parameters + "\n[family.start]\n";
  for (std::string const &state : compiled(rival)->state_names()) text += state + " = [0, 1]\n";
  Section table = Config::parse(text, "typed.toml").section("family");
  return read_equation_family(table);
}

void rates(benchmark::State &state, std::unique_ptr<Family> const &family)
{
  double x[] = {0.4, -0.3}, dx[2] = {}, t = 0.1;
  std::vector<double> const c(family->parameter_names().size(), 1.1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(x);
    family->evaluate(t, x, c, dx);
    benchmark::DoNotOptimize(dx);
  }
}

void rates_typed(benchmark::State &state)
{
  Rival const &rival = rivals[state.range(0)];
  state.SetLabel(rival.id);
  rates(state, typed(rival));
}

void rates_compiled(benchmark::State &state)
{
  Rival const &rival = rivals[state.range(0)];
  state.SetLabel(rival.id);
  rates(state, compiled(rival));
}

/// A trajectory as truth is made: dopri5, 1e-10, 100 times.
void trajectory(benchmark::State &state, std::unique_ptr<Family> const &family)
{
  namespace odeint = boost::numeric::odeint;
  using Vector = std::vector<double>;
  std::vector<double> const c(family->parameter_names().size(), 1.1);
  auto const system = [&](Vector const &x, Vector &dx, double t) { family->evaluate(t, x, c, dx); };
  for (auto _ : state) {
    Vector x{0.4, -0.3};
    auto stepper = odeint::make_dense_output(1e-10, 1e-10, odeint::runge_kutta_dopri5<Vector>());
    odeint::integrate_const(stepper, system, x, 0.0, 10.0, 0.1);
    benchmark::DoNotOptimize(x.data());
  }
}

void trajectory_typed(benchmark::State &state)
{
  Rival const &rival = rivals[state.range(0)];
  state.SetLabel(rival.id);
  trajectory(state, typed(rival));
}

void trajectory_compiled(benchmark::State &state)
{
  Rival const &rival = rivals[state.range(0)];
  state.SetLabel(rival.id);
  trajectory(state, compiled(rival));
}

// r u (1 - u) exp(-u / w) and its first two derivatives by u.
constexpr std::size_t points = 4096;

std::vector<double> some_points()
{
  std::vector<double> u(points);
  for (std::size_t i = 0; i < points; ++i) u[i] = static_cast<double>(i) / points;
  return u;
}

void reaction_typed(benchmark::State &state)
{
  Program const program(
      Expression::parse("r*u*(1 - u)*exp(-u/w)", {"u", "r", "w"}).with_derivatives({"u"}));
  std::vector<double> const u = some_points();
  std::vector<double> f(points), first(points), second(points);
  double const r = 2, w = 0.7;
  std::vector<Column> const columns{{u.data()}, {&r, true}, {&w, true}};
  std::vector<double *> const outputs{f.data(), first.data(), second.data()};
  for (auto _ : state) {
    program.evaluate(points, columns, outputs);
    benchmark::DoNotOptimize(f.data());
    benchmark::ClobberMemory();
  }
}

BENCHMARK(rates_compiled)->DenseRange(0, 3);
BENCHMARK(rates_typed)->DenseRange(0, 3);
BENCHMARK(trajectory_compiled)->DenseRange(0, 3)->Unit(benchmark::kMicrosecond);
BENCHMARK(trajectory_typed)->DenseRange(0, 3)->Unit(benchmark::kMicrosecond);
BENCHMARK(reaction_typed)->Unit(benchmark::kMicrosecond);

}  // namespace
