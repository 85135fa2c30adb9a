#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/dataset_source.hpp>
#include <tessera/domains/dynamics.hpp>
#include <tessera/domains/equations.hpp>
#include <tessera/domains/odebench.hpp>

#include "truth.hpp"

namespace tessera::domains {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string const pendulum =
    "[[data.family]]\n"
    "name = \"damped pendulum\"\n"
    "states = [\"theta\", \"omega\"]\n"
    "equations = [\"omega\", \"-g/L*sin(theta) - c*omega\"]\n"
    "parameters = { L = [0.5, 0.8, 1.2], c = { from = 0.1, to = 0.2, count = 2 }, g = 9.81 }\n"
    "start = { theta = [-1.0, 1.0], omega = 0.5 }\n"
    "horizon = 2\n"
    "units = { theta = \"rad\", L = \"m\", g = \"m/s2\" }\n";
std::string const decay =
    "[[data.family]]\n"
    "name = \"forced decay\"\n"
    "states = [\"x\", \"omega\"]\n"
    "equations = [\"-x + sin(t)\", \"-2*omega\"]\n"
    "start = { x = [0, 1], omega = [0, 1] }\n";

std::unique_ptr<DatasetSource> source_of(std::string const &text,
                                         std::vector<std::string> const &overrides = {})
{
  Registry registry;
  register_equations(registry);
  Config const config = Config::parse(text, "run.toml", overrides);
  auto source = registry.make<DatasetSource>(config.section("data"), "equations");
  config.finish();
  return source;
}

Dataset data_of(std::string const &text, std::uint64_t seed = 0)
{
  return source_of("[data]\ntest_starts = 3\npoints = 11\n" + text)->make(seed, Registry(), {});
}

std::string message_of(std::string const &text, std::vector<std::string> const &overrides = {})
{
  try {
    (void)source_of(text, overrides)->make(0, Registry(), {});
  } catch (Error const &error) {
    return error.what();
  }
  return "no error";
}

std::string with(std::string text, std::string const &old, std::string const &now)
{
  auto const at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), now);
}

TEST(Equations, MakeEverySystemOfTheirParametersWithStartsFromTheirBoxes)
{
  Dataset const data = data_of(pendulum);

  EXPECT_EQ(data.train.size(), 6u);
  EXPECT_EQ(data.train.count, 4u);
  EXPECT_EQ(data.test.count, 3u);
  EXPECT_THAT(data.train.grid(0).back(), 2.0);
  EXPECT_THAT(data.state_names, ElementsAre("theta", "omega"));
  EXPECT_THAT(data.families, ElementsAre("damped pendulum"));
  EXPECT_THAT(data.parameter_names.front(), ElementsAre("L", "c"));
  EXPECT_THAT(data.units.front(), ElementsAre("rad", "1", "m", "1"));
  for (std::size_t n = 0; n < data.train.count; ++n) {
    auto const start = data.train.state(0, n, 0);
    EXPECT_LE(std::abs(start[0]), 1);
    EXPECT_EQ(start[1], 0.5);
  }
}

TEST(Equations, AdaptationSystemsLieBetweenTheTrainingOnes)
{
  Dataset const data = data_of(pendulum);

  // Two cells in the 3 x 2 grid of L and c; entry floor((0 + 1/2) 2 / 1) = 1 of them.
  ASSERT_EQ(data.support.size(), 1u);
  EXPECT_THAT(data.support.environments[0].parameters,
              ElementsAre(testing::DoubleEq(1.0), testing::DoubleEq(0.15)));
  EXPECT_EQ(data.query.count, 3u);
}

TEST(Equations, WithoutParametersThatVaryAreOneSystemAndNoNewOnes)
{
  Dataset const data = data_of(decay);

  EXPECT_EQ(data.train.size(), 1u);
  EXPECT_EQ(data.support.size(), 0u);
  // x' = -x + sin t: x = (x0 + 1/2) e^-t + (sin t - cos t) / 2.
  for (std::size_t k = 0; k < data.train.points; ++k) {
    double const t = data.train.grid(0)[k];
    double const exact =
        (data.train.state(0, 1, 0)[0] + 0.5) * std::exp(-t) + (std::sin(t) - std::cos(t)) / 2;
    EXPECT_NEAR(data.train.state(0, 1, k)[0], exact, 1e-8);
  }
}

TEST(Equations, FamiliesWhoseStatesAreCalledDifferentlyHaveBothNames)
{
  Dataset const data = data_of(pendulum + decay);

  EXPECT_THAT(data.state_names, ElementsAre("theta/x", "omega"));
  EXPECT_THAT(data.family_names, ElementsAre("damped pendulum", "forced decay"));
  EXPECT_EQ(data.train.size(), 7u);
}

TEST(Equations, OfTheSameTextAndSeedGiveTheSameBits)
{
  Dataset const first = data_of(pendulum, 3), second = data_of(pendulum, 3),
                other = data_of(pendulum, 4);

  EXPECT_EQ(first.train.states, second.train.states);
  EXPECT_EQ(first.query.states, second.query.states);
  EXPECT_NE(first.train.states, other.train.states);
}

TEST(Equations, SayInOneLineWhatTheirNumbersDependOn)
{
  std::string const text = source_of(pendulum)->settings();

  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("-g/L*sin(theta) - c*omega"));
  for (auto const &[old, now] : {std::pair{"9.81", "9.8"},
                                 {"0.8", "0.9"},
                                 {"horizon = 2", "horizon = 3"},
                                 {"omega = 0.5", "omega = 0.6"},
                                 {"c*omega", "c*theta"},
                                 {"rad", "deg"}}) {
    EXPECT_NE(source_of(with(pendulum, old, now))->settings(), text) << now;
  }
}

TEST(Equations, StiffOnesAreHeldAgainstAnImplicitMethod)
{
  std::string const stiff = with(decay, "-2*omega", "-200*(omega - cos(t))");

  EXPECT_EQ(message_of(stiff + "stiff = true\n"), "no error");
}

struct Typed {
  std::string id;
  std::vector<std::string> equations;
  std::vector<double> parameters, start;
};

void PrintTo(Typed const &typed, std::ostream *out)
{
  *out << typed.id;
}

class TypedFamily : public testing::TestWithParam<Typed> {};

// The compiled family's names, so that the formulas are the only difference.
std::unique_ptr<Family> typed_in(Typed const &typed, Family const &compiled)
{
  auto const list = [](std::vector<std::string> const &words) {
    std::string text;
    for (auto const &word : words) text += (text.empty() ? "\"" : ", \"") + word + "\"";
    return "[" + text + "]";
  };
  std::string text = "[family]\nname = \"typed\"\nstates = " + list(compiled.state_names()) +
                     "\nequations = " + list(typed.equations) + "\n[family.start]\n";
  for (auto const &state : compiled.state_names()) text += state + " = [0, 1]\n";
  text += "[family.parameters]\n";
  for (auto const &name : compiled.parameter_names()) text += name + " = [1]\n";
  Section table = Config::parse(text, "typed.toml").section("family");
  return read_equation_family(table);
}

TEST_P(TypedFamily, FollowsTheTrajectoryOfTheCompiledOne)
{
  Typed const &typed = GetParam();
  Registry registry;
  register_odebench_families(registry);
  register_dynamics(registry);
  auto const compiled =
      registry.make_named<Family>(typed.id, Config::parse("", "none").section("family"));
  auto const family = typed_in(typed, *compiled);
  std::vector<double> times;
  for (int k = 0; k <= 50; ++k) times.push_back(0.1 * k);
  std::vector<double> expected(times.size() * typed.start.size()), states(expected.size());

  ASSERT_EQ(integrate_truth(*compiled, typed.parameters, typed.start, times, expected), Status::ok);
  ASSERT_EQ(integrate_truth(*family, typed.parameters, typed.start, times, states), Status::ok);

  for (std::size_t i = 0; i < states.size(); ++i) {
    EXPECT_NEAR(states[i], expected[i], 1e-12 * std::abs(expected[i])) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    OfOdebench, TypedFamily,
    testing::Values(
        Typed{"24", {"v", "-c0*u"}, {2.1}, {0.4, -0.03}},
        Typed{"25", {"v", "-c0*u - c1*v"}, {4.5, 0.43}, {0.12, 0.043}},
        Typed{"28", {"v", "-c0*sin(u)"}, {0.9}, {-1.9, 0.0}},
        Typed{"32", {"v", "-c0*v - u^3 + u"}, {0.18}, {-1.8, -1.8}},
        Typed{"34", {"v", "(cos(u) - c0)*sin(u)"}, {0.93}, {2.1, 0.0}},
        Typed{"35", {"cos(u)/tan(v)", "sin(u)*(c0*sin(v)^2 + 1 - sin(v)^2)"}, {4.2}, {1.13, -0.3}},
        Typed{"37", {"v", "-c0*v*(u^2 - 1) - u"}, {0.43}, {2.2, 0.0}},
        Typed{"38", {"c0*(u + v - u^3/3)", "-u/c0"}, {3.37}, {0.7, 0.0}},
        Typed{"39", {"c0*v + u^2*v - u", "c1 - c0*u - u^2*v"}, {2.4, 0.07}, {0.4, 0.31}},
        Typed{"40", {"v", "c0*v*(1 - u^2) - u"}, {0.886}, {0.63, -0.03}}));
INSTANTIATE_TEST_SUITE_P(
    OfTime, TypedFamily,
    testing::Values(Typed{
        "forced_oscillator", {"v", "a*cos(omega*t) - 0.3*v - x"}, {1.5, 1.2}, {0.5, -0.5}}));

struct Wrong {
  std::string old, now, message;
};

void PrintTo(Wrong const &wrong, std::ostream *out)
{
  *out << wrong.now;
}

class EquationMistake : public testing::TestWithParam<Wrong> {};

TEST_P(EquationMistake, IsNamedAtItsPlaceInTheFile)
{
  Wrong const &wrong = GetParam();

  EXPECT_THAT(message_of(with(pendulum, wrong.old, wrong.now)), HasSubstr(wrong.message));
}

INSTANTIATE_TEST_SUITE_P(
    All, EquationMistake,
    testing::Values(
        Wrong{"c*omega", "c*omga",
              "run.toml:4:44: data.family.0.equations.1 has the unknown name "
              "\"omga\" (did you mean \"omega\"?)"},
        Wrong{"sin(theta)", "sin(theta", "run.toml:4:32: data.family.0.equations.1 has a \"(\""},
        Wrong{"sin(theta)", "sin(theta, 1)",
              "run.toml:4:29: data.family.0.equations.1 gives sin 2"},
        Wrong{"[\"omega\", ", "[",
              "run.toml:4:13: data.family.0.equations has 1 rate for 2 states "
              "(theta, omega); write one for each state"},
        Wrong{"[\"theta\", \"omega\"]", "[\"theta\", \"sin\"]",
              "run.toml:3:20: data.family.0.states.1 = \"sin\" is the name of a function"},
        Wrong{"[\"theta\", \"omega\"]", "[\"theta\", \"t\"]", "is the time in formulas"},
        Wrong{"[\"theta\", \"omega\"]", "[\"theta\", \"theta\"]", "is a state already"},
        Wrong{"[\"theta\", \"omega\"]", "[]", "data.family.0.states is missing"},
        Wrong{"g = 9.81", "theta = 9.81", "data.family.0.parameters.theta is the name of a state"},
        Wrong{"g = 9.81", "e = 9.81", "data.family.0.parameters.e = \"e\" is a number in formulas"},
        Wrong{"g = 9.81", "g = 9.81, m = [1, 2]", "data.family.0.parameters.m is in no equation"},
        Wrong{"g = 9.81", "g = inf", "data.family.0.parameters.g must be finite"},
        Wrong{"[0.5, 0.8, 1.2]", "[0.5, 0.4]",
              "run.toml:5:26: data.family.0.parameters.L.1 is not"},
        Wrong{"[0.5, 0.8, 1.2]", "[]", "data.family.0.parameters.L has no values"},
        Wrong{"count = 2", "cuont = 2", "data.family.0.parameters.c.count is missing"},
        Wrong{"to = 0.2", "to = 0.1", "data.family.0.parameters.c.to must be above from = 0.1"},
        Wrong{"count = 2", "count = 9999", "make 29997 systems"},
        Wrong{"omega = 0.5", "omgea = 0.5", "data.family.0.start.omega is missing"},
        Wrong{"[-1.0, 1.0]", "[1.0, -1.0]", "must be a box [low, high]"},
        Wrong{"[-1.0, 1.0]", "1.0", "data.family.0.start leaves one start alone"},
        Wrong{"horizon = 2", "horizon = 0", "data.family.0.horizon must be positive"},
        Wrong{"horizon = 2", "horizn = 2", "unknown key data.family.0.horizn (did you mean"},
        Wrong{"L = \"m\"", "l = \"m\"", "unknown key data.family.0.units.l"},
        Wrong{"name = \"damped pendulum\"\n", "", "data.family.0.name is missing"}));

TEST(Equations, AreRefusedTogetherWhereTheyDoNotFit)
{
  std::string const one_state =
      with(with(with(decay, "[\"x\", \"omega\"]", "[\"x\"]"), ", \"-2*omega\"", ""),
           ", omega = [0, 1]", "");

  EXPECT_THAT(message_of("[data]\npoints = 5\n"),
              HasSubstr("data.family is missing; write a table"));
  EXPECT_THAT(message_of(pendulum + pendulum),
              HasSubstr("\"damped pendulum\" is a family already"));
  EXPECT_THAT(message_of(pendulum + one_state), HasSubstr("has 1 and those of the first family 2"));
  EXPECT_THAT(message_of("[data]\nnew_systems = 12\n" + pendulum),
              HasSubstr("run.toml:2:15: data.new_systems = 12 is more than there are places"));
}

TEST(Equations, WhoseTrajectoriesFailAreNamedWithParametersAndStart)
{
  std::string const log_of_start = with(decay, "-2*omega", "log(omega - 2)");
  std::string const blows_up = with(decay, "-2*omega", "omega^2 + 1");

  EXPECT_THAT(message_of(log_of_start), HasSubstr("the trajectory of family forced decay"));
  EXPECT_THAT(message_of(log_of_start), HasSubstr("the rate of omega is not finite there"));
  EXPECT_THAT(message_of(blows_up), HasSubstr("from start ("));
}

}  // namespace
}  // namespace tessera::domains
