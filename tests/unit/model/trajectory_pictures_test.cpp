#include "trajectory_pictures.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace tessera::model {
namespace {

// One system with two starts, three times and two states.
struct TrajectoryPictures : ::testing::Test {
  domains::Dataset data{.state_names = {"x", "y"}};
  std::vector<double> states, deviation;

  TrajectoryPictures()
  {
    data.query.environments.resize(1);
    data.query.count = 2;
    data.query.points = 3;
    data.query.dimension = 2;
    data.query.times = {0, 1, 2};
    for (int n = 0; n < 12; ++n) {
      data.query.states.push_back(n);
      states.push_back(n + 0.5);
      deviation.push_back(0.1 * n);
    }
  }
};

bool is_band(io::Curve const &curve)
{
  return !curve.upper.empty();
}

TEST_F(TrajectoryPictures, ShowTheBandOfOneStartWhereDeviationsAreKnown)
{
  auto const plot = over_time(data, {data.query, states, deviation}, 0);

  ASSERT_EQ(std::count_if(plot.curves.begin(), plot.curves.end(), is_band), 1);
  auto const &band = *std::find_if(plot.curves.begin(), plot.curves.end(), is_band);
  EXPECT_EQ(band.label, "90 % band");
  for (std::size_t k = 0; k < 3; ++k) {
    double const middle = 2 * double(k) + 0.5, half = 1.6448536 * 0.2 * double(k);
    EXPECT_NEAR(band.y[k], middle - half, 1e-6);
    EXPECT_NEAR(band.upper[k], middle + half, 1e-6);
  }
  EXPECT_EQ(plot.curves.size(), 3u);
}

TEST_F(TrajectoryPictures, ShowMoreStartsAndNoBandWhereNothingIsKnown)
{
  auto const plot = over_time(data, {data.query, states, {}}, 0);

  EXPECT_EQ(std::count_if(plot.curves.begin(), plot.curves.end(), is_band), 0);
  EXPECT_EQ(plot.curves.size(), 4u);
}

}  // namespace
}  // namespace tessera::model
