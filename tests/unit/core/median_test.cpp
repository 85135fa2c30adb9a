#include <gtest/gtest.h>

#include <limits>

#include <tessera/core/median.hpp>

namespace {

using tessera::median;

TEST(Median, IsTheMiddleValueOrTheMeanOfTheTwoMiddleOnes)
{
  EXPECT_EQ(median({3, 1, 2}), 2);
  EXPECT_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(median({}), 0);
}

TEST(Median, OfTheLargestNumbersDoesNotOverflow)
{
  double const largest = std::numeric_limits<double>::max();

  EXPECT_EQ(median({largest, largest}), largest);
}

}  // namespace
