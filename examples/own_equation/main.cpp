// own_equation: states an equation that Tessera does not ship and solves it in four boxes.
#include <cmath>
#include <cstdio>
#include <exception>
#include <memory>
#include <numbers>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/runtime.hpp>
#include <tessera/domains/plain_pde.hpp>

using namespace tessera::constraint;
using namespace tessera::domains;

/// u_t = 0.02 u_xx - u^3 on a ring.
class CubicDecay final : public PdePlugin<CubicDecay, 2, PlainPde> {
 public:
  std::string name() const override { return "cubic_decay"; }
  bool linear() const override { return false; }
  Boundary boundary() const override { return {.periodic = true}; }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    return {difference(grid, boundary(), 2)};
  }
  // The rate, of numbers that carry their derivatives along; below, these frozen to constants.
  auto change(Form, double, double, auto u, auto u_xx) const { return 0.02 * u_xx - u * u * u; }
  std::vector<double> frozen_rate(Form) const override { return {0, 0.02}; }
};

int main(int argc, char **argv)
try {
  tessera::Runtime const runtime(argc, argv);
  SpaceTimeGrid const grid{.cells = 64, .levels = 41, .length = 1, .horizon = 1};
  auto const wave = [](SpaceTimeGrid const &on, std::span<double> u) {
    auto const x = on.centres();
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = 1 + std::cos(2 * std::numbers::pi * x[i]) / 2;
  };
  PdeSample const problem{std::make_shared<CubicDecay>(), wave, {}};

  // Rows in units of the error that they make, from the first step on: the field starts smooth.
  LayerOptions const options{.rows = {.norm = RowNorm::propagated, .first_level = 1}};
  ConstraintLayer const layer(Partition(grid, 1, 4), options);
  auto const solution = layer.solve(layer.gather(*make_legendre_basis(6, 6), problem), problem);

  std::vector<double> truth(grid.size());
  problem.truth(grid, truth);
  double const error = relative_l2(solution.field, truth);
  std::printf("relative error %.1e after %d steps\n", error, solution.iterations());
  return solution.converged() ? 0 : 1;
} catch (std::exception const &error) {
  std::fprintf(stderr, "own_equation: %s\n", error.what());
  return 1;
}
