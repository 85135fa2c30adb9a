#include "settings.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

#include "read_experts.hpp"
#include "run_start.hpp"

namespace tessera::model {
namespace {

void read_data(Config const &config, Registry const &registry, Settings &s)
{
  Section data = config.section("data");
  s.data.source = registry.make<domains::DatasetSource>(data, "odebench");
  s.data.difficulty = domains::Difficulty::read(data);
  s.data.path_given = data.has("path");
  std::string name = s.data.source->name();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || c == '/'; }, '_');
  // The families that come along were chosen with training in mind, and their published figures are
  // of them as they are.
  bool const own = s.data.source->own_units();
  s.data.standardised = data.choose("scale", own, {{"none", false}, {"standard", true}});
  s.data.path = data.get("path", fmt::format("data/{}_seed{}.h5", name, s.seed));
}

}  // namespace

std::string DataSettings::fingerprint(std::uint64_t seed) const
{
  return fmt::format("tessera data 1; {}; seed {}", source->settings(), seed);
}

Settings Settings::read(Config const &config, Registry const &registry)
{
  Settings s;
  read_run(config, s);
  read_data(config, registry, s);
  Section experts = config.section("experts");
  read_experts(experts, registry, s);
  s.split = experts.get("split", true);
  s.trunk = experts.choose("share", false, {{"none", false}, {"trunk", true}});
  experts::TrunkOptions &trunk = s.trunk_options;
  trunk.part_rate = experts.get_in("part_rate", trunk.part_rate, 0.0, 10.0);
  if (s.trunk && s.expert_kind->make_float(2)->kinds() > 1) {
    experts.fail("share",
                 "= \"trunk\" adds the numbers of all experts to a common row, which means nothing "
                 "for experts of different types; set experts.share = \"none\"");
  }
  s.precision = experts.choose("precision", "float32", {"float32", "float64"});
  s.gate = registry.make<GateKind>(config.section("gate"), "least_squares", "score");
  Section train = config.section("train"), optimizer = config.section("optimizer");
  s.mixer = meta::MixerOptions::read(train, optimizer);
  s.trainer.steps = s.mixer.outer_steps;
  s.trainer.stop_after = train.get_in("stop_after", 0, 0, 1000000000);
  s.solver = registry.make<SolverKind>(config.section("solver"), "tsit5")->control;
  Section adapt = config.section("adapt");
  s.adapt = meta::AdaptOptions::read(adapt);
  if (s.adapt.method == "levenberg_marquardt" &&
      !s.expert_kind->make_float(2)->has_push_forward()) {
    adapt.fail("method",
               "needs the sensitivities of solutions to contexts, which experts of this "
               "type do not give; set adapt.method = \"adabelief\"");
  }
  Section output = config.section("output");
  s.test_every = output.get_in("test_every", 0, 0, 1000000000);
  s.sinks = read_sinks(output, registry);
  if (s.gate->make(s.experts)->splits() && s.mixer.warmup >= s.mixer.outer_steps) {
    train.fail("warmup", fmt::format("must be below train.outer_steps = {}: the experts are split "
                                     "off when the warm-up ends",
                                     s.mixer.outer_steps));
  }
  config.finish();
  s.resolved = config.resolved();
  s.given = config.text();
  return s;
}

}  // namespace tessera::model
