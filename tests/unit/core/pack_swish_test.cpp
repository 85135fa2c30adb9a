#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <tessera/core/pack_swish.hpp>

#include "ulp_error.hpp"

namespace {

using tessera::Pack;
using tessera::twins::worst_ulp;

template <class T>
class PackSwish : public ::testing::Test {
};
using Numbers = ::testing::Types<float, double>;
TYPED_TEST_SUITE(PackSwish, Numbers);

TYPED_TEST(PackSwish, PowersOfTwoAreAccurateAndEndInInfinityAndZero)
{
  using T = TypeParam;
  auto fast = [](Pack<T> x) { return tessera::exp2(x); };
  auto exact = [](long double x) { return std::exp2(x); };
  T low = sizeof(T) == 4 ? T(-148) : T(-1073), high = sizeof(T) == 4 ? T(127.9) : T(1023.9);

  // Without a fused product (SSE4.2) the polynomial rounds twice a term.
  bool const fused = TESSERA_PACK_ABI != 128;
  double const bound = sizeof(T) == 8 ? 2.0 : fused ? 2.75 : 3.0;
  EXPECT_LE((worst_ulp<T>(low, high, fast, exact)), bound);
  EXPECT_LE((worst_ulp<T>(T(-1), T(1), fast, exact)), bound);
  EXPECT_EQ(tessera::exp2(Pack<T>(T(1e30))).lane(0), std::numeric_limits<T>::infinity());
  EXPECT_EQ(tessera::exp2(Pack<T>(T(-1e30))).lane(0), T(0));
  EXPECT_TRUE(std::isnan(tessera::exp2(Pack<T>(std::nan(""))).lane(0)));
}

TYPED_TEST(PackSwish, SigmoidErrsByTheRoundingsOfItsExponentAndThreeUlp)
{
  using T = TypeParam;
  T const slope = T(0.7);
  auto fast = [=](Pack<T> z) {
    return tessera::swish_sigmoid(z, tessera::swish_exponent(Pack<T>(slope)));
  };
  auto exact = [=](long double z) { return 1 / (1 + std::exp(-(long double)(slope)*z)); };

  EXPECT_LE((worst_ulp<T>(T(-1), T(1), fast, exact)), 3 + 1.5 * 0.7);
  EXPECT_LE((worst_ulp<T>(T(-20), T(40), fast, exact)), 3 + 1.5 * 0.7 * 20);
  EXPECT_LE(fast(Pack<T>(T(-1e30))).lane(0), std::numeric_limits<T>::min());
  EXPECT_GE(fast(Pack<T>(T(-1e30))).lane(0), T(0));
  EXPECT_EQ(fast(Pack<T>(T(1e30))).lane(0), T(1));
}

TYPED_TEST(PackSwish, WhatIsNotANumberStaysSo)
{
  using T = TypeParam;
  Pack<T> const one(T(1)), nan(std::numeric_limits<T>::quiet_NaN()),
      marked(static_cast<T>(std::nan("5")));

  EXPECT_TRUE(std::isnan(tessera::swish_sigmoid(nan, one).lane(0)));
  EXPECT_TRUE(std::isnan(tessera::swish_sigmoid(marked, one).lane(0)));
  EXPECT_TRUE(std::isnan(tessera::sigmoid(nan).lane(0)));
  EXPECT_TRUE(std::isnan(tessera::sigmoid(marked).lane(0)));
  EXPECT_TRUE(std::isnan(tessera::tanh(nan).lane(0)));
  EXPECT_TRUE(std::isnan(tessera::exp(marked).lane(0)));
  EXPECT_TRUE(std::isnan(tessera::log(marked).lane(0)));
}

}  // namespace
