#include <cmath>

#include <gtest/gtest.h>

#include <tessera/constraint/constraint_rows.hpp>
#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/domains/heat.hpp>

// What stands beside the rows of the equation, seen as the difference that it makes to the cost.
namespace tessera::constraint {
namespace {

using domains::SpaceTimeGrid;

SpaceTimeGrid const grid{.cells = 12, .levels = 9};

/// |r|^2 of `w` times the functions of a bank of one function, boxes side by side.
double cost(std::vector<double> const &function, std::vector<double> const &w, RowOptions options)
{
  domains::PdeSample const sample{domains::make_heat(), domains::constant_field(0.2), {}};
  options.lift = false;
  auto const bank = make_tabulated_basis(grid, function, 1);
  auto const placed =
      place(sample, domains::Partition(grid, 1, w.size()), *bank, Coupling::joint, options.lift);
  return make_rows(sample, placed, whole(grid), options, true)->cost(w);
}

TEST(ConsistentRows, BoundaryRowsAskForOneOnTheLeftAndForNothingOnTheRight)
{
  std::vector<double> field(grid.size());
  Rng rng(1, "consistent_rows");
  for (double &u : field) u = rng.uniform();
  double wanted = 0;
  for (std::size_t n = 1; n < grid.levels; ++n) {
    double const left = field[n * grid.cells] - 1, right = field[(n + 1) * grid.cells - 1];
    wanted += (left * left + right * right) / double(grid.levels);
  }

  double const with = cost(field, {1}, {.boundary = true}),
               without = cost(field, {1}, {.boundary = false});

  EXPECT_NEAR(with - without, wanted, 1e-10 * with);
}

TEST(ConsistentRows, AJumpBetweenBoxesWeighsAsManyLevelsAsTheRowsOfItsNormCarryIt)
{
  // Coefficients 2 and 5 of the function 1: a jump of 3, on two layers on either side at each
  // level.
  std::vector<double> const one(grid.size(), 1.);
  double const weight = 7, jumps = 4 * double(grid.levels) * 9;
  auto added = [&](RowNorm norm) {
    return cost(one, {2, 5}, {.norm = norm, .continuity = weight}) -
           cost(one, {2, 5}, {.norm = norm, .continuity = 0});
  };

  double const step = added(RowNorm::step), propagated = added(RowNorm::propagated);

  double const levels = double(grid.levels), wanted = weight * weight * grid.width() * jumps;
  EXPECT_NEAR(step, wanted * levels, 1e-9 * step);
  EXPECT_NEAR(propagated, wanted / levels, 1e-9 * propagated);
}

}  // namespace
}  // namespace tessera::constraint
