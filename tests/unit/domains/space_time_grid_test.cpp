#include <array>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/space_time_grid.hpp>

namespace tessera::domains {
namespace {

TEST(SpaceTimeGrid, HasCellsInTheMiddleAndLevelsFromTheStartToTheEnd)
{
  SpaceTimeGrid const grid{.cells = 4, .levels = 3, .length = 2, .horizon = 7};

  EXPECT_THAT(grid.centres(), testing::ElementsAre(0.25, 0.75, 1.25, 1.75));
  EXPECT_THAT(grid.times(), testing::ElementsAre(0, 3.5, 7));
  EXPECT_EQ(grid.size(), 12);
}

TEST(SpaceTimeGrid, CountsCellsWithTheLastAxisFastest)
{
  std::vector<Axis> const axes{{4, 2}, {3, 0.75}, {5, 10}};
  auto const grid = SpaceTimeGrid::over(axes, 3, 7);

  EXPECT_EQ(grid.cells, 60);
  EXPECT_EQ(grid.size(), 180);
  EXPECT_EQ(grid.dimensions(), 3);
  EXPECT_EQ(grid.length, 2);
  EXPECT_EQ(grid.horizon, 7);
  std::size_t cell = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 5; ++k, ++cell) {
        EXPECT_THAT((std::array{grid.place(cell, 0), grid.place(cell, 1), grid.place(cell, 2)}),
                    testing::ElementsAre(i, j, k));
      }
    }
  }
  for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(grid.axis(k), axes[k]);
  EXPECT_EQ(grid.stride(0), 15);
  EXPECT_EQ(grid.stride(1), 5);
  EXPECT_EQ(grid.stride(2), 1);
}

TEST(SpaceTimeGrid, ALineIsAGridOfOneAxis)
{
  SpaceTimeGrid const line{.cells = 8, .levels = 3, .length = 2, .horizon = 7};

  EXPECT_EQ(SpaceTimeGrid::over({{8, 2}}, 3, 7), line);
  EXPECT_EQ(line.dimensions(), 1);
  EXPECT_EQ(line.axis(0), (Axis{8, 2}));
  EXPECT_EQ(line.stride(0), 1);
  EXPECT_EQ(line.place(5, 0), 5);
  EXPECT_EQ(line.volume(), line.width());
}

TEST(SpaceTimeGrid, CellsHaveAMiddleAlongEachAxisAndAVolume)
{
  auto const plane = SpaceTimeGrid::over({{2, 2}, {3, 0.75}}, 2, 1);
  auto const room = SpaceTimeGrid::over({{4, 2}, {3, 0.75}, {5, 10}}, 2, 1);

  EXPECT_THAT(plane.centres(), testing::ElementsAre(0.5, 0.5, 0.5, 1.5, 1.5, 1.5));
  EXPECT_THAT(plane.centres(1), testing::ElementsAre(0.125, 0.375, 0.625, 0.125, 0.375, 0.625));
  EXPECT_EQ(plane.width(), 1);
  EXPECT_EQ(plane.volume(), 0.25);
  EXPECT_EQ(room.volume(), 0.25);  // 0.5 x 0.25 x 2
}

TEST(SpaceTimeGrid, OfNoAxisOrFourOrOneWithoutCellsIsRefused)
{
  EXPECT_THROW(SpaceTimeGrid::over({}, 2, 1), InputError);
  EXPECT_THROW(SpaceTimeGrid::over({{4, 1}, {4, 1}, {4, 1}, {4, 1}}, 2, 1), InputError);
  EXPECT_THROW(SpaceTimeGrid::over({{4, 1}, {0, 1}}, 2, 1), InputError);
}

TEST(SpaceTimeGrid, MeasuresADifferenceAgainstTheSecondField)
{
  std::vector<double> const a = {1, 2, 5}, b = {1, 2, 2};

  EXPECT_DOUBLE_EQ(relative_l2(a, b), 1.);
  EXPECT_DOUBLE_EQ(relative_l2(b, a), 3 / std::sqrt(30.));
}

}  // namespace
}  // namespace tessera::domains
