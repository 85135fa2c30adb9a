#include <tessera/domains/trajectories.hpp>

#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/refusal.hpp"

namespace tessera::domains {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Two environments of `count` trajectories at `points` times of one state, which counts up.
Dataset counting(std::size_t count, std::size_t points)
{
  Dataset data;
  Trajectories &train = data.train;
  train.environments.resize(2);
  train.count = count;
  train.points = points;
  train.dimension = 1;
  train.times.resize(2 * points);
  for (std::size_t k = 0; k < 2 * points; ++k) train.times[k] = double(k % points);
  train.states.resize(2 * count * points);
  std::iota(train.states.begin(), train.states.end(), 0.);
  return data;
}

TEST(HoldOutTest, TakesTheLastQuarterOfTrajectories)
{
  Dataset data = counting(4, 3);

  hold_out_test(data);

  EXPECT_EQ(data.train.count, 3u);
  EXPECT_EQ(data.test.count, 1u);
  EXPECT_THAT(data.test.states, ElementsAre(9, 10, 11, 21, 22, 23));
  EXPECT_EQ(data.train.state(1, 0, 0)[0], 12);
  EXPECT_THAT(data.remark, HasSubstr("the last 1 of 4 trajectories"));
}

TEST(HoldOutTest, TakesTheLastTimesOfOneTrajectoryFromWhereTrainingEnds)
{
  Dataset data = counting(1, 8);

  hold_out_test(data);

  EXPECT_EQ(data.train.points, 6u);
  EXPECT_THAT(data.test.states, ElementsAre(5, 6, 7, 13, 14, 15));
  EXPECT_THAT(data.test.times, ElementsAre(5, 6, 7, 5, 6, 7));
  EXPECT_THAT(data.remark, HasSubstr("nothing about other starts"));
}

TEST(HoldOutTest, RefusesWhatIsTooLittleToShare)
{
  Dataset data = counting(1, 7);

  EXPECT_THAT(refusal([&] { hold_out_test(data); }), HasSubstr("give test data"));
}

TEST(Environment, IsCalledByNumberAndNameOfItsOwner)
{
  Environment environment;
  EXPECT_EQ(called(environment, 4), "environment 4");
  environment.number = 2;
  EXPECT_EQ(called(environment, 4), "environment 2");
  environment.name = "pump 7";
  EXPECT_EQ(called(environment, 4), "environment 2 (pump 7)");
}

}  // namespace
}  // namespace tessera::domains
