#include <vector>

#include <gtest/gtest.h>

#include <tessera/nn/gradient_clip.hpp>

namespace tessera::nn {
namespace {

using Clip = GradientClip<float>;

TEST(GradientClip, LetsUsualGradientsThroughToTheBit)
{
  Clip clip({2, 2}, 10);
  std::vector<float> g{3, 4, 0.1f, -0.2f};
  std::vector<float> const given = g;

  for (int i = 0; i < 5; ++i) EXPECT_EQ(clip.apply(g, {}), 0);

  EXPECT_EQ(g, given);
}

TEST(GradientClip, ScalesALeapToTheFactorOfTheRunningLength)
{
  Clip clip({2}, 10);
  std::vector<float> usual{3, 4}, leap{3000, -4000};
  clip.apply(usual, {});

  int const shortened = clip.apply(leap, {});

  EXPECT_EQ(shortened, 1);
  EXPECT_FLOAT_EQ(leap[0], 30);  // |g| = 5 before, so 50 at most
  EXPECT_FLOAT_EQ(leap[1], -40);
}

TEST(GradientClip, FollowsGradientsThatStayLarge)
{
  Clip clip({1}, 2);
  std::vector<float> g{1};
  clip.apply(g, {});

  for (int i = 0; i < 500; ++i) clip.apply(g = {100}, {});

  EXPECT_FLOAT_EQ(g[0], 100);
}

TEST(GradientClip, OneSegmentsLeapLeavesTheOthersAlone)
{
  Clip clip({1, 1}, 3);
  std::vector<float> g{1, 1};
  clip.apply(g, {});

  g = {1000, 2};
  clip.apply(g, {});

  EXPECT_FLOAT_EQ(g[0], 3);
  EXPECT_FLOAT_EQ(g[1], 2);
}

TEST(GradientClip, AnIdleSegmentIsNeitherClippedNorRemembered)
{
  Clip clip({1}, 2);
  std::vector<std::uint8_t> const idle{0};
  std::vector<float> g{1};
  clip.apply(g, {});

  g = {50};
  EXPECT_EQ(clip.apply(g, idle), 0);
  EXPECT_FLOAT_EQ(g[0], 50);

  EXPECT_EQ(clip.apply(g, {}), 1);
  EXPECT_FLOAT_EQ(g[0], 2);
}

TEST(GradientClip, OfFactorZeroClipsNothing)
{
  Clip clip({1}, 0);
  std::vector<float> g{1};
  clip.apply(g, {});

  g = {1e30f};

  EXPECT_EQ(clip.apply(g, {}), 0);
  EXPECT_FLOAT_EQ(g[0], 1e30f);
}

}  // namespace
}  // namespace tessera::nn
