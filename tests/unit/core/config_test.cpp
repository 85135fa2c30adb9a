#include <filesystem>
#include <fstream>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>

#include "unit/io/temporary_folder.hpp"

namespace tessera {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Reads what a program of ours might read; every message below comes from this one schema.
void read_all(Config const &config)
{
  Section run = config.section("run");
  run.get("seed", 0);
  run.get("name", "none");
  Section gate = config.section("gate");
  gate.get_in("experts", 8, 1, 64);
  gate.get("update_every", 10);
  gate.get_in("rate", 1e-3, 0., 1.);
  gate.get_in("patience", 1, 0, std::numeric_limits<int>::max());
  gate.choose("type", "kmeans", {"kmeans", "fixed"});
  gate.get("weights", std::vector<double>{});
  gate.get("verbose", false);
  gate.section("fit").get("rank", 4);
  config.finish();
}

std::string message_of(std::string const &text, std::vector<std::string> const &overrides = {})
{
  try {
    read_all(Config::parse(text, "run.toml", overrides));
  } catch (ConfigError const &error) {
    return error.what();
  }
  return "no error";
}

struct Case {
  char const *name;
  char const *text;
  char const *message;
};

class ConfigMessage : public ::testing::TestWithParam<Case> {};

TEST_P(ConfigMessage, SaysPlaceAndAdvice)
{
  EXPECT_EQ(message_of(GetParam().text), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Files, ConfigMessage,
    ::testing::Values(
        Case{"Right", "[gate]\nexperts = 3\n[gate.fit]\nrank = 2\n", "no error"},
        Case{"Typo", "[gate]\nexperts = 3\nupdate_evry = 5\n",
             "run.toml:3:1: unknown key gate.update_evry (did you mean \"update_every\"?)"},
        Case{"ControlCharactersInAName", "[gate]\n\"a\\nb\\u001b[2J\" = 1\n",
             "run.toml:2:1: unknown key gate.a\\x0ab\\x1b[2J; [gate] knows experts, patience, "
             "rate, type, update_every, verbose, weights, fit"},
        Case{"TypoInInlineTable", "gate = { expert = 3 }\n",
             "run.toml:1:10: unknown key gate.expert (did you mean \"experts\"?)"},
        Case{"KeyOfAnotherTable", "[gate]\nseed = 1\n",
             "run.toml:2:1: unknown key gate.seed (did you mean \"run.seed\"?)"},
        Case{"StrangeKey", "[run]\nzzzzzzzzz = 1\n",
             "run.toml:2:1: unknown key run.zzzzzzzzz; [run] knows name, seed"},
        Case{"KeyOutsideTables", "seed = 1\n",
             "run.toml:1:1: unknown key seed (did you mean \"run.seed\"?)"},
        Case{"UnknownTable", "[gates]\nexperts = 1\n",
             "run.toml:1:2: unknown table [gates] (did you mean [gate]?)"},
        Case{"TwoTypos", "[gate]\nexpert = 3\n[runn]\nseed = 0\n",
             "run.toml:2:1: unknown key gate.expert (did you mean \"experts\"?)\n"
             "run.toml:3:2: unknown table [runn] (did you mean [run]?)"},
        Case{"WordForNumber", "[gate]\nexperts = \"three\"\n",
             "run.toml:2:11: gate.experts must be an integer, found a string (\"three\")"},
        Case{"FractionForInteger", "[gate]\nexperts = 2.5\n",
             "run.toml:2:11: gate.experts must be an integer, found a number (2.5)"},
        Case{"HugeInteger", "[gate]\nexperts = 5000000000\n",
             "run.toml:2:11: gate.experts must be an integer below 2^31 in size, found an integer "
             "(5000000000)"},
        Case{"IntegerForTruth", "[gate]\nverbose = 1\n",
             "run.toml:2:11: gate.verbose must be true or false, found an integer (1)"},
        Case{"NumberForString", "[run]\nname = 3\n",
             "run.toml:2:8: run.name must be a string, found an integer (3)"},
        Case{"OutOfRange", "[gate]\nexperts = 65\n",
             "run.toml:2:11: gate.experts must lie in [1, 64], found 65"},
        Case{"BelowOpenRange", "[gate]\npatience = -1\n",
             "run.toml:2:12: gate.patience must be at least 0, found -1"},
        Case{"NotANumber", "[gate]\nrate = nan\n",
             "run.toml:2:8: gate.rate must be finite, found nan"},
        Case{"Infinite", "[gate]\nrate = inf\n",
             "run.toml:2:8: gate.rate must be finite, found inf"},
        Case{"UnknownWord", "[gate]\ntype = \"kmeens\"\n",
             "run.toml:2:8: gate.type = \"kmeens\" is not known (did you mean \"kmeans\"?); choose "
             "one of kmeans, fixed"},
        Case{"ScalarForArray", "[gate]\nweights = 1.0\n",
             "run.toml:2:11: gate.weights must be an array of numbers, found a number (1.0)"},
        Case{"WrongElement", "[gate]\nweights = [1, \"b\"]\n",
             "run.toml:2:11: gate.weights must be an array of numbers, but element 2 is a string "
             "(\"b\")"},
        Case{"ValueForTable", "gate = 3\n",
             "run.toml:1:8: gate is read as a table; write [gate] and its keys below it"},
        Case{"TableForValue", "[gate.experts]\nn = 1\n",
             "run.toml:1:1: gate.experts must be an integer, found a table"}),
    [](auto const &each) { return std::string(each.param.name); });

TEST(Config, SaysWhereTomlIsBroken)
{
  std::string const message = message_of("[run]\nseed = = 3\n");

  EXPECT_THAT(message, HasSubstr("run.toml:2:8: not TOML: "));
}

TEST(Config, SaysWhereAKeyIsGivenTwice)
{
  std::string const message = message_of("[run]\nseed = 1\nseed = 2\n");

  EXPECT_THAT(message, HasSubstr("run.toml:3:"));
}

TEST(Config, NamesAtMostTenLinesOfErrors)
{
  std::string text = "[gate]\n";
  for (int i = 0; i < 30; ++i) text += "strange_" + std::to_string(i) + " = 1\n";

  std::string const message = message_of(text);

  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 9);
  EXPECT_THAT(message, HasSubstr("\nand 21 more"));
}

TEST(Config, ReadsEveryKindOfValue)
{
  Config const config = Config::parse(
      "[a]\nflag = true\ncount = -3\nrate = 2\nword = \"x y\"\nsteps = [1, 2]\n"
      "times = [0, 0.5]\nnames = [\"u\", \"v\"]\n",
      "run.toml");
  Section a = config.section("a");

  EXPECT_TRUE(a.get("flag", false));
  EXPECT_EQ(a.get("count", 0), -3);
  EXPECT_EQ(a.get("rate", 0.), 2.);
  EXPECT_EQ(a.get("word", ""), "x y");
  EXPECT_THAT(a.get("steps", std::vector<int>{}), ElementsAre(1, 2));
  EXPECT_THAT(a.get("times", std::vector<double>{}), ElementsAre(0., .5));
  EXPECT_THAT(a.get("names", std::vector<std::string>{}), ElementsAre("u", "v"));
  EXPECT_EQ(a.get("absent", 7), 7);
  EXPECT_NO_THROW(config.finish());
}

TEST(Config, ResolvedTextReadsBackToTheSameValues)
{
  Config const config = Config::parse("[run]\nrate = 0.1\n", "run.toml", {"run.name=a \"b\"\\n"});
  Section run = config.section("run");
  double const third = run.get("third", 1. / 3.), tiny = run.get("tiny", 5e-324);
  std::string const name = run.get("name", "");
  run.get("rate", 0.);
  run.get("big", 1e300);
  run.section("deep").get("list", std::vector<double>{1, 1e-7});
  run.get("text", "two\nlines, a tab\t and 'quotes'");

  Config const again = Config::parse(config.resolved(), "resolved.toml");
  Section back = again.section("run");

  EXPECT_EQ(back.get("third", 0.), third);
  EXPECT_EQ(back.get("tiny", 0.), tiny);
  EXPECT_EQ(back.get("name", ""), name);
  EXPECT_EQ(back.get("rate", 0.), .1);
  EXPECT_EQ(back.get("big", 0.), 1e300);
  EXPECT_EQ(back.get("text", ""), "two\nlines, a tab\t and 'quotes'");
  EXPECT_THAT(back.section("deep").get("list", std::vector<double>{}), ElementsAre(1., 1e-7));
  EXPECT_NO_THROW(again.finish());
  EXPECT_EQ(again.resolved(), config.resolved());
}

TEST(Config, KeepsTheTextAsGiven)
{
  Config const config = Config::parse("# why\n[run]\nseed=1\n", "run.toml", {"run.seed=2"});

  EXPECT_EQ(config.text(), "# why\n[run]\nseed=1\n");
}

TEST(ConfigDifferences, NameChangedNewAndLostKeysButNotIgnoredOnes)
{
  std::string const before = "[a]\nx = 1\ngone = true\nlist = [1, 2]\n[out]\nevery = 1\n";
  std::string const now =
      "[a]\nx = 2\nlist = [1, 2]\n[a.in]\nnew = \"w\"\n[out]\nevery = 2\n[run]\nstop = 1\n";

  EXPECT_THAT(config_differences(before, now, {"out", "run.stop"}),
              ElementsAre("a.gone (was true)", "a.in.new = \"w\" (was absent)", "a.x = 2 (was 1)"));
  EXPECT_TRUE(config_differences(before, before, {}).empty());
  EXPECT_THROW(config_differences("= 1", now, {}), ConfigError);
}

TEST(Section, SaysWhereAKeyOrItsTableStands)
{
  Config const config = Config::parse("\n[run]\nseed = 1\n", "run.toml", {"run.name=x"});
  Section run = config.section("run");

  EXPECT_EQ(run.where("seed"), "run.toml:3:8");
  EXPECT_EQ(run.where("absent"), "run.toml:2:1");
  EXPECT_EQ(run.where(), "run.toml:2:1");
  EXPECT_EQ(run.where("name"), "override \"run.name=x\"");
  EXPECT_EQ(config.section("absent").where("key"), "run.toml");
}

TEST(Section, TellsPresenceWithoutMakingAKeyKnown)
{
  Config const config = Config::parse("[run]\nseed = 1\n", "run.toml");
  Section const run = config.section("run");

  EXPECT_TRUE(run.has("seed"));
  EXPECT_FALSE(run.has("name"));
  EXPECT_THROW(config.finish(), ConfigError);
}

TEST(Config, NamesItsOutermostTablesThoseOfOverridesToo)
{
  Config const config =
      Config::parse("seed = 1\n[train]\n[gate.fit]\nridge = 1\n", "run.toml", {"network.size=3"});

  EXPECT_EQ(config.tables(), (std::vector<std::string>{"gate", "network", "train"}));
}

TEST(Config, RequiredTablesRefuseAnotherOneAtItsPlaceWithTheNearest)
{
  Config const config = Config::parse("[run]\nseed = 1\n\n[netwrok]\n", "run.toml", {"trian.a=1"});
  std::string message = "nothing refused";

  try {
    config.require_tables({"run", "network", "train"});
  } catch (ConfigError const &error) {
    message = error.what();
  }

  EXPECT_THAT(message, testing::HasSubstr("run.toml:4:2: unknown table [netwrok] (did you mean "
                                          "[network]?)"));
  EXPECT_THAT(message, testing::HasSubstr("override \"trian.a=1\": unknown table [trian]"));
  EXPECT_NO_THROW(config.require_tables({"run", "netwrok", "trian"}));
}

class ConfigFile : public ::testing::Test {
 protected:
  std::string message_of_load(std::string const &name) const
  {
    try {
      Config::load(folder_ / name);
    } catch (ConfigError const &error) {
      return error.what();
    }
    return "no error";
  }

  TemporaryFolder folder_;
};

TEST_F(ConfigFile, SaysThatAFileIsMissing)
{
  std::string const message = message_of_load("absent.toml");

  EXPECT_THAT(message, HasSubstr("absent.toml:1:1: there is no such file"));
}

TEST_F(ConfigFile, SaysThatAFolderIsNoFile)
{
  std::string const message = message_of_load(".");

  EXPECT_THAT(message, HasSubstr(":1:1: is a folder; name the file"));
}

TEST_F(ConfigFile, SaysThatAFileIsEmpty)
{
  std::ofstream(folder_ / "empty.toml") << "\n  \n";

  EXPECT_THAT(message_of_load("empty.toml"), HasSubstr("empty.toml:1:1: the file is empty"));
}

TEST_F(ConfigFile, RefusesBinaryData)
{
  std::ofstream(folder_ / "binary.toml") << std::string("\x89HDF\r\n\x1a\n\0\0\0", 11);

  EXPECT_THAT(message_of_load("binary.toml"), HasSubstr("binary.toml:1:1: not TOML: "));
}

TEST_F(ConfigFile, LoadsFileAndOverrides)
{
  std::ofstream(folder_ / "run.toml") << "[run]\nseed = 1\n";

  Config const config = Config::load(folder_ / "run.toml", {"run.seed=5"});

  EXPECT_EQ(config.section("run").get("seed", 0), 5);
}

}  // namespace
}  // namespace tessera
