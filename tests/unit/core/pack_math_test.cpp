#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include <tessera/core/pack_math.hpp>

namespace {

using tessera::Pack;

// Distance of `got` from the exact value (long double) in units of the last place of T there.
template <class T>
double ulp_error(T got, long double exact)
{
  T rounded = static_cast<T>(exact);
  if (std::isnan(exact)) return std::isnan(got) ? 0 : 1e30;
  if (std::isinf(rounded) || std::isinf(got)) return rounded == got ? 0 : 1e30;
  T magnitude = std::max(std::abs(rounded), std::numeric_limits<T>::min());
  long double unit = std::nextafter(magnitude, std::numeric_limits<T>::infinity()) - magnitude;
  return static_cast<double>(std::abs(static_cast<long double>(got) - exact) / unit);
}

// The largest error over [low, high], geometrically or evenly spaced, every lane used.
template <class T, class Fast, class Exact>
double worst_ulp(T low, T high, Fast fast, Exact exact)
{
  double worst = 0;
  int const n = 200000;
  Pack<T> x, y;
  for (int i = 0; i < n; i += Pack<T>::width) {
    for (int l = 0; l < Pack<T>::width; ++l) x.set_lane(l, low + (high - low) * T(i + l) / T(n));
    y = fast(x);
    for (int l = 0; l < Pack<T>::width; ++l) {
      worst = std::max(worst, ulp_error<T>(y.lane(l), exact(static_cast<long double>(x.lane(l)))));
    }
  }
  return worst;
}

template <class T>
class PackMath : public ::testing::Test {
};
using Numbers = ::testing::Types<float, double>;
TYPED_TEST_SUITE(PackMath, Numbers);

TYPED_TEST(PackMath, ExpIsWithinOneAndAQuarterUlp)
{
  using T = TypeParam;
  auto fast = [](Pack<T> x) { return tessera::exp(x); };
  auto exact = [](long double x) { return std::exp(x); };
  T low = sizeof(T) == 4 ? T(-104) : T(-745), high = sizeof(T) == 4 ? T(88.7) : T(709.7);

  EXPECT_LE((worst_ulp<T>(low, high, fast, exact)), 1.25);
  EXPECT_LE((worst_ulp<T>(T(-1), T(1), fast, exact)), 1.25);
}

TYPED_TEST(PackMath, ExpOfExtremesIsInfinityZeroAndNan)
{
  using T = TypeParam;

  EXPECT_EQ(tessera::exp(Pack<T>(T(1e30))).lane(0), std::numeric_limits<T>::infinity());
  EXPECT_EQ(tessera::exp(Pack<T>(T(-1e30))).lane(0), T(0));
  EXPECT_TRUE(std::isnan(tessera::exp(Pack<T>(std::nan(""))).lane(0)));
}

TYPED_TEST(PackMath, LogIsWithinTwoUlp)
{
  using T = TypeParam;
  auto fast = [](Pack<T> x) { return tessera::log(x); };
  auto exact = [](long double x) { return std::log(x); };

  EXPECT_LE((worst_ulp<T>(T(0.4), T(3), fast, exact)), 2.0);
  EXPECT_LE((worst_ulp<T>(T(1e-7), T(1e7), fast, exact)), 2.0);
  EXPECT_LE(
      (worst_ulp<T>(std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), fast, exact)),
      2.0);
  EXPECT_LE((worst_ulp<T>(std::numeric_limits<T>::denorm_min(), std::numeric_limits<T>::min(), fast,
                          exact)),
            2.0);
}

TYPED_TEST(PackMath, LogOfExtremesFollowsStd)
{
  using T = TypeParam;
  T const infinity = std::numeric_limits<T>::infinity();

  EXPECT_EQ(tessera::log(Pack<T>(T(0))).lane(0), -infinity);
  EXPECT_EQ(tessera::log(Pack<T>(infinity)).lane(0), infinity);
  EXPECT_TRUE(std::isnan(tessera::log(Pack<T>(T(-1))).lane(0)));
}

TYPED_TEST(PackMath, TanhIsWithinThreeUlp)
{
  using T = TypeParam;
  auto fast = [](Pack<T> x) { return tessera::tanh(x); };
  auto exact = [](long double x) { return std::tanh(x); };

  EXPECT_LE((worst_ulp<T>(T(-25), T(25), fast, exact)), 3.0);
  EXPECT_LE((worst_ulp<T>(T(-0.5), T(0.5), fast, exact)), 3.0);
  EXPECT_LE((worst_ulp<T>(T(-1e-6), T(1e-6), fast, exact)), 3.0);
}

TYPED_TEST(PackMath, SigmoidIsWithinThreeUlpAndNeverZero)
{
  using T = TypeParam;
  auto fast = [](Pack<T> x) { return tessera::sigmoid(x); };
  auto exact = [](long double x) { return 1 / (1 + std::exp(-x)); };

  EXPECT_LE((worst_ulp<T>(T(-75), T(40), fast, exact)), 3.0);
  EXPECT_GT(tessera::sigmoid(Pack<T>(T(-1e30))).lane(0), T(0));
  EXPECT_EQ(tessera::sigmoid(Pack<T>(T(1e30))).lane(0), T(1));
}

TYPED_TEST(PackMath, EveryLaneIsItsOwn)
{
  using T = TypeParam;
  Pack<T> x;
  for (int i = 0; i < Pack<T>::width; ++i) x.set_lane(i, T(i));

  Pack<T> y = fma(x, Pack<T>(T(2)), Pack<T>(T(1)));

  for (int i = 0; i < Pack<T>::width; ++i) EXPECT_EQ(y.lane(i), T(2 * i + 1));
}

}  // namespace
