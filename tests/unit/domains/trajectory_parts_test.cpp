#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/trajectory_parts.hpp>

namespace {

using namespace tessera::domains;

// State i of trajectory j of environment e at time k is 1000 e + 100 j + 10 k + i.
Trajectories numbered(std::size_t environments, std::size_t count, std::size_t points)
{
  Trajectories data;
  data.count = count, data.points = points, data.dimension = 2;
  for (std::size_t e = 0; e < environments; ++e) {
    data.environments.push_back({static_cast<int>(e % 2), {double(e)}});
    for (std::size_t k = 0; k < points; ++k) data.times.push_back(double(e) + 0.1 * double(k));
    for (std::size_t j = 0; j < count; ++j) {
      for (std::size_t k = 0; k < points; ++k) {
        for (double i : {0., 1.}) {
          data.states.push_back(1000. * double(e) + 100. * double(j) + 10. * double(k) + i);
        }
      }
    }
  }
  return data;
}

TEST(TrajectoryParts, EnvironmentsKeepTheirTimesParametersAndStates)
{
  Trajectories const part = pick_environments(numbered(3, 2, 4), {2, 0});

  ASSERT_EQ(part.size(), 2U);
  EXPECT_EQ(part.environments[0].parameters[0], 2.);
  EXPECT_EQ(part.grid(0)[1], 2.1);
  EXPECT_EQ(part.state(0, 1, 3)[1], 2131.);
  EXPECT_EQ(part.state(1, 1, 3)[0], 130.);
}

TEST(TrajectoryParts, EveryEnvironmentMayHaveTrajectoriesOfItsOwnChosen)
{
  Trajectories const part = pick_trajectories(numbered(2, 3, 4), {{2, 0}, {1, 2}});

  EXPECT_EQ(part.count, 2U);
  EXPECT_EQ(part.state(0, 0, 1)[0], 210.);
  EXPECT_EQ(part.state(1, 0, 1)[0], 1110.);
  EXPECT_THROW(pick_trajectories(numbered(2, 3, 4), {{0}, {1, 2}}), tessera::Error);
  EXPECT_THROW(pick_trajectories(numbered(2, 3, 4), {{0}, {3}}), tessera::Error);
}

TEST(TrajectoryParts, TimesBeginWhereAsked)
{
  Trajectories const part = pick_times(numbered(2, 2, 5), 3, 2);

  EXPECT_EQ(part.points, 2U);
  EXPECT_EQ(part.grid(1)[0], 1.3);
  EXPECT_EQ(part.state(1, 1, 1)[1], 1141.);
  EXPECT_THROW(pick_times(numbered(2, 2, 5), 3, 3), tessera::Error);
}

}  // namespace
