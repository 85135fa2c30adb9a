#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <tessera/core/pack_math.hpp>

#include "ulp_error.hpp"

namespace {

using tessera::Pack;
using tessera::twins::worst_ulp;

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

TYPED_TEST(PackMath, MaxAndMinGiveTheSecondWhereOneIsNotANumber)
{
  using T = TypeParam;
  Pack<T> const one(T(1)), nan(std::numeric_limits<T>::quiet_NaN());

  EXPECT_EQ(max(nan, one).lane(0), T(1));
  EXPECT_EQ(min(nan, one).lane(0), T(1));
  EXPECT_TRUE(std::isnan(max(one, nan).lane(0)));
  EXPECT_TRUE(std::isnan(min(one, nan).lane(0)));
}

TYPED_TEST(PackMath, ScaledNumbersRoundOnceAndEndInInfinityAndZero)
{
  using T = TypeParam;
  int const last = std::numeric_limits<T>::max_exponent;
  T const x = T(1) + 3 * std::numeric_limits<T>::epsilon();

  for (int n = -2 * last; n <= 2 * last; ++n) {
    T const scaled = tessera::pack_detail::scale_by_power(Pack<T>(x), Pack<T>(T(n))).lane(0);
    EXPECT_EQ(scaled, std::ldexp(x, n)) << n;
  }
  EXPECT_EQ(tessera::pack_detail::scale_by_power(Pack<T>(x), Pack<T>(T(1e30))).lane(0),
            std::numeric_limits<T>::infinity());
  EXPECT_EQ(tessera::pack_detail::scale_by_power(Pack<T>(x), Pack<T>(T(-1e30))).lane(0), T(0));
}

TYPED_TEST(PackMath, ExponentsAndMantissasMakeTheNumberAgain)
{
  using T = TypeParam;
  using Limits = std::numeric_limits<T>;

  for (T x = Limits::denorm_min(); x < Limits::max() / 4; x *= T(3.7)) {
    Pack<T> m, e;
    tessera::pack_detail::split_exponent(Pack<T>(x), m, e);
    EXPECT_GE(m.lane(0), T(1));
    EXPECT_LT(m.lane(0), T(2));
    EXPECT_EQ(std::ldexp(m.lane(0), static_cast<int>(e.lane(0))), x);
  }
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
