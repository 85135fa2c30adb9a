#include <algorithm>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/meta/selection.hpp>

namespace {

using tessera::Rng;
using tessera::meta::select_environments;
using tessera::meta::SlicedPoints;
using Indices = std::vector<std::size_t>;
constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<double> const line{0., 1., 2., 10., 11.};

Indices select(std::string const &rule, int count, std::vector<double> const &losses = {},
               std::uint64_t seed = 0, std::vector<double> const &contexts = line)
{
  Rng rng(seed, "selection");
  return select_environments(SlicedPoints::dense(contexts, 1), losses, {rule, count}, rng);
}

TEST(Selection, NearTakesTheDrawnEnvironmentAndThenItsNearest)
{
  std::vector<Indices> const nearest{{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {3, 4, 2}, {4, 3, 2}};
  std::vector<int> drawn(5, 0);

  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Indices const chosen = select("near", 3, {}, seed);
    EXPECT_EQ(chosen, nearest[chosen.front()]) << "seed " << seed;
    ++drawn[chosen.front()];
  }

  for (int times : drawn) EXPECT_GT(times, 20);  // 40 expected, deviation 5.7
}

TEST(Selection, NearMeasuresTheMeanAbsoluteDifference)
{
  std::vector<double> const plane{0., 0., 3., 0., 2., 2.};  // L1: 3 and 4; L2: 3 and 2.83
  Rng rng(0, "selection");
  Indices chosen;

  while (chosen.empty() || chosen.front() != 0) {
    chosen = select_environments(SlicedPoints::dense(plane, 2), {}, {"near", 2}, rng);
  }

  EXPECT_EQ(chosen, (Indices{0, 1}));
}

TEST(Selection, NearBreaksTiesByIndexBehindTheDrawnOne)
{
  std::vector<double> const zero(5, 0.);
  std::set<std::size_t> first;

  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Indices const chosen = select("near", 3, {}, seed, zero);
    std::size_t const drawn = chosen.front();
    first.insert(drawn);
    EXPECT_EQ(chosen, (drawn == 0   ? Indices{0, 1, 2}
                       : drawn == 1 ? Indices{1, 0, 2}
                                    : Indices{drawn, 0, 1}));
  }

  EXPECT_EQ(first.size(), 5u);  // equal contexts keep no environment from being the first
}

TEST(Selection, PublishedNearTakesTheFirstOfTheFileWhereAllContextsAreZero)
{
  std::vector<double> const zero(5, 0.);

  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_EQ(select("near_published", 3, {}, seed, zero), (Indices{0, 1, 2}));
  }
}

TEST(Selection, AllAndTooManyAreEveryEnvironmentInOrder)
{
  EXPECT_EQ(select("all", 1), (Indices{0, 1, 2, 3, 4}));
  EXPECT_EQ(select("near", 99), (Indices{0, 1, 2, 3, 4}));
  EXPECT_EQ(select("random", 5), (Indices{0, 1, 2, 3, 4}));
}

TEST(Selection, FirstTakesTheFirst)
{
  EXPECT_EQ(select("first", 2), (Indices{0, 1}));
}

TEST(Selection, RandomTakesDistinctEnvironmentsAndEveryOneInTurn)
{
  std::vector<int> taken(5, 0);

  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    Indices chosen = select("random", 3, {}, seed);
    for (std::size_t e : chosen) ++taken[e];
    std::sort(chosen.begin(), chosen.end());
    ASSERT_EQ(chosen.size(), 3u);
    EXPECT_EQ(std::unique(chosen.begin(), chosen.end()), chosen.end());
  }

  for (int times : taken) EXPECT_GT(times, 40);  // 60 expected, deviation 4.9
}

TEST(Selection, WeightedDrawsInProportionToTheLoss)
{
  int second = 0;

  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    second += select("near_weighted", 1, {1., 3., 0., 0., 0.}, seed).front() == 1;
  }

  EXPECT_NEAR(second, 1500, 100);  // deviation 19
}

TEST(Selection, InverseWeightedDrawsInProportionToTheInverseLoss)
{
  int first = 0;

  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    first += select("near_inverse_weighted", 1, {1., 4., 4., 4., 4.}, seed).front() == 0;
  }

  EXPECT_NEAR(first, 1000, 110);  // 1 : 4 · 1/4, deviation 22
}

TEST(Selection, LargestLossStartsFromTheWorstAndFromWhatIsNotKnownFirst)
{
  EXPECT_EQ(select("near_largest_loss", 2, {1., 3., 2., 3., 0.}), (Indices{1, 0}));
  EXPECT_EQ(select("near_largest_loss", 2, {1., 3., 2., infinity, 0.}), (Indices{3, 4}));
}

TEST(Selection, DrawsUniformlyWhereNoLossIsKnown)
{
  for (std::string const rule : {"near_weighted", "near_inverse_weighted", "near_largest_loss"}) {
    for (auto const &losses :
         {std::vector<double>{}, std::vector<double>(5, 0.), std::vector<double>(5, infinity)}) {
      std::vector<int> drawn(5, 0);

      for (std::uint64_t seed = 0; seed < 100; ++seed) ++drawn[select(rule, 1, losses, seed)[0]];

      for (int times : drawn) EXPECT_GT(times, 4) << rule;  // 20 expected, deviation 4
    }
  }
}

TEST(Selection, NamesTheKnownRulesWhereOneIsUnknown)
{
  try {
    select("nearest", 2);
    FAIL() << "no error";
  } catch (tessera::InputError const &error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("near_largest_loss"));
  }
}

TEST(Selection, RefusesSizesThatDoNotFit)
{
  EXPECT_THROW(select("near", 0), tessera::InputError);
  EXPECT_THROW(select("near_weighted", 2, {1., 2.}), tessera::Error);
}

}  // namespace
