#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <tessera/fields/geps.hpp>
#include <tessera/meta/mixture.hpp>
#include <tessera/meta/task_batch.hpp>

namespace {

using namespace tessera;
using namespace tessera::meta;

// Two environments of rotations with frequency 1 and 2, two trajectories, eleven times.
domains::Trajectories rotations()
{
  domains::Trajectories data;
  data.environments.resize(2);
  data.count = 2;
  data.points = 11;
  data.dimension = 2;
  for (int e = 0; e < 2; ++e) {
    for (int k = 0; k < 11; ++k) data.times.push_back(0.1 * k);
    for (int j = 0; j < 2; ++j) {
      for (int k = 0; k < 11; ++k) {
        double const angle = (e + 1) * 0.1 * k + j;
        data.states.insert(data.states.end(), {std::cos(angle), -std::sin(angle)});
      }
    }
  }
  return data;
}

struct TaskBatchTest : ::testing::Test {
  domains::Trajectories data = rotations();
  std::shared_ptr<experts::ExpertBank<double>> bank =
      fields::make_geps_bank<double>({.state = 2, .width = 9, .depth = 3, .rank = 2});
  Mixture<double> mixture{bank, 3, 2, true, 5};
  TaskWorkspace<double> workspace;
  experts::StepControl tight{.rtol = 1e-10, .atol = 1e-10};

  double loss(std::vector<Task> const &tasks, std::vector<double> const &contexts)
  {
    TaskBatch<double> batch(data, tasks, contexts, workspace);
    batch.solve(*bank, mixture.rows(), tight, false);
    double sum = 0;
    for (double value : batch.losses()) sum += value;
    return sum;
  }
};

TEST_F(TaskBatchTest, LossIsTheMeanSquareOfTheWindowWhateverTheOrderOfExperts)
{
  std::vector<Task> const tasks{{1, 2, 3, 8}, {0, 0, 0, 0}, {1, 0, 0, 9}};
  std::vector<double> const contexts(6, 0.1);
  TaskBatch<double> batch(data, tasks, contexts, workspace);

  batch.solve(*bank, mixture.rows(), tight, false);

  double expected = 0;
  for (int j = 0; j < 2; ++j) {
    for (int k = 0; k < 8; ++k) {
      for (int i = 0; i < 2; ++i) {
        double const d = batch.predicted(0, j, k)[i] - data.state(1, j, 3 + k)[i];
        expected += d * d / 32;
      }
    }
  }
  EXPECT_NEAR(batch.losses()[0], expected, 1e-14);
  EXPECT_EQ(batch.predicted(0, 1, 0)[0], data.state(1, 1, 3)[0]);
  EXPECT_EQ(batch.failed(), 0);
}

TEST_F(TaskBatchTest, AWindowOfFieldsOfTimeGoesOnWhereTheWholeTrajectoryWas)
{
  auto const timed =
      fields::make_geps_bank<double>({.state = 2, .width = 9, .depth = 3, .rank = 2}, true);
  experts::View2<double> rows("tessera::test::rows", 1, timed->row_size());
  Rng rng(5, "test/timed");
  timed->initialise(std::span<double>(&rows(0, 0), timed->row_size()), rng);
  std::vector<double> const context{0.1, 0.2};
  std::vector<Task> const all{{1, 0, 0, 0}}, late{{1, 0, 4, 0}};
  TaskBatch<double> whole(data, all, context, workspace);
  whole.solve(*timed, rows, tight, false);
  auto continued = data;
  for (int j = 0; j < 2; ++j) {
    for (int i = 0; i < 2; ++i)
      continued.states[(2 + j) * 22 + 4 * 2 + i] = whole.predicted(0, j, 4)[i];
  }
  auto moved = continued;
  for (double &t : moved.times) t -= 0.4;  // the window now begins at zero
  TaskWorkspace<double> rooms[2];

  TaskBatch<double> window(continued, late, context, rooms[0]);
  TaskBatch<double> elsewhen(moved, late, context, rooms[1]);
  window.solve(*timed, rows, tight, false);
  elsewhen.solve(*timed, rows, tight, false);

  for (int j = 0; j < 2; ++j) {
    for (int i = 0; i < 2; ++i) {
      double const end = whole.predicted(0, j, 10)[i];
      EXPECT_NEAR(window.predicted(0, j, 6)[i], end, 1e-8);
      EXPECT_GT(std::abs(elsewhen.predicted(0, j, 6)[i] - end), 1e-4) << "time plays no part";
    }
  }
}

TEST_F(TaskBatchTest, AStepTriedCostsSixEvaluationsAndAStartOne)
{
  std::vector<Task> const tasks{{1, 1, 2, 8}, {0, 0, 0, 0}};
  std::vector<double> const contexts(4, 0.1);
  TaskBatch<double> batch(data, tasks, contexts, workspace);

  batch.solve(*bank, mixture.rows(), tight, false);

  long tried = 0;
  for (std::size_t t = 0; t < 4; ++t) tried += batch.solution().attempted(t);
  EXPECT_GT(tried, 4);
  EXPECT_EQ(batch.evaluations(), 6 * tried + 4);
}

TEST_F(TaskBatchTest, GradientsMatchDifferencesOfTheLossAtATightTolerance)
{
  std::vector<Task> const tasks{{1, 1, 2, 8}, {0, 0, 0, 0}};
  std::vector<double> contexts{0.2, -0.1, 0.3, 0.4};
  experts::View2<double> gradient("tessera::test::gradient", 3, mixture.rows().extent(1));
  TaskBatch<double> batch(data, tasks, contexts, workspace);
  batch.solve(*bank, mixture.rows(), tight, true);

  auto const bars = batch.pull_back(*bank, mixture.rows(), std::vector<double>{1, 1}, gradient);

  double const eps = 1e-5;
  for (std::size_t c = 0; c < 4; ++c) {
    auto up = contexts, down = contexts;
    up[c] += eps;
    down[c] -= eps;
    EXPECT_NEAR(bars[c], (loss(tasks, up) - loss(tasks, down)) / (2 * eps), 1e-6);
  }
  for (std::size_t k = 0; k < bank->row_size(); k += 11) {
    double const kept = mixture.rows()(1, k);
    mixture.rows()(1, k) = kept + eps;
    double const up = loss(tasks, contexts);
    mixture.rows()(1, k) = kept - eps;
    double const down = loss(tasks, contexts);
    mixture.rows()(1, k) = kept;
    EXPECT_NEAR(gradient(1, k), (up - down) / (2 * eps), 1e-6) << k;
  }
  EXPECT_EQ(gradient(2, 0), 0) << "an expert without tasks has no gradient";
}

TEST_F(TaskBatchTest, NormalEquationsAreThoseOfTheDifferencedStates)
{
  std::vector<Task> const tasks{{1, 2, 2, 8}, {0, 0, 0, 0}};
  std::vector<double> const contexts{0.2, -0.1, 0.3, 0.4};
  TaskBatch<double> batch(data, tasks, contexts, workspace);
  batch.solve(*bank, mixture.rows(), tight, true);
  std::vector<double> errors;
  for (int j = 0; j < 2; ++j) {
    for (int k = 0; k < 8; ++k) {
      for (int i = 0; i < 2; ++i) {
        errors.push_back(batch.predicted(0, j, k)[i] - data.state(1, j, 2 + k)[i]);
      }
    }
  }

  auto const equations = batch.normal_equations(*bank, mixture.rows());

  double const eps = 1e-5;
  std::vector<std::vector<double>> columns(2);
  for (int r = 0; r < 2; ++r) {
    auto up = contexts, down = contexts;
    up[r] += eps;
    down[r] -= eps;
    TaskWorkspace<double> rooms[2];
    TaskBatch<double> above(data, tasks, up, rooms[0]), below(data, tasks, down, rooms[1]);
    above.solve(*bank, mixture.rows(), tight, false);
    below.solve(*bank, mixture.rows(), tight, false);
    for (int j = 0; j < 2; ++j) {
      for (int k = 0; k < 8; ++k) {
        for (int i = 0; i < 2; ++i) {
          double const d = above.predicted(0, j, k)[i] - below.predicted(0, j, k)[i];
          columns[r].push_back(d / (2 * eps));
        }
      }
    }
  }
  for (int r = 0; r < 2; ++r) {
    double gradient = 0;
    for (std::size_t n = 0; n < 32; ++n) gradient += columns[r][n] * errors[n] / 32;
    EXPECT_NEAR(equations.gradient[r], gradient, 1e-7);
    for (int c = 0; c < 2; ++c) {
      double entry = 0;
      for (std::size_t n = 0; n < 32; ++n) entry += columns[r][n] * columns[c][n] / 32;
      EXPECT_NEAR(equations.matrix[2 * r + c], entry, 1e-7);
    }
  }
}

TEST_F(TaskBatchTest, NormalEquationsHoldHalfTheGradientOfThePullBack)
{
  std::vector<Task> const tasks{{1, 1, 2, 8}, {0, 0, 0, 0}, {0, 2, 1, 0}};
  std::vector<double> const contexts{0.2, -0.1, 0.3, 0.4, -0.5, 0};
  experts::View2<double> gradient("tessera::test::gradient", 3, mixture.rows().extent(1));
  TaskBatch<double> batch(data, tasks, contexts, workspace);
  batch.solve(*bank, mixture.rows(), {}, true);

  auto const equations = batch.normal_equations(*bank, mixture.rows());

  auto const bars = batch.pull_back(*bank, mixture.rows(), std::vector<double>(3, 1), gradient);
  for (std::size_t c = 0; c < 6; ++c) EXPECT_NEAR(2 * equations.gradient[c], bars[c], 1e-12);
}

TEST_F(TaskBatchTest, AFailedIntegrationIsTheLargestLossAndGivesNoGradient)
{
  data.states[0] = std::numeric_limits<double>::quiet_NaN();
  std::vector<Task> const tasks{{0, 0, 0, 0}, {1, 1, 0, 0}};
  experts::View2<double> gradient("tessera::test::gradient", 3, mixture.rows().extent(1));
  TaskBatch<double> batch(data, tasks, std::vector<double>(4, 0.1), workspace);

  batch.solve(*bank, mixture.rows(), {}, true);
  batch.pull_back(*bank, mixture.rows(), std::vector<double>{1, 1}, gradient);

  EXPECT_EQ(batch.failed(0), 1);
  EXPECT_EQ(batch.status(0), Status::not_finite);
  EXPECT_EQ(batch.losses()[0], std::numeric_limits<double>::max());
  EXPECT_LT(batch.losses()[1], 1e3);
  for (std::size_t k = 0; k < bank->row_size(); ++k) EXPECT_TRUE(std::isfinite(gradient(1, k)));
}

TEST_F(TaskBatchTest, ABoundThatIsNeverReachedChangesNoBit)
{
  std::vector<Task> const tasks{{0, 0, 0, 0}, {1, 1, 0, 0}};
  std::vector<double> const contexts(4, 0.1);
  TaskWorkspace<double> other;
  TaskBatch<double> free(data, tasks, contexts, workspace), bounded(data, tasks, contexts, other);
  free.solve(*bank, mixture.rows(), tight, false);

  bounded.bound_losses(std::vector<double>{1e6, std::numeric_limits<double>::max()});
  bounded.solve(*bank, mixture.rows(), tight, false);

  EXPECT_EQ(bounded.losses(), free.losses());
  EXPECT_EQ(bounded.outdone(), 0);
}

TEST_F(TaskBatchTest, AnIntegrationBeyondItsBoundIsGivenUpAndLosesButDidNotFail)
{
  std::vector<Task> const tasks{{0, 0, 0, 0}, {1, 1, 0, 0}};
  TaskBatch<double> batch(data, tasks, std::vector<double>(4, 0.1), workspace);
  batch.solve(*bank, mixture.rows(), tight, false);
  std::vector<double> const whole = batch.losses();
  int const all_steps = batch.solution().attempted(0);

  batch.bound_losses(std::vector<double>{1e-3 * whole[0], 10 * whole[1]});
  batch.solve(*bank, mixture.rows(), tight, false);

  EXPECT_EQ(batch.status(0), Status::outdone);
  EXPECT_LT(batch.solution().attempted(0), all_steps);
  EXPECT_EQ(batch.losses()[0], std::numeric_limits<double>::max());
  EXPECT_EQ(batch.losses()[1], whole[1]);
  EXPECT_EQ(batch.outdone(), 2);
  EXPECT_EQ(batch.failed(), 0);
}

TEST_F(TaskBatchTest, GradientsOfContextsAloneAreThoseBesideTheWeights)
{
  std::vector<Task> const tasks{{1, 1, 2, 8}, {0, 0, 0, 0}};
  std::vector<double> const contexts{0.2, -0.1, 0.3, 0.4}, ones{1, 1};
  experts::View2<double> gradient("tessera::test::gradient", 3, mixture.rows().extent(1));
  TaskBatch<double> batch(data, tasks, contexts, workspace);
  batch.solve(*bank, mixture.rows(), tight, true);

  auto const both = batch.pull_back(*bank, mixture.rows(), ones, gradient);
  auto const alone = batch.pull_back_contexts(*bank, mixture.rows(), ones);

  EXPECT_EQ(alone, both);
}

TEST_F(TaskBatchTest, CountsTheFlopsOfLiveLanesOnly)
{
  std::vector<Task> const tasks{{0, 0, 0, 0}};
  TaskBatch<double> batch(data, tasks, std::vector<double>(2, 0.1), workspace);

  batch.solve(*bank, mixture.rows(), tight, false);

  double tried = 0;
  for (int t = 0; t < 2; ++t) tried += batch.solution().attempted(t);
  double const expected = bank->flops_per_evaluation() * (6 * tried + 2) + 112 * tried;
  EXPECT_EQ(batch.flops(*bank, false), expected);
}

}  // namespace
