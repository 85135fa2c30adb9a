#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/meta/matching.hpp>

namespace {

using namespace tessera::meta;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Infinite entries and the sum of the finite ones: what is minimised, in this order.
using Total = std::pair<int, double>;

Total total_of(std::vector<double> const &cost, std::vector<int> const &pair, std::size_t columns)
{
  Total total{0, 0.};
  for (std::size_t row = 0; row < pair.size(); ++row) {
    if (pair[row] < 0) continue;
    double const here = cost[row * columns + static_cast<std::size_t>(pair[row])];
    if (std::isfinite(here)) {
      total.second += here;
    } else {
      ++total.first;
    }
  }
  return total;
}

/// The best total by trying every one-to-one assignment. Costs are small integers: sums are exact.
Total brute_force(std::vector<double> const &cost, std::size_t rows, std::size_t columns)
{
  std::vector<int> slots(std::max(rows, columns), -1);  // one entry per column, −1 to fill up
  for (std::size_t j = 0; j < columns; ++j) slots[j] = static_cast<int>(j);
  std::sort(slots.begin(), slots.end());
  Total best{1 << 20, 0.};
  do {
    std::vector<int> const pair(slots.begin(), slots.begin() + static_cast<long>(rows));
    best = std::min(best, total_of(cost, pair, columns));
  } while (std::next_permutation(slots.begin(), slots.end()));
  return best;
}

void expect_one_to_one(std::vector<int> const &pair, std::size_t rows, std::size_t columns)
{
  ASSERT_EQ(pair.size(), rows);
  std::vector<int> taken(columns, 0);
  std::size_t matched = 0;
  for (int j : pair) {
    ASSERT_LT(j, static_cast<int>(columns));
    if (j < 0) continue;
    ++matched;
    EXPECT_EQ(++taken[static_cast<std::size_t>(j)], 1);
  }
  EXPECT_EQ(matched, std::min(rows, columns));
}

TEST(Hungarian, AgreesWithBruteForceOnRandomMatrices)
{
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    tessera::Rng rng(seed, "matching");
    std::size_t const rows = 1 + rng.index(5), columns = 1 + rng.index(5);
    std::vector<double> cost(rows * columns);
    // Few values make many ties; every third matrix has infinities and NaN.
    for (double &c : cost) {
      c = static_cast<double>(rng.index(7)) - 2.;
      if (seed % 3 == 0 && rng.uniform() < .4) c = rng.uniform() < .5 ? infinity : std::nan("");
    }

    std::vector<int> const pair = hungarian(cost, rows, columns);

    expect_one_to_one(pair, rows, columns);
    EXPECT_EQ(total_of(cost, pair, columns), brute_force(cost, rows, columns)) << "seed " << seed;
  }
}

TEST(Hungarian, BeatsTheGreedyMatching)
{
  std::vector<double> const cost{1., 2., 0., 9.};

  EXPECT_EQ(hungarian(cost, 2, 2), (std::vector<int>{1, 0}));
  EXPECT_EQ(greedy_matching(cost, 2, 2), (std::vector<int>{0, 1}));
}

TEST(Hungarian, LeavesTheDearestRowOverWhereColumnsAreFewer)
{
  std::vector<double> const cost{5., 1., 3.};

  EXPECT_EQ(hungarian(cost, 3, 1), (std::vector<int>{-1, 0, -1}));
}

TEST(Hungarian, KeepsTheOrderWhereAllCostsAreEqual)
{
  std::vector<double> const cost(16, 3.);

  EXPECT_EQ(hungarian(cost, 4, 4), (std::vector<int>{0, 1, 2, 3}));
}

TEST(Hungarian, TakesHugeAndTinyCosts)
{
  std::vector<double> const huge{1e308, 1., 2., 1e308};
  std::vector<double> const tiny{3e-310, 1e-310, 1e-310, 3e-310};

  EXPECT_EQ(hungarian(huge, 2, 2), (std::vector<int>{1, 0}));
  EXPECT_EQ(hungarian(tiny, 2, 2), (std::vector<int>{1, 0}));
}

TEST(Hungarian, RefusesCostsOfAnotherShape)
{
  std::vector<double> const cost{1., 2., 3.};

  EXPECT_THROW(hungarian(cost, 2, 2), tessera::Error);
  EXPECT_THROW(greedy_matching(cost, 2, 2), tessera::Error);
}

TEST(GreedyMatching, TakesRowsInOrderAndTheLowerColumnOnTies)
{
  std::vector<double> const cost{4., 4., 5., 1., 0., 2., 0., 0., 9., 3., 3., 3.};

  EXPECT_EQ(greedy_matching(cost, 4, 3), (std::vector<int>{0, 1, 2, -1}));
}

TEST(GreedyMatching, TakesAnInfiniteEntryOnlyWhenNothingElseIsLeft)
{
  std::vector<double> const cost{std::nan(""), infinity, 7., 1., infinity, 0.};

  EXPECT_EQ(greedy_matching(cost, 2, 3), (std::vector<int>{2, 0}));
}

TEST(Purity, CountsTheBestPairing)
{
  std::vector<int> const family{0, 0, 0, 1, 1, 1};
  std::vector<int> const expert{1, 1, 1, 0, 0, 1};

  EXPECT_EQ(routing_table(family, expert, 2, 2), (std::vector<int>{0, 3, 2, 1}));
  EXPECT_DOUBLE_EQ(purity(family, expert, 2, 2), 5. / 6.);
}

TEST(Purity, ExhaustsTheSmallerSide)
{
  std::vector<int> const family{0, 0, 1, 1, 1};

  EXPECT_DOUBLE_EQ(purity(family, std::vector<int>(5, 0), 2, 1), 3. / 5.);
  EXPECT_DOUBLE_EQ(purity(std::vector<int>(5, 0), family, 1, 2), 3. / 5.);
  EXPECT_DOUBLE_EQ(purity(family, family, 2, 7), 1.);
}

TEST(Purity, DoesNotPairOneExpertTwice)
{
  std::vector<int> const family{0, 0, 0, 1, 1, 1, 1};
  std::vector<int> const expert{0, 0, 1, 0, 0, 0, 1};  // both families prefer expert 0

  EXPECT_DOUBLE_EQ(purity(family, expert, 2, 2), 4. / 7.);
}

TEST(Purity, RefusesWhatIsOutsideTheTable)
{
  std::vector<int> const family{0, 1}, expert{0, 2};

  EXPECT_THROW(purity(family, expert, 2, 2), tessera::Error);
  EXPECT_THROW(purity(family, std::vector<int>{0}, 2, 2), tessera::Error);
  EXPECT_THROW(purity({}, {}, 2, 2), tessera::Error);
}

}  // namespace
