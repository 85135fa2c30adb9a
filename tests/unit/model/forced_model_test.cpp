#include <array>
#include <cmath>
#include <fstream>

#include <gtest/gtest.h>
#include <boost/numeric/odeint.hpp>

#include <tessera/model/experiment.hpp>
#include <tessera/model/model.hpp>

#include "support/run_config.hpp"
#include "unit/io/temporary_folder.hpp"

// A model whose experts see the time: data.type = "forced_oscillator", experts.time = true.

namespace tessera::model {
namespace {

constexpr char config[] = R"(
[experiment]
name = "forced"
[data]
type = "forced_oscillator"
[experts]
count = 1
time = true
width = 8
depth = 2
context_size = 2
precision = "float64"
[train]
outer_steps = 6
warmup = 1
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
search_steps = 2
polish_steps = 2
[output]
sinks = []
)";

Model trained(TemporaryFolder const &folder)
{
  twins::run_config(folder.path(), config, "run");
  return Model::load(folder / "run");
}

TEST(ForcedModel, ItsVectorFieldUnderOdeintFollowsItsPredictionFromALaterTime)
{
  namespace odeint = boost::numeric::odeint;
  using State = std::array<double, 2>;
  TemporaryFolder folder;
  Model const model = trained(folder);
  System const system = model.trained(4);
  VectorField const field = model.vector_field(system);
  State const start{0.4, -0.2};
  std::array<double, 2> const times{3.0, 5.0}, earlier{0.0, 2.0};

  Predicted const expected = model.predict(system, times, start);
  Predicted const before = model.predict(system, earlier, start);
  State state = start;
  odeint::integrate_adaptive(
      odeint::make_controlled<odeint::runge_kutta_dopri5<State>>(1e-10, 1e-10), field, state, 3.0,
      5.0, 0.01);

  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(state[i], expected.states[2 + i], 1e-7);
    EXPECT_GT(std::abs(before.states[2 + i] - expected.states[2 + i]), 1e-3)
        << "time plays no part";
  }
}

}  // namespace
}  // namespace tessera::model
