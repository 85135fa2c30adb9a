#include <tessera/meta/evaluation.hpp>

#include <cmath>

#include <gtest/gtest.h>

namespace tessera::meta {
namespace {

/// One environment, two trajectories, two times, two states.
domains::Trajectories truth_of(double unit)
{
  domains::Trajectories truth;
  truth.environments.resize(1);
  truth.count = truth.points = truth.dimension = 2;
  truth.times = {0, 1};
  for (double x : {0., 3., 1., 3., 2., 5., 1., 1.}) truth.states.push_back(unit * x);
  return truth;
}

/// Predictions that miss the first state of the last time of each trajectory by `miss`.
Prediction missing(domains::Trajectories const &truth, double miss)
{
  Prediction prediction{truth.states, {Status::ok, Status::ok}, {}};
  prediction.states[2] += miss;
  prediction.states[6] -= miss;
  return prediction;
}

TEST(Metrics, NrmseIsTheErrorInDeviationsOfEachComponent)
{
  auto const truth = truth_of(1);
  Prediction prediction = missing(truth, 0.5);

  score(prediction, truth, std::vector{0.25, 2.});

  // Two of eight numbers are wrong by two deviations.
  EXPECT_DOUBLE_EQ(prediction.metrics.nrmse[0], std::sqrt(2 * 4. / 8));
}

TEST(Metrics, R2IsOneMinusErrorsOverSquaresAboutTheMean)
{
  auto const truth = truth_of(1);
  Prediction prediction = missing(truth, 0.5);

  score(prediction, truth, std::vector{1., 1.});

  // About the means 1 and 3: 1 + 0 + 1 + 0 and 0 + 0 + 4 + 4; errors 2 x 0.25.
  EXPECT_NEAR(prediction.metrics.r2[0], 1 - 0.5 / 10, 1e-12);
  EXPECT_EQ(prediction.metrics.r2_share(), 1);
}

TEST(Metrics, BothAreTheSameInAnyUnit)
{
  for (double const unit : {1e-9, 1e6, 1e150}) {
    auto const truth = truth_of(unit);
    Prediction prediction = missing(truth, 0.5 * unit);

    score(prediction, truth, std::vector{0.25 * unit, 2. * unit});

    EXPECT_NEAR(prediction.metrics.nrmse[0], 1, 1e-12);
    EXPECT_NEAR(prediction.metrics.r2[0], 0.95, 1e-12);
  }
}

TEST(Metrics, ASystemWithATrajectoryThatFailedIsNeverGood)
{
  auto const truth = truth_of(1);
  Prediction prediction = missing(truth, 0);
  prediction.status[1] = Status::step_limit;

  score(prediction, truth, std::vector{1., 1.});

  EXPECT_EQ(prediction.metrics.r2_share(), 0);
  EXPECT_EQ(prediction.metrics.failed, 1);
}

TEST(Metrics, ASystemAtRestIsMeasuredByTheDeviationsOfTraining)
{
  domains::Trajectories truth = truth_of(1);
  truth.states = {2, 2, 2, 2, 2, 2, 2, 2};
  Prediction near = missing(truth, 0.1), far = missing(truth, 10);

  score(near, truth, std::vector{1., 1.});
  score(far, truth, std::vector{1., 1.});

  EXPECT_EQ(near.metrics.r2_share(), 1);
  EXPECT_EQ(far.metrics.r2_share(), 0);
}

TEST(Metrics, TheShareOfTimesBelowTheFloorIsTold)
{
  auto const usual = truth_of(1), small = truth_of(1e-9);
  Prediction at_usual = missing(usual, 0), at_small = missing(small, 0);

  score(at_usual, usual);
  score(at_small, small);

  EXPECT_EQ(at_usual.metrics.floored, 0);
  EXPECT_EQ(at_small.metrics.floored, 1);
}

}  // namespace
}  // namespace tessera::meta
