#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(SpaceTimeGrid, MeasuresADifferenceAgainstTheSecondField)
{
  std::vector<double> const a = {1, 2, 5}, b = {1, 2, 2};

  EXPECT_DOUBLE_EQ(relative_l2(a, b), 1.);
  EXPECT_DOUBLE_EQ(relative_l2(b, a), 3 / std::sqrt(30.));
}

}  // namespace
}  // namespace tessera::domains
