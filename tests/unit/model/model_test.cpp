#include <array>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/numeric/odeint.hpp>

#include <tessera/core/error.hpp>
#include <tessera/io/dataset_file.hpp>
#include <tessera/model/experiment.hpp>
#include <tessera/model/model.hpp>
#include <tessera/model/systems_file.hpp>

#include "support/refusal.hpp"
#include "support/run_config.hpp"
#include "unit/io/temporary_folder.hpp"

namespace tessera::model {
namespace {

constexpr char config[] = R"(
[experiment]
name = "small"
[run]
seed = 3
[data]
setting = "small-4"
test_starts = 2
[experts]
count = 4
width = 8
depth = 2
context_size = 2
precision = "float64"
[train]
outer_steps = 12
warmup = 8
inner_context = 2
inner_model = 2
[optimizer]
rate = 1e-2
context_rate = 1e-2
[solver]
rtol = 1e-9
atol = 1e-9
max_steps = 100000
[adapt]
search_steps = 5
polish_steps = 5
[output]
sinks = ["predictions"]
)";

/// One small run for all tests of this file.
class TrainedModel : public testing::Test {
 protected:
  static void SetUpTestSuite()
  {
    folder_ = new TemporaryFolder;
    twins::run_config(folder_->path(), config, "run");
    data_ = new domains::Dataset(io::read_dataset(*folder_ / "data.h5"));
    predicted_ = new domains::Dataset(io::read_dataset(*folder_ / "run/predictions.h5"));
  }
  static void TearDownTestSuite()
  {
    delete predicted_;
    delete data_;
    delete folder_;
  }

  static std::filesystem::path folder() { return *folder_ / "run"; }
  static domains::Dataset const &data() { return *data_; }
  static domains::Dataset const &predicted() { return *predicted_; }

 private:
  static inline TemporaryFolder *folder_ = nullptr;
  static inline domains::Dataset *data_ = nullptr, *predicted_ = nullptr;
};

TEST_F(TrainedModel, PredictsToTheBitWhatItsRunPredicted)
{
  Model const model = Model::load(folder());

  for (std::size_t e : {0u, 7u, 19u}) {
    auto const start = data().test.state(e, 1, 0);
    Predicted const found = model.predict(model.trained(e), data().test.grid(e), start);

    ASSERT_EQ(found.status, std::vector{Status::ok});
    for (std::size_t k = 0; k < data().test.points; ++k) {
      for (std::size_t i = 0; i < 2; ++i) {
        ASSERT_EQ(found.states[k * 2 + i], predicted().test.state(e, 1, k)[i]) << e << " " << k;
      }
    }
  }
}

TEST_F(TrainedModel, AdaptsToTheSystemsThatItsRunFound)
{
  Model const model = Model::load(folder());

  std::vector<System> const found = model.adapt(data().support);

  std::vector<System> const of_run = read_systems(folder() / "adapted.json");
  ASSERT_EQ(found.size(), of_run.size());
  for (std::size_t e = 0; e < found.size(); ++e) {
    EXPECT_EQ(found[e].expert, of_run[e].expert);
    EXPECT_EQ(found[e].context, of_run[e].context);
    EXPECT_EQ(found[e].support_loss, of_run[e].support_loss);
  }
}

TEST_F(TrainedModel, AdaptingAloneOrTogetherFindsTheSameSystem)
{
  Model const model = Model::load(folder());
  auto const &support = data().support;
  std::span<double const> const states(support.states.data(), support.points * 2);

  System const alone = model.adapt(support.grid(0), states);

  System const together = model.adapt(support).front();
  EXPECT_EQ(alone.expert, together.expert);
  for (std::size_t r = 0; r < alone.context.size(); ++r) {
    EXPECT_NEAR(alone.context[r], together.context[r], 1e-9);
  }
}

TEST_F(TrainedModel, ItsVectorFieldUnderTwoOdeintSteppersFollowsItsPrediction)
{
  namespace odeint = boost::numeric::odeint;
  using State = std::array<double, 2>;
  Model const model = Model::load(folder());
  System const system = model.trained(4);
  VectorField const field = model.vector_field(system);
  State const start{data().test.state(4, 0, 0)[0], data().test.state(4, 0, 0)[1]};
  std::array<double, 2> const times{0.0, 2.0};
  Predicted const expected = model.predict(system, times, start);

  State controlled = start, fixed = start;
  odeint::integrate_adaptive(
      odeint::make_controlled<odeint::runge_kutta_dopri5<State>>(1e-10, 1e-10), field, controlled,
      0.0, 2.0, 0.01);
  odeint::integrate_const(odeint::runge_kutta4<State>(), field, fixed, 0.0, 2.0, 0.005);

  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(controlled[i], expected.states[2 + i], 1e-7);
    EXPECT_NEAR(fixed[i], expected.states[2 + i], 1e-7);
  }
  EXPECT_GT(std::abs(expected.states[2] - start[0]), 1e-3) << "nothing moved";
}

TEST_F(TrainedModel, RefusesArraysThatDoNotFitAndSaysWhere)
{
  Model const model = Model::load(folder());
  System const system = model.trained(0);
  double const nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> const times{0, 1, 2}, back{0, 2, 1}, start{1, 1}, three{1, 1, 1};

  EXPECT_THAT(refusal([&] { model.predict(system, back, start); }), testing::HasSubstr("times[2]"));
  EXPECT_THAT(refusal([&] { model.predict(system, times, three); }),
              testing::HasSubstr("(trajectory, state)"));
  EXPECT_THAT(refusal([&] {
                model.predict(system, times, std::vector{1.0, nan});
              }),
              testing::HasSubstr("states"));
  EXPECT_THAT(refusal([&] { model.adapt(times, std::vector(4, 1.0)); }),
              testing::HasSubstr("(trajectory, time, state)"));
  EXPECT_THAT(refusal([&] { model.trained(20); }), testing::HasSubstr("trained on 20"));
  EXPECT_THAT(refusal([&] { model.predict({.expert = 9}, times, start); }),
              testing::HasSubstr("expert 9"));
  EXPECT_THAT(refusal([&] { model.vector_field({.context = {1}}); }),
              testing::HasSubstr("1 components"));
  EXPECT_THAT(refusal([&] {
                std::vector<double> dx(2);
                model.vector_field(system).evaluate(three, dx);
              }),
              testing::HasSubstr("of 2 states"));
}

TEST_F(TrainedModel, ATrajectoryThatRunsAwayIsNaNAndTheOthersStand)
{
  Model const model = Model::load(folder());
  std::vector<double> const times{0, 1e9}, starts{0.5, 0.5};

  Predicted const found = model.predict(model.trained(0), times, starts);

  EXPECT_NE(found.status[0], Status::ok);
  EXPECT_EQ(found.states.size(), 4u);
  EXPECT_TRUE(std::isnan(found.states[3]));
}

TEST_F(TrainedModel, LoadingWhatIsNoRunOrHasNoCheckpointIsRefused)
{
  TemporaryFolder place;
  std::filesystem::copy(folder(), place / "bare", std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(place / "bare/checkpoints");
  std::filesystem::copy(folder(), place / "torn", std::filesystem::copy_options::recursive);
  std::ofstream(place / "torn/model.json") << "{\"state_names\": [\"u\"";

  EXPECT_THAT(refusal([&] { Model::load(place.path()); }), testing::HasSubstr("folder of a run"));
  EXPECT_THAT(refusal([&] { Model::load(place / "bare"); }), testing::HasSubstr("no checkpoint"));
  EXPECT_THAT(refusal([&] { Model::load(place / "torn"); }), testing::HasSubstr("is damaged"));
}

}  // namespace
}  // namespace tessera::model
