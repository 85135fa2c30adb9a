#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>

namespace tessera {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string message_of(std::vector<std::string> const &overrides)
{
  try {
    Config const config =
        Config::parse("[gate]\nexperts = 3\n[gate.fit]\nrank = 1\n", "run.toml", overrides);
    Section gate = config.section("gate");
    gate.get("experts", 0);
    gate.get("rates", std::vector<double>{});
    gate.section("fit").get("rank", 0);
    config.section("run").get("seed", 0);
    config.finish();
  } catch (ConfigError const &error) {
    return error.what();
  }
  return "no error";
}

struct Case {
  char const *name;
  std::vector<std::string> overrides;
  char const *message;
};

class OverrideMessage : public ::testing::TestWithParam<Case> {};

TEST_P(OverrideMessage, NamesTheArgumentAndWhatToDo)
{
  EXPECT_EQ(message_of(GetParam().overrides), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Words, OverrideMessage,
    ::testing::Values(
        Case{"Right", {"gate.experts=4", "gate.fit.rank = 2", "run.seed=1"}, "no error"},
        Case{"Typo",
             {"gate.expert=3"},
             "override \"gate.expert=3\": unknown key gate.expert (did you mean \"experts\"?)"},
        Case{"UnknownTable",
             {"gat.experts=3"},
             "override \"gat.experts=3\": unknown table [gat] (did you mean [gate]?)"},
        Case{"NoTable",
             {"seed=3"},
             "override \"seed=3\": unknown key seed (did you mean \"run.seed\"?)"},
        Case{"NoEquals",
             {"gate.experts"},
             "override \"gate.experts\": has no \"=\"; write key=value"},
        Case{"NoKey", {"=3"}, "override \"=3\": write it as table.key=value"},
        Case{"EmptyPart",
             {"gate..experts=3"},
             "override \"gate..experts=3\": write it as table.key=value"},
        Case{"NoValue",
             {"gate.experts="},
             "override \"gate.experts=\": has no value; write key=value"},
        Case{"Twice",
             {"gate.experts=3", "gate.experts = 4"},
             "override \"gate.experts = 4\": \"gate.experts=3\" sets the same key; keep one of "
             "them"},
        Case{"WrongType",
             {"gate.experts=many"},
             "override \"gate.experts=many\": gate.experts must be an integer, found a string "
             "(\"many\")"},
        Case{"ThroughAValue",
             {"gate.experts.n=3"},
             "override \"gate.experts.n=3\": gate.experts is a value, not a table; override it as "
             "gate.experts=…"},
        Case{"WholeTable",
             {"gate.fit=3"},
             "override \"gate.fit=3\": a table cannot be set as a whole; give gate.fit.key=value "
             "for each key"},
        Case{"TwoLines",
             {"gate.experts=3\nb=4"},
             "override \"gate.experts=3\\x0ab=4\": one key=value for each argument"}),
    [](auto const &each) { return std::string(each.param.name); });

TEST(Override, SaysThatABracketIsMissing)
{
  EXPECT_THAT(message_of({"gate.rates=[1, 2"}),
              HasSubstr("override \"gate.rates=[1, 2\": the value is not TOML: "));
}

TEST(Override, OfBytesThatAreNoUtf8IsRefused)
{
  EXPECT_THAT(message_of({"gate.experts=\xff\xff"}), HasSubstr("is not UTF-8"));
  EXPECT_THAT(message_of({"gate.experts=\xc3 \xb6"}), HasSubstr("is not UTF-8"));
  EXPECT_THAT(message_of({"gate.experts=Größe"}), Not(HasSubstr("UTF-8")));
}

TEST(Override, ReadsValuesAsTomlAndBareWordsAsStrings)
{
  Config const config =
      Config::parse("[a]\nn = 1\n", "run.toml",
                    {"a.n=2", "a.x=1e-3", "a.path=/data/x y.h5", "a.word=kmeans", "a.quoted=\"3\"",
                     "a.flag=true", "a.list=[1, 2]", "a.walltime=11:50:00"});
  Section a = config.section("a");

  EXPECT_EQ(a.get("n", 0), 2);
  EXPECT_EQ(a.get("x", 0.), 1e-3);
  EXPECT_EQ(a.get("path", ""), "/data/x y.h5");
  EXPECT_EQ(a.get("word", ""), "kmeans");
  EXPECT_EQ(a.get("quoted", ""), "3");
  EXPECT_TRUE(a.get("flag", false));
  EXPECT_THAT(a.get("list", std::vector<int>{}), ElementsAre(1, 2));
  EXPECT_EQ(a.get("walltime", ""), "11:50:00");
}

TEST(Override, IsPartOfTheResolvedConfig)
{
  Config const config = Config::parse("[a]\nn = 1\n", "run.toml", {"a.n=2"});
  config.section("a").get("n", 0);

  EXPECT_EQ(config.resolved(), "[a]\nn = 2\n");
}

TEST(NearestWord, FindsATypoButNoUnrelatedWord)
{
  EXPECT_EQ(nearest_word("expets", {"gate", "experts"}), "experts");
  EXPECT_EQ(nearest_word("exeprts", {"gate", "experts"}), "experts");
  EXPECT_EQ(nearest_word("ab", {"cd"}), std::nullopt);
  EXPECT_EQ(nearest_word("solver", {"gate", "experts"}), std::nullopt);
}

TEST(Override, OfATypeLeavesTheFilesKeysForTheOtherTypeAside)
{
  char const *const text = "[data]\ntype = \"made\"\nsetting = \"small\"\n";
  auto const finish = [&](std::vector<std::string> const &overrides) {
    Config const config = Config::parse(text, "c.toml", overrides);
    Section data = config.section("data");
    data.get("type", "made");
    data.get("path", "");
    config.finish();
    return config.resolved();
  };

  std::string const resolved = finish({"data.type=npz", "data.path=x"});

  EXPECT_EQ(resolved.find("setting"), std::string::npos) << resolved;
  EXPECT_THROW(finish({}), ConfigError);
  EXPECT_THROW(finish({"data.type=npz", "data.sise=1"}), ConfigError);
}

}  // namespace
}  // namespace tessera
