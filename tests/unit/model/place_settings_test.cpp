#include "place_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/model/experiment.hpp>

#include "support/refusal.hpp"

namespace tessera::model {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Counts = std::vector<std::size_t>;

std::string const equation =
    "[equation]\n"
    "rate = \"D*u_xx\"\n"
    "parameters = { D = [1, 2] }\n"
    "length = LENGTH\n"
    "[initial]\n"
    "field = \"x\"\n";

/// A config of an equation over so long axes.
std::string over(std::string const &lengths, std::string const &rest)
{
  std::string text = equation;
  return text.replace(text.find("LENGTH"), 6, lengths) + rest;
}

PlaceSettings settings_of(std::string const &text)
{
  Registry registry;
  register_builtins(registry);
  return PlaceSettings::read(Config::parse(text, "own.toml"), registry);
}

std::string refused(std::string const &text)
{
  return refusal([&] { settings_of(text); });
}

TEST(PlaceSettings, TakeANumberForEachAxisOfSpace)
{
  auto const s = settings_of(over("[1.0, 2.0]",
                                  "[grid]\ncells = [16, 24]\nlevels = 11\n"
                                  "[train]\ncells = [8, 12]\n"
                                  "[experts]\nin_time = 2\nin_space = [2, 3]\n"
                                  "[network]\nmodes_x = 3\nmodes_y = 5\nknots = 4\n"));

  EXPECT_EQ(s.grid.axis(0), (domains::Axis{16, 1}));
  EXPECT_EQ(s.grid.axis(1), (domains::Axis{24, 2}));
  EXPECT_EQ(s.grid.cells, 16u * 24u);
  EXPECT_EQ(s.grid.levels, 11u);
  EXPECT_EQ(s.training.grid.axis(0), (domains::Axis{8, 1}));
  EXPECT_EQ(s.training.grid.axis(1), (domains::Axis{12, 2}));
  EXPECT_EQ(s.training.boxes_in_space, (Counts{2, 3}));
  EXPECT_EQ(s.boxes(), 12u);
  EXPECT_EQ(s.network.axes, 2);
  EXPECT_EQ(s.network.knots, 4);
  EXPECT_EQ(s.network.fno.modes_t, 3);
  EXPECT_EQ(s.network.fno.modes_x, 5);
  EXPECT_EQ(cells_text(s.grid), "16 x 24");
}

TEST(PlaceSettings, OverTwoAxesHaveDefaultsOfTheirOwn)
{
  auto const s = settings_of(over("[1.0, 1.0]", ""));

  EXPECT_EQ(cells_text(s.grid), "32 x 32");
  EXPECT_EQ(s.training.grid, s.grid);
  EXPECT_EQ(s.training.boxes_in_space, (Counts{2, 2}));
  EXPECT_TRUE(s.network.profiles.empty());
  EXPECT_EQ(s.testing().grid, s.grid);
}

TEST(PlaceSettings, OverOneAxisTakeSingleNumbers)
{
  auto const s = settings_of(over("2.0", "[grid]\ncells = 40\n"));

  EXPECT_EQ(s.grid,
            (domains::SpaceTimeGrid{.cells = 40, .levels = 101, .length = 2, .horizon = 1}));
  EXPECT_EQ(s.training.grid, s.grid);
  EXPECT_EQ(s.training.boxes_in_space, Counts{4});
  EXPECT_EQ(s.boxes(), 4u);
  EXPECT_EQ(s.network.axes, 1);
  EXPECT_EQ(s.network.profiles, std::vector<double>{1});
  EXPECT_EQ(cells_text(s.grid), "40");
  EXPECT_THAT(s.resolved, AllOf(HasSubstr("cells = 40\n"), HasSubstr("in_space = 4\n"),
                                HasSubstr("modes_t = 8\n"), Not(HasSubstr("knots")),
                                Not(HasSubstr("modes_y"))));
}

TEST(PlaceSettings, TheNumberOfNumbersIsThatOfTheAxes)
{
  std::string const square = over("[1.0, 1.0]", "");

  EXPECT_THAT(refused(square + "[grid]\ncells = 16\n"),
              AllOf(HasSubstr("own.toml:8:9"), HasSubstr("for each axis of space: [x, y]")));
  EXPECT_THAT(refused(square + "[experts]\nin_space = [2, 2, 2]\n"),
              AllOf(HasSubstr("own.toml:8:12"), HasSubstr("[x, y]")));
  EXPECT_THAT(refused(over("1.0", "[grid]\ncells = [16, 16]\n")),
              AllOf(HasSubstr("own.toml:8:9"), HasSubstr("a number, or [x]")));
  EXPECT_THAT(refused(square + "[grid]\ncells = [16, 7]\n"), HasSubstr("[8, 1048576], found 7"));
  EXPECT_THAT(refused(square + "[network]\nmodes_t = 8\n"), HasSubstr("network.knots"));
  EXPECT_THAT(refused(over("1.0", "[network]\nknots = 8\n")), HasSubstr("network.knots"));
  EXPECT_THAT(refused(square + "[train]\nmethod = \"pi_hc\"\n[experts]\nin_space = [1, 2]\n"),
              HasSubstr("it has one box"));
  EXPECT_THAT(refused(over("[1.0, 1.0, 1.0]", "")), HasSubstr("three axes"));
}

}  // namespace
}  // namespace tessera::model
