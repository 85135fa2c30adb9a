#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "support/geps_batch.hpp"
#include "support/plain_geps.hpp"
#include "support/plain_tsit5.hpp"

namespace {

using namespace tessera;
using twins::GepsBatch;

template <class T>
experts::OdeSolution<T> solve(GepsBatch<T> const &problem, experts::StepControl const &control)
{
  experts::OdeSolution<T> solution(problem.batch.size(), problem.batch.times.extent(1),
                                   problem.batch.state(), 0);
  problem.bank->integrate({}, problem.rows, problem.batch, control, solution);
  return solution;
}

TEST(GepsBank, HasThePublishedNumberOfParameters)
{
  fields::GepsLayout layout({.state = 2, .width = 64, .depth = 3, .rank = 4});

  EXPECT_EQ(layout.size, 6053u);
  EXPECT_EQ(layout.flops_per_evaluation(), 10784 + 2 * 64);
}

TEST(GepsBank, PlainFieldIsTheModulatedNetwork)
{
  GepsBatch<double> problem({.state = 3, .width = 11, .depth = 3, .rank = 2}, 1, 1, 3, 0.1);
  std::vector<double> dx(3);

  problem.bank->evaluate(problem.row(0), problem.context(0), 0, problem.initial(0), dx);

  auto expected = twins::plain_geps<double>(problem.layout, problem.row(0), problem.context(0),
                                            problem.initial(0));
  for (int i = 0; i < 3; ++i) EXPECT_NEAR(dx[i], expected[i], 1e-14);
}

// Widths and ranks that divide nothing; more trajectories than lanes, so that lanes are refilled.
TEST(GepsBank, LanesSolveAsThePlainLoopDoesOnOddSizes)
{
  GepsBatch<double> problem({.state = 3, .width = 13, .depth = 4, .rank = 3}, 2, 117, 12, 0.2);
  experts::StepControl control{.rtol = 1e-5, .atol = 1e-7};

  auto solution = solve(problem, control);

  for (int t = 0; t < 117; ++t) {
    auto field = [&](std::vector<double> const &x) {
      return twins::plain_geps<double>(problem.layout, problem.row(problem.expert[t]),
                                       problem.context(t), x);
    };
    auto plain = twins::plain_tsit5(field, problem.initial(t), problem.times(t), control);
    ASSERT_EQ(solution.status(t), Status::ok);
    EXPECT_EQ(solution.attempted(t), plain.attempted);
    EXPECT_EQ(solution.accepted(t), static_cast<int>(plain.steps.size()));
    for (std::size_t k = 0; k < plain.states.size(); ++k) {
      for (int i = 0; i < 3; ++i) EXPECT_NEAR(solution.states(t, k, i), plain.states[k][i], 1e-9);
    }
  }
}

TEST(GepsBank, FloatLanesAgreeWithDoubleToTheTolerance)
{
  GepsBatch<float> problem({.state = 2, .width = 64, .depth = 3, .rank = 4}, 3, 50, 20, 0.06);
  GepsBatch<double> exact({.state = 2, .width = 64, .depth = 3, .rank = 4}, 3, 50, 20, 0.06);

  auto solution = solve(problem, {});
  auto reference = solve(exact, {.rtol = 1e-10, .atol = 1e-10});

  for (int t = 0; t < 50; ++t) {
    int const k = problem.batch.points(t) - 1;
    EXPECT_NEAR(solution.states(t, k, 0), reference.states(t, k, 0), 5e-3);
  }
}

TEST(GepsBank, ResultsDoNotDependOnTheQueueATrajectoryStandsIn)
{
  GepsBatch<float> problem({.state = 2, .width = 20, .depth = 3, .rank = 3}, 1, 70, 15, 0.3);
  auto alone = problem;
  alone.batch.blocks = experts::View1<experts::Block>("tessera::test::blocks", 70);
  for (int t = 0; t < 70; ++t) alone.batch.blocks(t) = {0, t, t + 1};

  auto together = solve(problem, {});
  auto single = solve(alone, {});

  for (int t = 0; t < 70; ++t) {
    for (int k = 0; k < problem.batch.points(t); ++k) {
      EXPECT_EQ(together.states(t, k, 0), single.states(t, k, 0));
    }
  }
}

TEST(GepsBank, AStepLimitEndsOneTrajectoryAndLeavesTheOthers)
{
  GepsBatch<float> problem({.state = 2, .width = 16, .depth = 3, .rank = 2}, 1, 40, 10, 0.1);
  for (int k = 0; k < 10; ++k) problem.batch.times(17, k) = 60.0f * static_cast<float>(k);

  auto solution = solve(problem, {.max_steps = 20});

  EXPECT_EQ(solution.status(17), Status::step_limit);
  for (int t = 0; t < 40; ++t) {
    EXPECT_EQ(solution.status(t) == Status::ok, t != 17) << t;
  }
}

TEST(GepsBank, ANonFiniteStateIsReportedAndHarmsNoNeighbour)
{
  GepsBatch<float> problem({.state = 2, .width = 16, .depth = 3, .rank = 2}, 1, 40, 10, 0.1);
  auto expected = solve(problem, {});
  problem.batch.initial(5, 1) = std::numeric_limits<float>::quiet_NaN();

  auto solution = solve(problem, {});

  EXPECT_EQ(solution.status(5), Status::not_finite);
  for (int t = 0; t < 40; ++t) {
    if (t == 5) continue;
    EXPECT_EQ(solution.states(t, problem.batch.points(t) - 1, 0),
              expected.states(t, problem.batch.points(t) - 1, 0));
  }
}

}  // namespace
