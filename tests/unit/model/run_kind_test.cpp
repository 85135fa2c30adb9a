#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/model/run_kind.hpp>

namespace tessera::model {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Everything that ships.
Registry builtins()
{
  Registry registry;
  register_builtins(registry);
  return registry;
}

std::string kind(std::string const &text, std::vector<std::string> const &overrides = {})
{
  return kind_of(Config::parse(text, "x.toml", overrides), builtins()).name;
}

std::string refusal(std::string const &text, std::vector<std::string> const &overrides = {})
{
  try {
    return "taken as " + kind(text, overrides);
  } catch (ConfigError const &error) {
    return error.what();
  }
}

TEST(RunKind, IsTheOneThatReadsTheTablesThatAreThere)
{
  EXPECT_EQ(kind("[data]\n[network]\nwidths = [4]\n"), "place");
  EXPECT_EQ(kind("[oracle]\nfields = 3\n[grid]\ncells = 9\n"), "oracle");
  EXPECT_EQ(kind("[data]\n[gate]\n"), "mixture");
  EXPECT_EQ(kind("[run]\nseed = 1\n", {"oracle.fields=3"}), "oracle");
}

TEST(RunKind, IsAMixtureWhereNoTableTells)
{
  EXPECT_EQ(kind("[run]\nseed = 1\n"), "mixture");
  EXPECT_EQ(kind("[data]\n[experts]\n[train]\n"), "mixture");
}

TEST(RunKind, IsTheOneThatTheTypeNames)
{
  EXPECT_EQ(kind("[experiment]\ntype = \"place\"\n"), "place");
  EXPECT_EQ(kind("[grid]\ncells = 9\n", {"experiment.type=oracle"}), "oracle");
}

TEST(RunKind, AMisspeltTableIsAnErrorAtItsPlaceWhateverKindWasMeant)
{
  EXPECT_THAT(refusal("[data]\n\n[netwrok]\n"),
              HasSubstr("x.toml:3:2: unknown table [netwrok] (did you mean [network]?)"));
  EXPECT_THAT(refusal("[gate]\n[orakle]\n"), HasSubstr("did you mean [oracle]?"));
  EXPECT_THAT(refusal("[oracle]\n", {"gaet.start=split"}), HasSubstr("did you mean [gate]?"));
}

TEST(RunKind, ATableOfAnotherKindIsAnErrorThatNamesBoth)
{
  EXPECT_THAT(refusal("[gate]\n[adapt]\n[network]\n"),
              AllOf(HasSubstr("x.toml:3:1: [network] is a table of runs of type place"),
                    HasSubstr("of type mixture for it has [adapt], [gate]")));
  EXPECT_THAT(
      refusal("[experiment]\ntype = \"oracle\"\n[network]\n"),
      AllOf(HasSubstr("[network]"), HasSubstr("of type oracle;"), Not(HasSubstr("for it"))));
}

TEST(RunKind, TablesThatLeaveItOpenAskForTheType)
{
  EXPECT_THAT(refusal("[grid]\ncells = 9\n"),
              AllOf(HasSubstr("experiment.type is missing"), HasSubstr("oracle and place")));
  EXPECT_THAT(refusal("[experiment]\ntype = \"plaec\"\n"), HasSubstr("did you mean \"place\"?"));
}

TEST(RunKind, ReadsOnlyTablesThatItNames)
{
  for (std::string const name : {"mixture", "oracle", "place"}) {
    Registry const registry = builtins();
    Config const config = Config::parse("[experiment]\ntype = \"" + name + "\"\n", "x.toml");
    auto const experiment = kind_of(config, registry).kind->read(config, registry);

    auto const tables = Config::parse(config.resolved(), "resolved.toml").tables();

    EXPECT_THAT(kind_of(config, registry).kind->tables(), testing::IsSupersetOf(tables)) << name;
    EXPECT_THAT(experiment->describe(), HasSubstr("seed       0"));
  }
}

/// A kind of somebody else's, with a table of its own.
class Survey final : public RunKind {
 public:
  std::vector<std::string> tables() const override { return {"experiment", "survey"}; }
  std::unique_ptr<Experiment> read(Config const &, Registry const &) const override
  {
    return nullptr;
  }
};

TEST(RunKind, OneOfTheUsersOwnIsPickedByItsTable)
{
  Registry registry = builtins();
  registry.add<RunKind>("survey", "counts things",
                        [](Section &) { return std::make_unique<Survey>(); });

  NamedKind const found = kind_of(Config::parse("[survey]\n", "x.toml"), registry);

  EXPECT_EQ(found.name, "survey");
}

}  // namespace
}  // namespace tessera::model
