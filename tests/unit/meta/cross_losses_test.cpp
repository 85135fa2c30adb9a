#include <gtest/gtest.h>

#include <cmath>

#include <tessera/domains/trajectory_parts.hpp>
#include <tessera/fields/geps.hpp>

#include "cross_losses.hpp"

namespace {

using namespace tessera;
using namespace tessera::meta;

// Three environments x' = -c x with c = 1, 2, 3; four trajectories of nine times.
domains::Trajectories decays()
{
  domains::Trajectories data;
  data.environments.resize(3);
  data.count = 4, data.points = 9, data.dimension = 1;
  for (int e = 0; e < 3; ++e) {
    for (int k = 0; k < 9; ++k) data.times.push_back(0.1 * k);
    for (int j = 0; j < 4; ++j) {
      for (int k = 0; k < 9; ++k) data.states.push_back((1 + j) * std::exp(-(e + 1) * 0.1 * k));
    }
  }
  return data;
}

struct CrossLossesTest : ::testing::Test {
  CrossLossesTest()
  {
    // Experts are x' = -(1 + expert) x in the one layer they have; contexts do nothing at zero.
    fields::GepsLayout const layout(shape);
    for (int i = 0; i < 3; ++i) {
      for (std::size_t k = 0; k < bank->row_size(); ++k) mixture.rows()(i, k) = 0;
      mixture.rows()(i, layout.layers[0].w) = -(1.0 + i) + (i == 1 ? 0.01 : 0.0);
      mixture.rows()(i, layout.layers[0].a) = mixture.rows()(i, layout.layers[0].bt) = 1;
    }
    mixture.wake();
    mixture.set_routes(std::vector<int>{0, 1, 2});
  }

  std::vector<double> run() { return run_on(data); }
  std::vector<double> run_on(domains::Trajectories const &some)
  {
    report = {};
    return CrossLosses<double>(mixture, some, options, control, workspace, report).run();
  }

  fields::GepsShape shape{.state = 1, .width = 4, .depth = 1, .rank = 1};
  std::shared_ptr<experts::ExpertBank<double>> bank = fields::make_geps_bank<double>(shape);
  domains::Trajectories data = decays();
  Mixture<double> mixture{bank, 3, 3, true, 1};
  CrossOptions options{.inner = 0, .trajectories = 0, .stop = 0};
  experts::StepControl control{.rtol = 1e-9, .atol = 1e-12};
  TaskWorkspace<double> workspace;
  StepReport report;
};

TEST_F(CrossLossesTest, AreTheMeanSquareErrorsOfEveryPair)
{
  auto const table = run();

  for (int e = 0; e < 3; ++e) {
    for (int i = 0; i < 3; ++i) {
      double expected = 0, rate = 1.0 + i - (i == 1 ? 0.01 : 0.0);
      for (int j = 0; j < 4; ++j) {
        for (int k = 0; k < 9; ++k) {
          double const error = std::exp(-rate * 0.1 * k) - std::exp(-(e + 1) * 0.1 * k);
          expected += (1 + j) * (1 + j) * error * error / 36;
        }
      }
      EXPECT_NEAR(table[e * 3 + i], expected, 1e-8) << e << " " << i;
    }
  }
  EXPECT_EQ(report.solves, 36);
}

TEST_F(CrossLossesTest, GiveUpWhatIsManyTimesWorseThanTheOwnExpertAndKeepTheRest)
{
  auto const whole = run();
  double const flops = report.flops;
  options.stop = 1e4;

  auto const table = run();

  for (int e = 0; e < 3; ++e) {
    for (int i = 0; i < 3; ++i) {
      double const own = whole[e * 3 + e];
      double const entry = table[e * 3 + i];
      if (whole[e * 3 + i] <= options.stop * own) {
        EXPECT_EQ(entry, whole[e * 3 + i]) << e << " " << i;
      } else {
        // One trajectory alone has to exceed the bound: what none of the four does is solved.
        EXPECT_TRUE(entry == options.stop * own || entry == whole[e * 3 + i]) << e << " " << i;
      }
    }
  }
  EXPECT_GT(report.gate_outdone, 0);
  EXPECT_LT(report.flops, flops);
}

TEST_F(CrossLossesTest, StepsOfTheContextOnlyLowerAnEntry)
{
  auto const before = run();
  options.inner = 20;

  auto const after = run();

  for (std::size_t q = 0; q < 9; ++q) EXPECT_LE(after[q], before[q]);
  EXPECT_LT(after[1], 0.8 * before[1]) << "a context can bend a foreign expert";
}

TEST_F(CrossLossesTest, LookAtThePickedTrajectoriesAlone)
{
  auto const some =
      domains::pick_trajectories(data, std::vector(data.size(), std::vector<std::size_t>{2}));

  auto const table = run_on(some);

  EXPECT_EQ(some.count, 1U);
  EXPECT_EQ(some.state(1, 0, 3)[0], data.state(1, 2, 3)[0]);
  EXPECT_EQ(report.solves, 9);
  EXPECT_GT(table[2], 0);
}

}  // namespace
