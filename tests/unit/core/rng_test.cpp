#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/rng.hpp>

namespace tessera {
namespace {

using ::testing::ElementsAre;

// The published vectors of the Random123 distribution (kat_vectors, philox4x32 10).
TEST(Philox, GivesThePublishedKnownAnswers)
{
  EXPECT_THAT(philox({0, 0, 0, 0}, {0, 0}),
              ElementsAre(0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u));
  EXPECT_THAT(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
              ElementsAre(0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu));
  EXPECT_THAT(
      philox({0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u}, {0xa4093822u, 0x299f31d0u}),
      ElementsAre(0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u));
}

std::vector<std::uint32_t> words(Rng rng, int n)
{
  std::vector<std::uint32_t> result;
  for (int i = 0; i < n; ++i) result.push_back(rng.bits());
  return result;
}

TEST(Rng, GivesTheSameNumbersForTheSameName)
{
  EXPECT_EQ(words(Rng(7, "window", 2, 9), 20), words(Rng(7, "window", 2, 9), 20));
}

TEST(Rng, GivesOtherNumbersWhenAnyPartOfTheNameDiffers)
{
  std::set<std::vector<std::uint32_t>> streams;
  std::uint64_t const wide = std::uint64_t(1) << 32;

  for (std::uint64_t seed : {0, 1}) {
    for (char const *purpose : {"init", "window"}) {
      for (std::uint64_t a : {std::uint64_t(0), std::uint64_t(1), wide}) {
        for (std::uint64_t b : {std::uint64_t(0), std::uint64_t(1), wide}) {
          streams.insert(words(Rng(seed, purpose, a, b), 4));
        }
      }
    }
  }

  EXPECT_EQ(streams.size(), 2u * 2u * 3u * 3u);
}

TEST(Rng, NeighbouringStreamsAreUncorrelated)
{
  constexpr int n = 20000;
  Rng one(0, "init", 0), two(0, "init", 1);
  double sum = 0;

  for (int i = 0; i < n; ++i) sum += (one.uniform() - .5) * (two.uniform() - .5);

  // The product has variance 1/144; five standard deviations of the mean.
  EXPECT_LT(std::abs(sum / n), 5. / 12. / std::sqrt(n));
}

TEST(Rng, UniformHasItsMeanAndVariance)
{
  constexpr int n = 100000;
  Rng rng(1, "test");
  double sum = 0, squares = 0, low = 1, high = 0;

  for (int i = 0; i < n; ++i) {
    double const u = rng.uniform();
    sum += u, squares += (u - .5) * (u - .5);
    low = std::min(low, u), high = std::max(high, u);
  }

  EXPECT_NEAR(sum / n, .5, 5. * std::sqrt(1. / 12. / n));
  EXPECT_NEAR(squares / n, 1. / 12., 5. * std::sqrt(1. / 180. / n));
  EXPECT_GE(low, 0.);
  EXPECT_LT(high, 1.);
  EXPECT_LT(low, 1e-3);
  EXPECT_GT(high, 1. - 1e-3);
}

TEST(Rng, NormalHasItsFirstFourMoments)
{
  constexpr int n = 100000;
  Rng rng(1, "test");
  double moment[5] = {};

  for (int i = 0; i < n; ++i) {
    double const z = rng.normal();
    for (int k = 1; k <= 4; ++k) moment[k] += std::pow(z, k) / n;
  }

  // Standard errors of the raw moments: sqrt of 1, 2, 15, 96 over n.
  EXPECT_NEAR(moment[1], 0., 5. * std::sqrt(1. / n));
  EXPECT_NEAR(moment[2], 1., 5. * std::sqrt(2. / n));
  EXPECT_NEAR(moment[3], 0., 5. * std::sqrt(15. / n));
  EXPECT_NEAR(moment[4], 3., 5. * std::sqrt(96. / n));
}

TEST(Rng, IndexTakesEveryValueEquallyOften)
{
  constexpr int n = 60000;
  Rng rng(3, "test");
  std::vector<int> counts(6);

  for (int i = 0; i < n; ++i) ++counts[rng.index(6)];

  // 5 standard deviations of a binomial count with p = 1/6.
  for (int count : counts) EXPECT_NEAR(count, n / 6, 5. * std::sqrt(n * 5. / 36.));
}

TEST(Rng, PermutationHoldsEachIndexOnceAndReachesEveryOrder)
{
  std::set<std::vector<std::size_t>> orders;

  for (std::uint64_t k = 0; k < 200; ++k) orders.insert(Rng(0, "order", k).permutation(3));
  auto large = Rng(0, "order").permutation(1000);
  std::sort(large.begin(), large.end());

  EXPECT_EQ(orders.size(), 6u);
  for (std::size_t i = 0; i < large.size(); ++i) EXPECT_EQ(large[i], i);
  EXPECT_TRUE(Rng(0, "order").permutation(0).empty());
}

}  // namespace
}  // namespace tessera
