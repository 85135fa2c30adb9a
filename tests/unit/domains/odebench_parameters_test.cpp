#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "odebench_sets.hpp"

namespace tessera::domains {
namespace {

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

}  // namespace
}  // namespace tessera::domains
