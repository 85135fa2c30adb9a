#include "show_solution.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include <tessera/domains/diffusion_sorption_pde.hpp>
#include <tessera/domains/heat.hpp>

namespace tessera::model {
namespace {

TEST(ShowSolution, SlicesAreCalledAfterTheQuantityOfTheEquation)
{
  domains::SpaceTimeGrid const grid{.cells = 4, .levels = 11};
  constraint::PlacedSolution solution;
  solution.field.assign(grid.size(), 0.5);
  std::vector<double> const truth(grid.size(), 0.25);

  auto const heat = solution_slices(domains::make_heat()->quantity(), truth, grid, solution);
  auto const sorption =
      solution_slices(domains::make_diffusion_sorption()->quantity(), truth, grid, solution);

  EXPECT_EQ(heat.at(0).title, "Temperature");
  EXPECT_EQ(sorption.at(0).title, "Concentration");
}

TEST(ShowSolution, TheTruthHasOneEntryInTheLegendAndIsDashed)
{
  domains::SpaceTimeGrid const grid{.cells = 4, .levels = 11};
  constraint::PlacedSolution solution;
  solution.field.assign(grid.size(), 0.5);

  auto const slices = solution_slices("u", std::vector<double>(grid.size(), 0.25), grid, solution);

  auto const &curves = slices.at(0).curves;
  auto const is_truth = [](io::Curve const &curve) { return curve.label == "truth"; };
  ASSERT_EQ(std::count_if(curves.begin(), curves.end(), is_truth), 1);
  auto const &truth = *std::find_if(curves.begin(), curves.end(), is_truth);
  EXPECT_TRUE(truth.dashed);
  EXPECT_EQ(truth.y, std::vector<double>(4, 0.25));
  EXPECT_FALSE(std::any_of(slices.at(1).curves.begin(), slices.at(1).curves.end(), is_truth));
}

}  // namespace
}  // namespace tessera::model
