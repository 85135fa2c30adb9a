#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/odebench.hpp>

namespace tessera::domains {
namespace {

Dataset make(OdebenchOptions const &options, std::uint64_t seed = 0)
{
  Registry registry;
  register_odebench_families(registry);
  return make_odebench(options, seed, registry);
}

/// Settings of the paper with few test starts: parameters and training starts do not depend on it.
Dataset make_small(std::string const &setting, std::uint64_t seed = 0)
{
  OdebenchOptions options;
  options.setting = setting;
  options.test_starts = 2;
  return make(options, seed);
}

using Values = std::vector<std::vector<double>>;

Values parameters_of(Dataset const &data, Trajectories const &split, std::string const &family)
{
  Values result;
  for (Environment const &e : split.environments) {
    if (data.families[static_cast<std::size_t>(e.family)] == family) result.push_back(e.parameters);
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::size_t first_of(Dataset const &data, Trajectories const &split, std::string const &family)
{
  std::size_t e = 0;
  while (data.families[static_cast<std::size_t>(split.environments[e].family)] != family) ++e;
  return e;
}

Values starts_of(Dataset const &data, Trajectories const &split, std::string const &family)
{
  std::size_t const e = first_of(data, split, family);
  Values result;
  for (std::size_t n = 0; n < split.count; ++n) {
    auto const x = split.state(e, n, 0);
    result.emplace_back(x.begin(), x.end());
  }
  return result;
}

void expect_near(Values const &values, Values const &expected, double tolerance)
{
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(values[i].size(), expected[i].size());
    for (std::size_t j = 0; j < values[i].size(); ++j) {
      EXPECT_NEAR(values[i][j], expected[i][j], tolerance) << i << ", " << j;
    }
  }
}

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

TEST(Odebench, GridsOfTenBRoundToThePublishedValues)
{
  Dataset const data = make_small("10B");
  auto rounded = [&](std::string const &family) {
    Values values = parameters_of(data, data.train, family);
    for (auto &c : values) {
      for (double &x : c) x = std::round(100.0 * x) / 100.0;
    }
    return values;
  };

  Values double_well = rounded("32");
  Values const damped = rounded("25"), glycolytic = rounded("39"), hoop = rounded("34");

  EXPECT_EQ(data.train.size(), 160u);
  Values expected_damped, expected_glycolytic;
  for (double c0 : {3.6, 4.2, 4.8, 5.4}) {
    for (double c1 : {0.34, 0.40, 0.46, 0.52}) expected_damped.push_back({c0, c1});
  }
  for (double c0 : {1.92, 2.24, 2.56, 2.88}) {
    for (double c1 : {0.06, 0.07, 0.07, 0.08}) expected_glycolytic.push_back({c0, c1});
  }
  expect_near(damped, expected_damped, 1e-12);
  expect_near(glycolytic, expected_glycolytic, 1e-12);
  EXPECT_NEAR(hoop.front()[0], -2.52, 1e-12);
  EXPECT_NEAR(hoop.back()[0], -1.68, 1e-12);
  EXPECT_EQ(hoop.size(), 16u);
  double_well.erase(std::unique(double_well.begin(), double_well.end()), double_well.end());
  EXPECT_EQ(double_well.size(), 9u);  // .14 … .22; they are 16 values before rounding
  EXPECT_EQ(std::set(double_well.begin(), double_well.end()).size(), 9u);
}

TEST(Odebench, ParametersAreNotRounded)
{
  Dataset const data = make_small("small-4");

  Values const values = parameters_of(data, data.train, "40");

  double const c = 0.886;
  expect_near(values, {{0.8 * c}, {0.9 * c}, {c}, {1.1 * c}, {1.2 * c}}, 1e-15);
}

TEST(Odebench, AdaptationOfSmallFourIsTheMidpointNearestTheMiddle)
{
  Dataset const data = make_small("small-4");

  EXPECT_EQ(data.support.size(), 4u);
  expect_near(parameters_of(data, data.support, "24"), {{1.05 * 2.1}}, 1e-15);
  expect_near(parameters_of(data, data.query, "35"), {{1.05 * 2.0}}, 1e-15);
}

TEST(Odebench, AdaptationOfTwoParametersIsACellCentreOfTheGrid)
{
  Dataset const data = make_small("odebench-2");

  // Five environments fill the first five places of a 3 x 3 grid: one whole cell.
  expect_near(parameters_of(data, data.train, "25"),
              {{4.05, 0.36}, {4.05, 0.40}, {4.05, 0.44}, {4.5, 0.36}, {4.5, 0.40}}, 1e-12);
  expect_near(parameters_of(data, data.support, "25"), {{4.275, 0.38}}, 1e-12);
}

TEST(Odebench, AdaptationEnvironmentsLieBetweenTrainingOnesAndAreNoneOfThem)
{
  for (std::string const setting : {"small-4", "odebench-2", "10A", "10B"}) {
    Dataset const data = make_small(setting);
    std::size_t const expected = setting[0] == '1' ? 4 : 1;
    for (std::string const &family : data.families) {
      Values const train = parameters_of(data, data.train, family);
      Values const adapt = parameters_of(data, data.support, family);

      ASSERT_EQ(adapt.size(), expected) << setting << ", family " << family;
      EXPECT_EQ(std::set(adapt.begin(), adapt.end()).size(), expected);
      EXPECT_EQ(adapt, parameters_of(data, data.query, family));
      for (std::vector<double> const &c : adapt) {
        EXPECT_EQ(std::count(train.begin(), train.end(), c), 0) << setting << ", " << family;
        for (std::size_t p = 0; p < c.size(); ++p) {
          auto const [low, high] =
              std::minmax_element(train.begin(), train.end(),
                                  [p](auto const &a, auto const &b) { return a[p] < b[p]; });
          EXPECT_GE(c[p], (*low)[p]);
          EXPECT_LE(c[p], (*high)[p]);
        }
      }
    }
  }
}

TEST(Odebench, AdaptationOfTenBIsSpreadEvenly)
{
  Dataset const data = make_small("10B");

  // Midpoints 1, 5, 9 and 13 of the 15 between 16 values from 0.8 to 1.2 times 2.1.
  double const step = 0.4 / 15 * 2.1, low = 0.8 * 2.1;
  expect_near(parameters_of(data, data.support, "24"),
              {{low + 1.5 * step}, {low + 5.5 * step}, {low + 9.5 * step}, {low + 13.5 * step}},
              1e-12);
  expect_near(parameters_of(data, data.support, "25"),
              {{3.9, 0.86 * 0.5}, {4.5, 0.43 * 13 / 15}, {4.5, 0.43 * 17 / 15}, {5.1, 0.43}},
              1e-12);
}

TEST(Odebench, OutsideEnvironmentsAreFivePercentBeyondTheTrainingRange)
{
  Dataset const data = make_small("10B");

  expect_near(parameters_of(data, data.outside_support, "24"),
              {{0.95 * 0.8 * 2.1}, {1.05 * 1.2 * 2.1}}, 1e-12);
  expect_near(parameters_of(data, data.outside_query, "25"),
              {{0.95 * 3.6, 0.95 * 0.8 * 0.43}, {1.05 * 5.4, 1.05 * 1.2 * 0.43}}, 1e-12);
  expect_near(parameters_of(data, data.outside_query, "34"), {{-1.05 * 2.52}, {-0.95 * 1.68}},
              1e-12);
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
