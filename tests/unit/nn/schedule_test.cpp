#include <cmath>

#include <gtest/gtest.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/nn/schedule.hpp>

namespace {

using namespace tessera::nn;

TEST(StepSchedule, FallsAtOneThirdAndTwoThirds)
{
  StepSchedule const schedule{.rate = 1., .factor = .5, .total = 10};  // boundaries 3 and 6

  EXPECT_DOUBLE_EQ(schedule.at(0), 1.);
  EXPECT_DOUBLE_EQ(schedule.at(2), 1.);
  EXPECT_DOUBLE_EQ(schedule.at(3), .5);
  EXPECT_DOUBLE_EQ(schedule.at(5), .5);
  EXPECT_DOUBLE_EQ(schedule.at(6), .25);
  EXPECT_DOUBLE_EQ(schedule.at(99), .25);
}

TEST(StepSchedule, HitsTheThirdsOfEveryMultipleOfThree)
{
  for (std::size_t third = 1; third <= 20000; ++third) {
    StepSchedule const schedule{.rate = 1., .factor = .5, .total = 3 * third};

    ASSERT_EQ(schedule.at(third - 1), 1.) << third;
    ASSERT_EQ(schedule.at(third), .5) << third;
    ASSERT_EQ(schedule.at(2 * third - 1), .5) << third;
    ASSERT_EQ(schedule.at(2 * third), .25) << third;
  }
}

TEST(StepSchedule, TakesADecimalFractionAsWritten)
{
  StepSchedule const schedule{.rate = 1., .factor = .5, .total = 100, .boundaries = {.29}};

  EXPECT_EQ(schedule.at(28), 1.);  // .29 · 100 is a little less than 29 in double precision
  EXPECT_EQ(schedule.at(29), .5);
}

TEST(CosineSchedule, WarmsUpAndFallsToItsFinalRatio)
{
  CosineSchedule const schedule{.rate = 2., .warmup = .2, .final_ratio = .1, .total = 21};

  EXPECT_DOUBLE_EQ(schedule.at(0), .5);  // four steps of warm-up: 1/4, 2/4, 3/4, 4/4
  EXPECT_DOUBLE_EQ(schedule.at(3), 2.);
  EXPECT_DOUBLE_EQ(schedule.at(4), 2.);
  EXPECT_NEAR(schedule.at(12), 2. * (.1 + .9 * .5), 1e-12);  // half way between 4 and 20
  EXPECT_NEAR(schedule.at(20), .2, 1e-12);
  EXPECT_NEAR(schedule.at(500), .2, 1e-12);
}

TEST(CosineSchedule, IsFiniteForTheShortestRuns)
{
  for (std::size_t total : {0u, 1u, 2u}) {
    CosineSchedule const schedule{.rate = 1., .warmup = 1., .total = total};

    for (std::size_t step = 0; step < 4; ++step) {
      EXPECT_GE(schedule.at(step), .01 - 1e-12);
      EXPECT_LE(schedule.at(step), 1.);
    }
  }
}

TEST(Schedule, IsReadFromItsTable)
{
  auto const config = tessera::Config::parse(
      "[a]\nfactor = 0.25\nboundaries = [0.5]\n[b]\ntype = \"cosine\"\nfinal_ratio = 0.5\n",
      "test");
  auto a = config.section("a"), b = config.section("b");

  Schedule const stepped = read_schedule(a, 8., 10);
  Schedule const cosine = read_schedule(b, 8., 10);

  EXPECT_DOUBLE_EQ(rate_at(stepped, 4), 8.);
  EXPECT_DOUBLE_EQ(rate_at(stepped, 5), 2.);
  EXPECT_DOUBLE_EQ(rate_at(cosine, 0), 8.);
  EXPECT_NEAR(rate_at(cosine, 9), 4., 1e-12);
  config.finish();
}

TEST(Schedule, IsThePublishedOneByDefault)
{
  auto const config = tessera::Config::parse("", "test");
  auto section = config.section("schedule");

  Schedule const schedule = read_schedule(section, 1e-3, 36000);

  EXPECT_DOUBLE_EQ(rate_at(schedule, 11999), 1e-3);
  EXPECT_DOUBLE_EQ(rate_at(schedule, 12000), 4e-4);
  EXPECT_DOUBLE_EQ(rate_at(schedule, 24000), 1.6e-4);
}

TEST(Schedule, RefusesABoundaryOutsideTheTraining)
{
  auto const config = tessera::Config::parse("[s]\nboundaries = [0.5, 1.5]\n", "test");
  auto section = config.section("s");

  EXPECT_THROW(read_schedule(section, 1., 10), tessera::ConfigError);
}

TEST(DecaySchedule, FallsInStairsOrSmoothlyDownToTheLowest)
{
  DecaySchedule const stairs{.rate = 1e-3, .factor = .5, .every = 800, .lowest = 1e-4};
  EXPECT_DOUBLE_EQ(stairs.at(799), 1e-3);
  EXPECT_DOUBLE_EQ(stairs.at(800), 5e-4);
  EXPECT_DOUBLE_EQ(stairs.at(4000), 1e-4);

  DecaySchedule const smooth{
      .rate = 1e-3, .factor = .1, .every = 2000, .lowest = 0, .smooth = true};
  EXPECT_NEAR(smooth.at(1000), 1e-3 * std::pow(10., -.5), 1e-15);
}

}  // namespace
