#include "prepared_data.hpp"

#include <array>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/numeric/odeint.hpp>

#include <tessera/io/dataset_file.hpp>
#include <tessera/io/published_layout.hpp>
#include <tessera/model/experiment.hpp>
#include <tessera/model/model.hpp>

#include "unit/io/temporary_folder.hpp"

namespace tessera::model {
namespace {

using testing::HasSubstr;

constexpr char config[] = R"(
[data]
type = "npz"
[experts]
count = 2
width = 8
depth = 1
[train]
outer_steps = 6
warmup = 2
inner_model = 2
inner_context = 2
[adapt]
search_steps = 3
polish_steps = 3
[output]
sinks = ["predictions"]
)";

/// Five environments in units of somebody's own: x' = -k x, y = 1e6 (2 + x), times in the millions.
domains::Trajectories decays(std::size_t count)
{
  domains::Trajectories data;
  data.environments.resize(5);
  data.count = count;
  data.points = 12;
  data.dimension = 2;
  for (int e = 0; e < 5; ++e) {
    data.environments[std::size_t(e)].number = e;
    for (int k = 0; k < 12; ++k) data.times.push_back(3e6 + 1e5 * k);
    for (std::size_t j = 0; j < count; ++j) {
      for (int k = 0; k < 12; ++k) {
        double const x = double(1 + j) / double(count) * std::exp(-0.1 * (1 + e) * k);
        data.states.insert(data.states.end(), {1e-4 * x, 1e6 * (2 + x)});
      }
    }
  }
  return data;
}

class OwnUnits : public testing::Test {
 protected:
  OwnUnits()
  {
    register_builtins(registry_);
    given_.name = "decays";
    given_.state_names = {"x", "y"};
    given_.train = decays(3);
    given_.test = decays(2);
    given_.support = given_.query = decays(1);
    io::write_published(folder_ / "in", given_);
    std::ofstream(folder_ / "own.toml") << config;
  }
  Settings settings(std::vector<std::string> overrides)
  {
    overrides.push_back("data.path=" + (folder_ / "in").string());
    return Settings::read(Config::load(folder_ / "own.toml", overrides), registry_);
  }
  Registry registry_;
  TemporaryFolder folder_;
  domains::Dataset given_;
};

TEST_F(OwnUnits, TrainingSeesThemPermutedAndStandardised)
{
  Settings const s = settings({});

  PreparedData const data(s.data, given_, 3);

  auto const &train = data.set().train;
  EXPECT_NE(data.order(), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
  for (std::size_t e = 0; e < 5; ++e) {
    auto const now = train.state(e, 1, 4), then = given_.train.state(data.order()[e], 1, 4);
    for (std::size_t i = 0; i < 2; ++i) {
      double const back = data.scaling().offset[i] + data.scaling().scale[i] * now[i];
      EXPECT_NEAR(back / then[i], 1, 1e-12);
    }
    EXPECT_EQ(train.environments[e].number, int(data.order()[e]));
  }
  EXPECT_EQ(data.as_given(std::vector<std::size_t>(data.order())),
            (std::vector<std::size_t>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(doubts_about(data).size() == 1) << "starts of the test are those of training";
}

TEST_F(OwnUnits, AsTheyAreWhereAskedForWithAWordAboutTheirScale)
{
  Settings const s = settings({"data.scale=none"});

  PreparedData const data(s.data, given_, 3);

  EXPECT_EQ(data.set().train.state(0, 1, 4)[0], given_.train.state(data.order()[0], 1, 4)[0]);
  auto const doubts = doubts_about(data);
  ASSERT_EQ(doubts.size(), 4u);
  EXPECT_THAT(doubts[1], HasSubstr("x varies by"));
  EXPECT_THAT(doubts[3], HasSubstr("times of about"));
}

TEST_F(OwnUnits, OfARunAndItsModelAreThoseOfTheFiles)
{
  run({.config = folder_ / "own.toml",
       .overrides = {"data.path=" + (folder_ / "in").string(), "run.seed=3"},
       .out = folder_ / "run",
       .quiet = true},
      registry_);
  domains::Dataset const shown = io::read_dataset(folder_ / "run/predictions.h5");

  Model const model = Model::load(folder_ / "run");

  EXPECT_EQ(shown.train.states, given_.train.states);
  EXPECT_EQ(shown.train.times, given_.train.times);
  for (std::size_t e = 0; e < 5; ++e) {
    Predicted const found =
        model.predict(model.trained(e), given_.test.grid(e), given_.test.state(e, 1, 0));
    ASSERT_EQ(found.status.front(), Status::ok);
    for (std::size_t k = 0; k < 12; ++k) {
      for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(found.states[2 * k + i], shown.test.state(e, 1, k)[i]) << e << " " << k;
      }
    }
    // x moves by about 1e-4, y by about 1e6.
    double const ratio = found.deviation[23] / found.deviation[22];
    EXPECT_GT(ratio, 1e8) << e;
    EXPECT_LT(ratio, 1e12) << e;
  }
}

TEST_F(OwnUnits, OfALearntFieldAreThoseOfTheFiles)
{
  namespace odeint = boost::numeric::odeint;
  using State = std::array<double, 2>;
  run({.config = folder_ / "own.toml",
       .overrides = {"data.path=" + (folder_ / "in").string(), "solver.rtol=1e-6",
                     "solver.atol=1e-6"},
       .out = folder_ / "run",
       .quiet = true},
      registry_);
  Model const model = Model::load(folder_ / "run");
  System const system = model.trained(2);
  VectorField const field = model.vector_field(system);
  State state{1e-4, 3e6};
  std::array<double, 2> const times{3e6, 4e6};
  Predicted const expected = model.predict(system, times, state);

  odeint::integrate_const(odeint::runge_kutta4<State>(), field, state, 3e6, 4e6, 1e3);

  EXPECT_NEAR(state[0] / 1e-4, expected.states[2] / 1e-4, 1e-3);
  EXPECT_NEAR(state[1] / 1e6, expected.states[3] / 1e6, 1e-3);
}

}  // namespace
}  // namespace tessera::model
