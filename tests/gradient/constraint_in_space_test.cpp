#include <cmath>

#include <gtest/gtest.h>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/rng.hpp>

#include "support/space_equations.hpp"

// Over two axes of space: the derivative of a loss of the solved field, and of the cost, by the
// functions that a network proposed, through gathering, rows and solve, against central differences
// of solves converged to rounding.
namespace tessera::constraint {
namespace {

using domains::PdeSample;
using domains::SpaceTimeGrid;

struct Case {
  std::string name;
  LayerOptions options;
  bool drift = false;  ///< linear, five terms; else one that grows, three terms
  std::size_t in_time = 1;
};

// Without it GoogleTest prints the bytes.
void PrintTo(Case const &tried, std::ostream *out)
{
  *out << tried.name;
}

std::vector<Case> cases()
{
  std::vector<Case> all;
  auto const add = [&](std::string const &name, RowNorm norm, bool lift,
                       Coupling coupling) -> Case & {
    Case tried{name, {}};
    RowOptions &rows = tried.options.rows;
    rows.norm = norm, rows.lift = lift, rows.first_level = 1;
    rows.continuity = 1;  // so that boxes have something to say of their own
    tried.options.coupling = coupling;
    tried.options.solver.tolerance = 1e-12;
    tried.options.solver.max_iterations = 200;
    return all.emplace_back(tried);
  };
  add("step", RowNorm::step, true, Coupling::joint);
  add("plain", RowNorm::plain, true, Coupling::joint);
  add("propagated", RowNorm::propagated, true, Coupling::joint);
  add("schwarz", RowNorm::step, true, Coupling::schwarz);
  add("partition", RowNorm::plain, true, Coupling::partition_of_unity);
  add("none", RowNorm::step, true, Coupling::none);
  add("unlifted", RowNorm::step, false, Coupling::joint).options.rows.boundary = true;
  add("in_time", RowNorm::step, true, Coupling::joint).in_time = 2;
  add("bdf2", RowNorm::step, true, Coupling::joint).options.rows.time = TimeScheme::bdf2;
  auto &drawn = add("drawn_points", RowNorm::step, true, Coupling::joint).options.rows;
  drawn.points = 200, drawn.draw = 3;
  add("drift", RowNorm::step, true, Coupling::joint).drift = true;
  add("drift_propagated", RowNorm::propagated, false, Coupling::joint).drift = true;
  return all;
}

class ConstraintInSpace : public ::testing::TestWithParam<Case> {
 protected:
  ConstraintInSpace() : layer_(domains::Partition(grid_, GetParam().in_time, {2, 2}), options())
  {
    auto const features = [&](std::uint64_t seed, double length) {
      std::vector<double> values(3 * grid_.size());
      make_random_features(3, seed, length)
          ->evaluate(grid_, whole(grid_), whole(grid_), sample_, values);
      return values;
    };
    functions_ = features(2, 0.8);
    direction_ = features(11, 0.5);
  }
  static LayerOptions options() { return GetParam().options; }
  PlacedSolution solve(double amount) const
  {
    auto moved = functions_;
    for (std::size_t k = 0; k < moved.size(); ++k) moved[k] += amount * direction_[k];
    return layer_.solve(gather(moved), sample_);
  }
  ConstraintLayer::Gathered gather(std::vector<double> const &functions) const
  {
    return layer_.gather(*make_tabulated_basis(grid_, functions, 3), sample_);
  }
  /// What a cotangent says of a step along the direction.
  double along(LayerCotangent const &cotangent, ConstraintLayer::Gathered const &gathered) const
  {
    auto const bar = layer_.pull_back_gather(gathered, sample_, cotangent);
    double sum = 0;
    for (std::size_t k = 0; k < bar.size(); ++k) sum += bar[k] * direction_[k];
    return sum;
  }
  template <class Loss>
  static double slope(Loss const &loss)
  {
    double const h = 1e-4;
    return (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / (12 * h);
  }
  static PdeSample sample()
  {
    auto const start = [](SpaceTimeGrid const &grid, std::span<double> out) {
      for (std::size_t i = 0; i < out.size(); ++i) {
        auto const at = twins::SpaceEquation::place(grid, i);
        out[i] = 0.4 + 0.1 * std::cos(3 * at[0]) + 0.1 * std::sin(4 * at[1] + 0.3);
      }
    };
    if (GetParam().drift) return {std::make_shared<twins::Drift>(0.02, 0.3, -0.2), start, {}};
    std::vector<domains::Boundary> const ends{twins::value_flux_wave(0.4).boundary,
                                              twins::ring_wave().boundary};
    return {std::make_shared<twins::Spreading<3>>(0.02, 1, ends), start, {}};
  }

  SpaceTimeGrid const grid_ = SpaceTimeGrid::over({{9, 1}, {8, 1.5}}, 9, 1);
  PdeSample const sample_ = sample();
  ConstraintLayer const layer_;
  std::vector<double> functions_, direction_;
};

TEST_P(ConstraintInSpace, TheDerivativeOfTheSolvedFieldGoesBackToTheFunctions)
{
  std::vector<double> field_bar(grid_.size());
  Rng rng(1, "constraint_in_space");
  for (double &bar : field_bar) bar = rng.normal();
  auto const loss = [&](double amount) {
    auto const solution = solve(amount);
    EXPECT_TRUE(solution.converged()) << solution.solves[0].gradient;
    double sum = 0;
    for (std::size_t p = 0; p < grid_.size(); ++p) sum += field_bar[p] * solution.field[p];
    return sum;
  };

  auto const gathered = gather(functions_);
  auto const cotangent =
      layer_.pull_back(gathered, sample_, layer_.solve(gathered, sample_), field_bar);

  double const wanted = slope(loss);
  EXPECT_EQ(cotangent.fallbacks, 0);
  EXPECT_NEAR(along(cotangent, gathered), wanted, 1e-5 * std::abs(wanted));
}

TEST_P(ConstraintInSpace, TheDerivativeOfTheCostNeedsNoneOfTheCoefficients)
{
  auto const gathered = gather(functions_);

  auto const cotangent =
      layer_.pull_back_cost(gathered, sample_, layer_.solve(gathered, sample_), 0.5);

  double const wanted = slope([&](double amount) { return solve(amount).cost; });
  EXPECT_NEAR(2 * along(cotangent, gathered), wanted, 1e-5 * std::abs(wanted));
}

INSTANTIATE_TEST_SUITE_P(Table, ConstraintInSpace, ::testing::ValuesIn(cases()),
                         [](auto const &each) { return each.param.name; });

}  // namespace
}  // namespace tessera::constraint
