#include <array>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/model/experiment.hpp>
#include <tessera/model/model.hpp>

#include "support/run_config.hpp"
#include "unit/io/temporary_folder.hpp"

// A model of experts of two kinds: experts.bank = ["geps", "coda"].

namespace tessera::model {
namespace {

using testing::HasSubstr;

constexpr char config[] = R"(
[experiment]
name = "mixed"
[data]
setting = "small-4"
test_starts = 1
[experts]
bank = ["geps", "coda"]
count = [1, 2]
precision = "float64"
[experts.geps]
width = 8
depth = 1
context_size = 4
[experts.coda]
width = 6
depth = 2
context_size = 2
[train]
outer_steps = 4
warmup = 1
inner_context = 1
inner_model = 1
[adapt]
search_steps = 2
polish_steps = 2
[output]
checkpoint_every = 2
sinks = []
)";

TEST(MixedModel, IsTrainedAndLoadedAndItsVectorFieldsFollowItsPredictions)
{
  TemporaryFolder folder;
  twins::run_config(folder.path(), config, "run");
  Model const model = Model::load(folder / "run");
  ASSERT_EQ(model.experts(), 3);
  std::array<double, 2> const times{0.0, 1e-4};
  std::vector<double> const start(model.state_names().size(), 0.3);

  for (int expert = 0; expert < 3; ++expert) {
    System system = model.trained(0);
    system.expert = expert;
    Predicted const found = model.predict(system, times, start);
    std::vector<double> dx(start.size());
    model.vector_field(system).evaluate(start, dx, 0.0);
    for (std::size_t i = 0; i < start.size(); ++i) {
      double const slope = (found.states[start.size() + i] - start[i]) / 1e-4;
      EXPECT_NEAR(slope, dx[i], 1e-2 * (std::abs(dx[i]) + 0.1)) << expert;
    }
  }
}

TEST(MixedModel, AStoppedRunGoesOnToTheSameParameters)
{
  TemporaryFolder folder;
  twins::run_config(folder.path(), config, "whole");
  twins::run_config(folder.path(), config, "parts", {"train.stop_after=2"});
  Registry registry;
  register_builtins(registry);
  run({.config = folder / "config.toml",
       .overrides = {"data.path=" + (folder / "data.h5").string()},
       .out = folder / "parts",
       .resume = true,
       .quiet = true},
      registry);
  System const whole = Model::load(folder / "whole").trained(3),
               parts = Model::load(folder / "parts").trained(3);

  EXPECT_EQ(whole.expert, parts.expert);
  EXPECT_EQ(whole.context, parts.context);
}

std::string refusal(std::vector<std::string> const &overrides)
{
  TemporaryFolder folder;
  try {
    twins::run_config(folder.path(), config, "run", overrides);
  } catch (ConfigError const &error) {
    return error.what();
  }
  return "taken";
}

TEST(MixedModel, AListThatMakesNoSenseIsRefusedAtItsPlace)
{
  EXPECT_THAT(refusal({"experts.count=[1]"}), HasSubstr("experts.count"));
  EXPECT_THAT(refusal({"experts.count=[1]"}), HasSubstr("give one number for each"));
  EXPECT_THAT(refusal({"experts.count=[0, 2]"}), HasSubstr("must be between 1 and"));
  EXPECT_THAT(refusal({"experts.bank=[\"geps\", \"geps\"]"}), HasSubstr("twice"));
  EXPECT_THAT(refusal({"experts.bank=[\"geps\", \"codda\"]"}), HasSubstr("coda"));
  EXPECT_THAT(refusal({"experts.bank=[]"}), HasSubstr("is empty"));
  EXPECT_THAT(refusal({"experts.type=geps"}), HasSubstr("leave one of them out"));
  EXPECT_THAT(refusal({"experts.share=trunk"}), HasSubstr("experts.share = \"none\""));
  EXPECT_THAT(refusal({"experts.width=9"}), HasSubstr("experts.width"));
}

}  // namespace
}  // namespace tessera::model
