#include <cmath>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/nn/adam.hpp>

namespace tessera::nn {
namespace {

TEST(Adam, FirstStepOfARealParameterIsTheRateAgainstTheSign)
{
  Adam<double> adam(2, false);
  std::vector<double> x{1, 1}, g{4, -0.5};
  adam.step(x, g, 0.1);
  EXPECT_NEAR(x[0], 0.9, 1e-8);
  EXPECT_NEAR(x[1], 1.1, 1e-8);
}

TEST(Adam, SecondStepByHand)
{
  Adam<double> adam(1, false);
  std::vector<double> x{0};
  adam.step(x, std::vector<double>{1}, 0.1);
  adam.step(x, std::vector<double>{3}, 0.1);
  double const m = (0.9 * 0.1 + 0.1 * 3) / (1 - 0.81),
               v = (0.999 * 0.001 + 0.001 * 9) / (1 - 0.999 * 0.999);
  EXPECT_NEAR(x[0], -0.1 / (1 + 1e-8) - 0.1 * m / (std::sqrt(v) + 1e-8), 1e-12);
}

TEST(Adam, PartsOfAComplexNumberShareTheirSecondMoment)
{
  Adam<double> adam(2, true);
  std::vector<double> x{0, 0};
  adam.step(x, std::vector<double>{3, 4}, 1);
  EXPECT_NEAR(x[0], -0.6, 1e-8);
  EXPECT_NEAR(x[1], -0.8, 1e-8);
}

TEST(Adam, RefusesOtherLengths)
{
  Adam<float> adam(3, false);
  std::vector<float> x(3), g(2);
  EXPECT_THROW(adam.step(x, g, 1), Error);
  EXPECT_THROW(Adam<float>(3, true), Error);
}

TEST(ClipGlobalNorm, ScalesAllRangesTogetherOnlyAboveTheLimit)
{
  std::vector<double> a{3, 0}, b{4};
  EXPECT_DOUBLE_EQ(clip_global_norm<double>({a, b}, 10), 5);
  EXPECT_EQ(a[0], 3);
  EXPECT_DOUBLE_EQ(clip_global_norm<double>({a, b}, 1), 5);
  EXPECT_DOUBLE_EQ(a[0], 0.6);
  EXPECT_DOUBLE_EQ(b[0], 0.8);
}

}  // namespace
}  // namespace tessera::nn
