#include <gtest/gtest.h>

#include <vector>

#include <tessera/core/stop.hpp>
#include <tessera/train/trainer.hpp>

namespace {

using namespace tessera;
using namespace tessera::train;

struct Record {
  std::vector<long> steps, saved;
  TrainerHooks hooks()
  {
    return {[this](long step) {
              steps.push_back(step);
              return std::string();
            },
            [this](long done) { saved.push_back(done); }};
  }
};

TEST(RunSteps, SavesAfterTheFirstStepThenAtTheIntervalAndAtTheEnd)
{
  Record record;

  auto reason = run_steps({.steps = 7, .checkpoint_every = 3}, 0, record.hooks(), {}, "test");

  EXPECT_EQ(reason, StopReason::finished);
  EXPECT_EQ(record.steps.size(), 7u);
  EXPECT_EQ(record.saved, (std::vector<long>{1, 3, 6, 7}));
}

TEST(RunSteps, StopsAfterTheStepsAskedForWithACheckpoint)
{
  Record record;

  auto reason =
      run_steps({.steps = 9, .stop_after = 4, .checkpoint_every = 10}, 0, record.hooks(), {}, "");

  EXPECT_EQ(reason, StopReason::stop_after);
  EXPECT_EQ(record.saved.back(), 4);
}

TEST(RunSteps, GoesOnWhereACheckpointEnded)
{
  Record record;

  run_steps({.steps = 5}, 3, record.hooks(), {}, "");

  EXPECT_EQ(record.steps, (std::vector<long>{3, 4}));
}

TEST(RunSteps, WalltimeStopsBeforeTheNextStep)
{
  Record record;

  WallTime const over(1e-9);
  auto reason = run_steps({.steps = 5}, 0, record.hooks(), {}, "");

  EXPECT_EQ(reason, StopReason::walltime);
  EXPECT_TRUE(record.saved.empty());
}

}  // namespace
