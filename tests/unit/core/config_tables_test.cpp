#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>

namespace tessera {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Two pumps, each with rates by names of its owner's own.
std::string const pumps =
    "[data]\n"
    "points = 5\n"
    "[[data.pump]]\n"
    "name = \"north\"\n"
    "rates = { low = 1.5, high = [2, 3] }\n"
    "[[data.pump]]\n"
    "name = \"south\"\n"
    "rate = \"x + 2\"\n";

void read_all(Config const &config)
{
  Section data = config.section("data");
  data.get("points", 3);
  for (Section &pump : data.sections("pump")) {
    pump.get("name", "none");
    pump.get("rate", "x");
    Section rates = pump.section("rates");
    for (std::string const &key : rates.keys()) {
      if (rates.has_list(key)) rates.get(key, std::vector<double>());
      if (!rates.has_list(key)) rates.get(key, 0.0);
    }
  }
  config.finish();
}

template <class Action>
std::string message_of(Action action)
{
  try {
    action();
  } catch (ConfigError const &error) {
    return error.what();
  }
  return "no error";
}

std::string message(std::string const &text, std::vector<std::string> const &overrides = {})
{
  return message_of([&] { read_all(Config::parse(text, "run.toml", overrides)); });
}

TEST(ConfigTables, OfAnArrayAreReadInTheirOrder)
{
  Config const config = Config::parse(pumps, "run.toml");
  Section data = config.section("data");

  auto tables = data.sections("pump");

  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[0].get("name", ""), "north");
  EXPECT_EQ(tables[1].get("name", ""), "south");
  EXPECT_EQ(tables[1].path(), "data.pump.1");
  EXPECT_TRUE(data.sections("valve").empty());
}

TEST(ConfigTables, HaveKeysThatTheirOwnerNamed)
{
  Config const config = Config::parse(pumps, "run.toml");
  Section pump = config.section("data").sections("pump").front();

  Section rates = pump.section("rates");

  EXPECT_THAT(rates.keys(), ElementsAre("high", "low"));
  EXPECT_TRUE(rates.has_list("high"));
  EXPECT_FALSE(rates.has_list("low"));
  EXPECT_TRUE(pump.has_table("rates"));
  EXPECT_FALSE(pump.has_table("name"));
  EXPECT_TRUE(pump.section("absent").keys().empty());
}

TEST(ConfigTables, AreWrittenBackSoThatTheyReadTheSame)
{
  Config const config = Config::parse(pumps, "run.toml");
  read_all(config);

  Config const again = Config::parse(config.resolved(), "resolved.toml");
  read_all(again);

  EXPECT_EQ(again.resolved(), config.resolved());
  EXPECT_EQ(again.section("data").sections("pump").back().get("rate", ""), "x + 2");
  EXPECT_THAT(config.resolved(), HasSubstr("[[data.pump]]"));
}

TEST(ConfigTables, NameAnUnknownKeyAtItsPlace)
{
  EXPECT_EQ(message(pumps), "no error");
  EXPECT_EQ(message(pumps + "nam = 1\n"),
            "run.toml:9:1: unknown key data.pump.1.nam (did you mean \"name\"?)");
  EXPECT_THAT(message(pumps + "[[data.pmp]]\nname = \"a\"\n"),
              HasSubstr("unknown key data.pmp (did you mean \"pump\"?)"));
}

TEST(ConfigTables, AreRefusedWhereSomethingElseStands)
{
  std::string const advice = "write [[data.pump]] and its keys below it for each of them";

  EXPECT_THAT(message("[data]\npump = 3\n"),
              HasSubstr("run.toml:2:8: data.pump is read as a list"));
  EXPECT_THAT(message("[data]\npump = [1, 2]\n"), HasSubstr(advice));
  EXPECT_THAT(message("[data]\npump = []\n"), HasSubstr(advice));
  EXPECT_THAT(message("[data.pump]\nname = \"a\"\n"), HasSubstr(advice));
}

TEST(ConfigTables, AreOverriddenByTheirNumber)
{
  Config const config = Config::parse(pumps, "run.toml", {"data.pump.1.name=east"});

  EXPECT_EQ(config.section("data").sections("pump")[1].get("name", ""), "east");
  EXPECT_THAT(message(pumps, {"data.pump.1.nam=east"}),
              HasSubstr("override \"data.pump.1.nam=east\": unknown key data.pump.1.nam"));
  EXPECT_THAT(message(pumps, {"data.pump.2.name=east"}), HasSubstr("data.pump has no entry 2"));
  EXPECT_THAT(message(pumps, {"data.pump.name=east"}),
              HasSubstr("data.pump is a list; name one of its entries"));
  EXPECT_THAT(message(pumps, {"data.pump=[{nam=\"east\"}]"}),
              HasSubstr("override \"data.pump=[{nam=\"east\"}]\": unknown key data.pump.0.nam"));
}

TEST(ConfigTables, DifferByTheKeysOfEach)
{
  Config const config = Config::parse(pumps, "run.toml");
  Config const other = Config::parse(pumps, "run.toml", {"data.pump.1.name=east"});
  read_all(config);
  read_all(other);

  EXPECT_THAT(config_differences(config.resolved(), other.resolved(), {}),
              ElementsAre("data.pump.1.name = \"east\" (was \"south\")"));
}

TEST(Section, FailsInATextAtTheColumnOfItsCharacter)
{
  Config const config = Config::parse(
      "[a]\n"
      "\n"
      "plain = \"x + y\"\n"
      "list = ['1', 'x + y']\n"
      "escaped = \"x\\t+ y\"\n"
      "long = \"\"\"\nx + y\"\"\"\n"
      "after = { \"ä\" = \"ä\", b = \"x + y\" }\n",
      "run.toml", {"a.given=x + y"});
  Section const a = config.section("a");
  auto const at = [&](std::string const &key) {
    return message_of([&] { a.fail_in(key, 4, "is wrong"); });
  };

  EXPECT_EQ(at("plain"), "run.toml:3:14: a.plain is wrong");
  EXPECT_EQ(at("list.1"), "run.toml:4:19: a.list.1 is wrong");
  EXPECT_EQ(at("escaped"), "run.toml:5:11: a.escaped is wrong");
  EXPECT_EQ(at("long"), "run.toml:6:8: a.long is wrong");
  EXPECT_EQ(at("after.b"), "run.toml:8:31: a.after.b is wrong");
  EXPECT_EQ(at("given"), "override \"a.given=x + y\": a.given is wrong");
}

}  // namespace
}  // namespace tessera
