#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/meta/held_out.hpp>

namespace {

using namespace tessera;
using namespace tessera::meta;

// The state of trajectory j of environment e at time k is 100 e + 10 j + k.
domains::Trajectories numbered(std::size_t environments, std::size_t count, std::size_t points)
{
  domains::Trajectories data;
  data.count = count, data.points = points, data.dimension = 1;
  for (std::size_t e = 0; e < environments; ++e) {
    data.environments.push_back({0, {}});
    for (std::size_t k = 0; k < points; ++k) data.times.push_back(double(k));
    for (std::size_t j = 0; j < count; ++j) {
      for (std::size_t k = 0; k < points; ++k) {
        data.states.push_back(100. * double(e) + 10. * double(j) + double(k));
      }
    }
  }
  return data;
}

TEST(HeldOut, OneTrajectoryOfEachSystemInTurn)
{
  Division const two = hold_out(numbered(4, 3, 2), HeldOut::trajectory);

  EXPECT_EQ(two.train.count, 2U);
  EXPECT_EQ(two.held.count, 1U);
  for (std::size_t e = 0; e < 4; ++e) {
    EXPECT_EQ(two.held.state(e, 0, 0)[0], 100. * double(e) + 10. * double(e % 3));
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_NE(two.train.state(e, j, 0)[0], two.held.state(e, 0, 0)[0]);
    }
  }
}

TEST(HeldOut, TheLastFifthOfTheTimesBeginsWhereTrainingEnds)
{
  Division const two = hold_out(numbered(2, 2, 10), HeldOut::tail);

  EXPECT_EQ(two.train.points, 8U);
  EXPECT_EQ(two.held.points, 3U);
  EXPECT_EQ(two.held.state(1, 1, 0)[0], two.train.state(1, 1, 7)[0]);
  EXPECT_EQ(two.held.state(1, 1, 2)[0], 119.);
}

TEST(HeldOut, TooLittleToDivideIsRefusedWithWhatToSet)
{
  EXPECT_THROW(hold_out(numbered(2, 1, 10), HeldOut::trajectory), InputError);
  EXPECT_THROW(hold_out(numbered(2, 2, 4), HeldOut::tail), InputError);
  EXPECT_EQ(hold_out(numbered(2, 1, 4), HeldOut::none).held.size(), 0U);
}

}  // namespace
