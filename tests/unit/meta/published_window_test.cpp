#include <cmath>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/meta/published_window.hpp>

namespace tessera::meta {
namespace {

/// Forty environments of two trajectories over 100 times t_k = k / 10: x = (t², j).
domains::Trajectories parabolas()
{
  domains::Trajectories data;
  data.environments.resize(40);
  data.count = 2;
  data.points = 100;
  data.dimension = 2;
  for (std::size_t e = 0; e < data.size(); ++e) {
    for (int k = 0; k < 100; ++k) data.times.push_back(0.1 * k);
    for (int j = 0; j < 2; ++j) {
      for (int k = 0; k < 100; ++k) {
        data.states.push_back(0.01 * k * k);
        data.states.push_back(j);
      }
    }
  }
  return data;
}

TEST(PublishedWindow, HasTwelveToNineteenOfTwentyPointsAndNeverTheLast)
{
  domains::Trajectories const cut = cut_published_windows(parabolas(), {}, 5);
  std::set<int> lengths;

  ASSERT_EQ(cut.points, 20u);
  for (std::size_t e = 0; e < cut.size(); ++e) {
    double const spacing = 0.5;  // every fifth of 0.1
    lengths.insert(static_cast<int>((cut.grid(e)[19] - cut.grid(e)[0]) / spacing + 1.5));
    EXPECT_LE(cut.grid(e)[19], 9.0 + 1e-12);
    EXPECT_NEAR(cut.grid(e)[1] - cut.grid(e)[0], cut.grid(e)[19] - cut.grid(e)[18], 1e-12);
  }

  EXPECT_GE(*lengths.begin(), 12);
  EXPECT_LE(*lengths.rbegin(), 19);
  EXPECT_GT(lengths.size(), 4u);
}

TEST(PublishedWindow, InterpolatesLinearlyBetweenThePointsKept)
{
  domains::Trajectories const cut = cut_published_windows(parabolas(), {}, 5);

  for (std::size_t e = 0; e < cut.size(); ++e) {
    for (std::size_t k = 0; k < cut.points; ++k) {
      double const t = cut.grid(e)[k], low = 0.5 * std::floor(t / 0.5 + 1e-9), high = low + 0.5;
      double const chord = low * low + (t - low) / 0.5 * (high * high - low * low);
      EXPECT_NEAR(cut.state(e, 1, k)[0], chord, 1e-9) << e << " " << k;
      EXPECT_EQ(cut.state(e, 1, k)[1], 1.0);
    }
  }
}

TEST(PublishedWindow, OfTheWholeShareIsEveryPointKept)
{
  domains::Trajectories const data = parabolas();

  domains::Trajectories const cut = cut_published_windows(data, {.skip = 1, .share = 1.0}, 5);

  EXPECT_EQ(cut.points, 100u);
  for (std::size_t k = 0; k < 100; ++k) {
    EXPECT_NEAR(cut.state(3, 0, k)[0], data.state(3, 0, k)[0], 1e-12);
  }
}

TEST(PublishedWindow, IsTheSameForASeedAndAnotherForAnother)
{
  domains::Trajectories const data = parabolas();

  EXPECT_EQ(cut_published_windows(data, {}, 5).times, cut_published_windows(data, {}, 5).times);
  EXPECT_NE(cut_published_windows(data, {}, 5).times, cut_published_windows(data, {}, 6).times);
}

TEST(PublishedWindow, WithoutTwoPointsIsRefusedWithTheKeyToChange)
{
  try {
    cut_published_windows(parabolas(), {.skip = 60, .share = 0.6}, 5);
    ADD_FAILURE() << "taken";
  } catch (InputError const &error) {
    EXPECT_NE(std::string(error.what()).find("train.window_skip"), std::string::npos);
  }
}

}  // namespace
}  // namespace tessera::meta
