#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/core/registry.hpp>

namespace tessera {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
};

struct Square : Shape {
  explicit Square(double s) : side(s) {}
  double area() const override { return side * side; }
  double side;
};

struct Colour {
  std::string name;
};

Registry shapes()
{
  Registry registry;
  registry.add<Shape>("square", "four equal sides", [](Section &section) {
    return std::make_unique<Square>(section.get("side", 2.));
  });
  registry.add<Shape>("point", "no area", [](Section &) { return std::make_unique<Square>(0.); });
  return registry;
}

template <class Action>
std::string message_of(Action action)
{
  try {
    action();
  } catch (InputError const &error) {
    return error.what();
  }
  return "no error";
}

TEST(Registry, MakesWhatTheTypeNamesWithTheOptionsBesideIt)
{
  Config const config = Config::parse("[shape]\ntype = \"square\"\nside = 3\n", "run.toml");

  auto const shape = shapes().make<Shape>(config.section("shape"));

  EXPECT_EQ(shape->area(), 9.);
  EXPECT_NO_THROW(config.finish());
}

TEST(Registry, TakesTheFallbackWhereNoTypeIsGiven)
{
  Config const config = Config::parse("", "run.toml");

  auto const shape = shapes().make<Shape>(config.section("shape"), "square");

  EXPECT_EQ(shape->area(), 4.);
  EXPECT_EQ(config.resolved(), "[shape]\nside = 2.0\ntype = \"square\"\n");
}

TEST(Registry, NamesWhatItKnowsWhenATypeIsUnknownOrMissing)
{
  Config const typo = Config::parse("[shape]\ntype = \"sqare\"\n", "run.toml");
  Config const none = Config::parse("[shape]\n", "run.toml");

  EXPECT_EQ(message_of([&] { shapes().make<Shape>(typo.section("shape")); }),
            "run.toml:2:8: shape.type = \"sqare\" is not known (did you mean \"square\"?); there "
            "is point, square");
  EXPECT_EQ(message_of([&] { shapes().make<Shape>(none.section("shape")); }),
            "run.toml:1:1: shape.type is missing; choose one of point, square");
  EXPECT_EQ(message_of([&] { shapes().make_named<Shape>("circle", typo.section("shape")); }),
            "\"circle\" is not known; there is point, square");
}

TEST(Registry, ListsEachSeamApartInAlphabeticalOrder)
{
  Registry registry = shapes();
  registry.add<Colour>("square", "a name that another seam uses too",
                       [](Section &) { return std::make_unique<Colour>(); });

  EXPECT_THAT(registry.list<Shape>(),
              ElementsAre(Pair("point", "no area"), Pair("square", "four equal sides")));
  EXPECT_EQ(registry.list<Colour>().size(), 1u);
  EXPECT_TRUE(registry.list<int>().empty());
}

TEST(Registry, RefusesANameTwice)
{
  Registry registry = shapes();

  EXPECT_THROW(
      registry.add<Shape>("point", "again", [](Section &) { return std::make_unique<Square>(0.); }),
      Error);
}

}  // namespace
}  // namespace tessera
