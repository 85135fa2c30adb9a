#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>

#include "odebench_sets.hpp"

namespace tessera::domains {
namespace {

TEST(Odebench, PublishedStartsOfSmallFourAreTheShippedOnes)
{
  OdebenchOptions options;
  options.published_ics = true;
  options.test_starts = 3;

  Dataset const data = make(options, 7);

  expect_near(starts_of(data, data.train, "24"),
              {{0.5, 0.5}, {0.646828, 0.674379}, {0.547662, 0.511865}, {0.75, 0.75}}, 1e-6);
  expect_near(starts_of(data, data.train, "35"),
              {{0.3, -0.3}, {0.341594, -0.478}, {0.444994, -0.364479}, {0.5, -0.5}}, 1e-6);
  expect_near(starts_of(data, data.support, "24"), {{0.5, 0.5}}, 0.0);
  expect_near(starts_of(data, data.test, "24"), {{0.5, 0.5}, {0.646828, 0.674379}, {0.75, 0.75}},
              1e-6);
}

TEST(Odebench, TrainingStartsAreTheReferencesAndDrawsInTheirBox)
{
  Dataset const data = make_small("10B");

  Values const starts = starts_of(data, data.train, "28");

  ASSERT_EQ(starts.size(), 4u);
  EXPECT_EQ(starts[0], (std::vector<double>{-1.9, 0.0}));
  EXPECT_EQ(starts[1], (std::vector<double>{0.3, 0.8}));
  for (std::size_t n : {2u, 3u}) {
    EXPECT_GT(starts[n][0], -1.9);
    EXPECT_LT(starts[n][0], 0.3);
    EXPECT_GT(starts[n][1], 0.0);
    EXPECT_LT(starts[n][1], 0.8);
  }
  EXPECT_NE(starts[2], starts[3]);
}

TEST(Odebench, NoStartIsSharedBetweenSplits)
{
  OdebenchOptions options;

  Dataset const data = make(options);

  EXPECT_EQ(data.test.count, 32u);
  EXPECT_EQ(data.query.count, 32u);
  EXPECT_EQ(data.support.count, 1u);
  EXPECT_EQ(data.outside_support.count, 1u);
  for (std::string const &family : data.families) {
    std::set<std::vector<double>> seen;
    std::size_t total = 0;
    for (Trajectories const *split : {&data.train, &data.test, &data.support, &data.query,
                                      &data.outside_support, &data.outside_query}) {
      for (std::vector<double> const &x : starts_of(data, *split, family)) seen.insert(x);
      total += split->count;
    }
    EXPECT_EQ(seen.size(), total) << "family " << family;
  }
}

TEST(Odebench, EnvironmentsOfAFamilyShareTheirStarts)
{
  Dataset const data = make_small("odebench-2");

  for (std::size_t e = 1; e < data.train.size(); ++e) {
    std::size_t const same =
        first_of(data, data.train,
                 data.families[static_cast<std::size_t>(data.train.environments[e].family)]);
    for (std::size_t n = 0; n < data.train.count; ++n) {
      auto const x = data.train.state(e, n, 0), y = data.train.state(same, n, 0);
      EXPECT_TRUE(std::equal(x.begin(), x.end(), y.begin())) << e << ", " << n;
    }
  }
}

TEST(Odebench, TheSeedPermutesEnvironmentsAndMovesStarts)
{
  Dataset const zero = make_small("small-4", 0), again = make_small("small-4", 0),
                one = make_small("small-4", 1);

  auto order = [](Trajectories const &split) {
    Values result;
    for (Environment const &e : split.environments) {
      result.push_back({static_cast<double>(e.family), e.parameters[0]});
    }
    return result;
  };

  Values const first = order(zero.train), other = order(one.train);
  EXPECT_EQ(zero.train.states, again.train.states);
  EXPECT_NE(first, other);
  EXPECT_TRUE(std::is_permutation(first.begin(), first.end(), other.begin()));
  EXPECT_EQ(first, order(zero.test));
  EXPECT_EQ(zero.train.times, zero.test.times);
  EXPECT_FALSE(std::is_sorted(first.begin(), first.end()));
  EXPECT_NE(starts_of(zero, zero.test, "24"), starts_of(one, one.test, "24"));
}

TEST(Odebench, TimesAreAHundredPartsOfTheHorizonWithoutItsEnd)
{
  Dataset const data = make_small("10A");

  auto const grid = data.train.grid(first_of(data, data.train, "34"));

  ASSERT_EQ(grid.size(), 100u);
  EXPECT_EQ(grid[0], 0.0);
  EXPECT_NEAR(grid[1], 0.2, 1e-15);
  EXPECT_NEAR(grid[99], 19.8, 1e-13);
}

TEST(Odebench, AnUnknownSettingIsAnInputErrorThatListsThem)
{
  OdebenchOptions options;
  options.setting = "10C";

  try {
    make(options);
    FAIL() << "10C does not exist";
  } catch (InputError const &error) {
    EXPECT_NE(std::string(error.what()).find("odebench-2"), std::string::npos) << error.what();
  }
}

TEST(OdebenchOptions, AreReadFromTheDataSection)
{
  Config const config = Config::parse(
      "[data]\nsetting = \"10B\"\npublished_ics = true\ntest_starts = 5\n"
      "labels = \"published_tolerance\"\n",
      "test.toml");

  Section section = config.section("data");
  OdebenchOptions const options = OdebenchOptions::read(section);

  EXPECT_EQ(options.setting, "10B");
  EXPECT_EQ(options.labels, "published_tolerance");
  EXPECT_TRUE(options.published_ics);
  EXPECT_EQ(options.test_starts, 5);
  EXPECT_NO_THROW(config.finish());
}

}  // namespace
}  // namespace tessera::domains
