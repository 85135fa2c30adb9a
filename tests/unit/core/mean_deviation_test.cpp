#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include <tessera/core/mean_deviation.hpp>

namespace {

TEST(MeanDeviation, AreThoseOfThePopulation)
{
  std::vector<double> const values{1., 3., 5., 7.};

  EXPECT_DOUBLE_EQ(tessera::mean(values), 4.);
  EXPECT_DOUBLE_EQ(tessera::deviation(values), std::sqrt(5.));
}

TEST(MeanDeviation, OfNothingAreNotNumbers)
{
  EXPECT_TRUE(std::isnan(tessera::mean({})));
  EXPECT_TRUE(std::isnan(tessera::deviation({})));
}

}  // namespace
