#include "show_solution.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/domains/diffusion_sorption_pde.hpp>
#include <tessera/domains/heat.hpp>

#include "unit/io/temporary_folder.hpp"

namespace tessera::model {
namespace {

using testing::HasSubstr;

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

TEST(ShowSolution, UnitsStandWhereAnEquationHasThemAndNowhereElse)
{
  domains::SpaceTimeGrid const grid{.cells = 4, .levels = 11, .length = 1, .horizon = 500};
  constraint::PlacedSolution solution;
  solution.field.assign(grid.size(), 0.5);
  solution.experts.resize(1);
  solution.experts[0].worst_level = 5, solution.experts[0].worst_cell = 1;
  std::vector<double> const truth(grid.size(), 0.25);
  FieldUnits const units{"s", "m"};

  auto const with = solution_slices("u", truth, grid, solution, units),
             without = solution_slices("u", truth, grid, solution);

  EXPECT_EQ(with[0].x_title, "x (m)");
  EXPECT_EQ(with[0].curves[2].label, "t = 50 s");
  EXPECT_EQ(without[0].x_title, "x");
  EXPECT_EQ(without[0].curves[2].label, "t = 50");
  EXPECT_EQ(units.time_title(), "t (s)");
  EXPECT_EQ(FieldUnits{}.time_title(), "t");
  EXPECT_THAT(expert_table(grid, solution, units), HasSubstr("worst t (s) | worst x (m) |"));
  EXPECT_THAT(expert_table(grid, solution), HasSubstr("worst t | worst x |"));
  EXPECT_THAT(expert_table(grid, solution), HasSubstr("| 250 | 0.3750 |"));
}

/// 10 cells over 2 along x, 8 over 1 along y, in two boxes of time, 2 along x and 1 along y. The
/// truth is 1 + x + 10 y, the prediction 0.5 more where x > 1.
struct Plane : testing::Test {
  domains::SpaceTimeGrid grid = domains::SpaceTimeGrid::over({{10, 2}, {8, 1}}, 21, 1);
  domains::Partition partition{grid, 2, std::vector<std::size_t>{2, 1}};
  std::vector<double> truth;
  constraint::PlacedSolution solution;

  Plane()
  {
    auto const x = grid.centres(0), y = grid.centres(1);
    for (std::size_t p = 0; p < grid.size(); ++p) {
      std::size_t const cell = p % grid.cells;
      truth.push_back(1 + x[cell] + 10 * y[cell]);
      solution.field.push_back(truth.back() + (x[cell] > 1 ? 0.5 : 0));
    }
  }
};

TEST_F(Plane, HasMapsOfTruthPredictionAndErrorForEachTime)
{
  auto const maps = solution_maps(truth, partition, solution);

  ASSERT_EQ(maps.size(), 12u);
  EXPECT_EQ(maps[3].title, "Truth, t = 0.1");
  EXPECT_EQ(maps[4].title, "Prediction, t = 0.1");
  EXPECT_EQ(maps[5].title, "Prediction - truth");
  EXPECT_EQ(maps[11].x_title, "x");
  EXPECT_EQ(maps[11].y_title, "y");
  for (auto const &map : maps) {
    EXPECT_EQ(map.columns, 10u);
    EXPECT_EQ(map.rows, 8u);
    EXPECT_EQ(map.width, 2);
    EXPECT_EQ(map.height, 1);
  }
  EXPECT_DOUBLE_EQ(maps[3].values[7 * 8 + 2], 1 + 1.5 + 10 * 0.3125);
  EXPECT_DOUBLE_EQ(maps[4].values[7 * 8 + 2], 1.5 + 1.5 + 10 * 0.3125);
  EXPECT_NEAR(maps[5].values[7 * 8 + 2], 0.5, 1e-12);
  EXPECT_NEAR(maps[5].values[2 * 8 + 2], 0, 1e-12);
}

TEST_F(Plane, TruthAndPredictionShareTheirBarAndThatOfErrorsIsAboutZero)
{
  auto const maps = solution_maps(truth, partition, solution);

  EXPECT_DOUBLE_EQ(maps[0].low, 1 + 0.1 + 10 * 0.0625);
  EXPECT_DOUBLE_EQ(maps[0].high, 1.5 + 1.9 + 10 * 0.9375);
  EXPECT_EQ(maps[1].low, maps[0].low);
  EXPECT_EQ(maps[1].high, maps[0].high);
  EXPECT_FALSE(maps[1].parting);
  EXPECT_NEAR(maps[2].high, 0.5, 1e-12);
  EXPECT_EQ(maps[2].low, -maps[2].high);
  EXPECT_TRUE(maps[2].parting);
}

TEST_F(Plane, MapsHaveTheBordersOfTheBoxesOfTheirTime)
{
  auto const maps = solution_maps(truth, partition, solution);

  for (std::size_t const m : {0, 2, 9}) {
    ASSERT_EQ(maps[m].borders.size(), 2u) << m;
    auto const &left = maps[m].borders[0], &right = maps[m].borders[1];
    EXPECT_EQ(left.left, 0);
    EXPECT_DOUBLE_EQ(left.right, 1);
    EXPECT_DOUBLE_EQ(left.above, 1);
    EXPECT_DOUBLE_EQ(right.left, 1);
    EXPECT_DOUBLE_EQ(right.right, 2);
    EXPECT_EQ(right.below, 0);
  }
}

TEST_F(Plane, ValuesThatAreNoNumbersDoNotSpanABar)
{
  solution.field[5] = std::nan("");
  solution.field[6] = std::numeric_limits<double>::infinity();

  auto const maps = solution_maps(truth, partition, solution);

  EXPECT_TRUE(std::isfinite(maps[1].low) && std::isfinite(maps[1].high));
  EXPECT_TRUE(std::isfinite(maps[2].low) && std::isfinite(maps[2].high));
}

TEST_F(Plane, TheTableOfExpertsNamesBothPlaces)
{
  solution.experts.resize(1);
  solution.experts[0].worst_level = 10;
  solution.experts[0].worst_cell = 7 * 8 + 2;

  std::string const table = expert_table(grid, solution);

  EXPECT_THAT(table, HasSubstr("worst t | worst x | worst y |\n|---|---|---|---|---|---|---|---|"
                               "---|---|\n"));
  EXPECT_THAT(table, HasSubstr("| 0.5 | 1.5000 | 0.3125 |\n"));
}

TEST_F(Plane, ParaViewIsGivenAStepForEachLevel)
{
  TemporaryFolder const place;
  io::RunFolder folder(place / "run", io::FolderMode::fresh);
  folder.begin();

  write_solution_fields(truth, partition, solution, folder);

  EXPECT_TRUE(std::filesystem::exists(folder.fields() / "fields.pvd"));
  EXPECT_TRUE(std::filesystem::exists(folder.fields() / "fields/0020.vti"));
  EXPECT_FALSE(std::filesystem::exists(folder.fields() / "fields/0021.vti"));
}

// A map of three axes is a layer through the middle of the last.
TEST(ShowSolution, OfThreeAxesTheMiddleLayerIsShown)
{
  auto const grid = domains::SpaceTimeGrid::over({{4, 1}, {5, 1}, {6, 1}}, 4, 1);
  auto const z = grid.centres(2);

  auto const map = field_map(grid, {}, [&](std::size_t cell) { return z[cell]; });

  EXPECT_EQ(map.values, std::vector<double>(20, z[3]));
}

}  // namespace
}  // namespace tessera::model
