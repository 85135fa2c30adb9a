#include <cmath>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/io/picture.hpp>

#include "picture_axes.hpp"
#include "picture_colour.hpp"
#include "picture_image.hpp"
#include "temporary_folder.hpp"

namespace {

using namespace tessera::io;
using ::testing::ElementsAre;

Image draw(TemporaryFolder const &place, Plot const &plot)
{
  write_png(place / "plot.png", std::vector{plot});
  return Image(place / "plot.png");
}

TEST(HeatMap, PaintsEachValueInItsColour)
{
  TemporaryFolder const place;
  HeatMap const map{"", "", "", {"row"}, {"a", "b", "c"}, {0, 0.5, 1}};

  write_png(place / "map.png", map);

  Image const image(place / "map.png");
  Bounds const low(image.where(colour_map(0))), middle(image.where(colour_map(0.5))),
      high(image.where(colour_map(1)));
  EXPECT_LT(low.low.x, middle.low.x);
  EXPECT_LT(middle.low.x, high.low.x);
}

TEST(HeatMap, PutsTheFirstRowOnTop)
{
  TemporaryFolder const place;
  HeatMap const map{"", "", "", {"first", "second"}, {"a"}, {1, 0}};

  write_png(place / "map.png", map);

  Image const image(place / "map.png");
  EXPECT_GT(Bounds(image.where(colour_map(1))).high.y, Bounds(image.where(colour_map(0))).high.y);
}

TEST(HeatMap, MakesRoomForLongRowLabels)
{
  TemporaryFolder const place;
  HeatMap const brief{"", "", "", {"24"}, {"a"}, {1}};
  HeatMap const full{"", "", "", {"24 harmonic oscillator, 1.68"}, {"a"}, {1}};

  write_png(place / "brief.png", brief);
  write_png(place / "full.png", full);

  double const difference = text_width(full.row_labels[0], tick_text) - text_width("24", tick_text);
  EXPECT_NEAR(Image(place / "full.png").size[0] - Image(place / "brief.png").size[0], difference,
              2);
}

TEST(HeatMap, StaysBoundedWithManyRows)
{
  TemporaryFolder const place;
  HeatMap map{"", "", "", std::vector<std::string>(400, "row"), {"a", "b"}, {}};
  map.values.assign(800, 0.25);

  write_png(place / "map.png", map);

  EXPECT_LT(Image(place / "map.png").size[1], 1500);
}

TEST(HeatMap, RefusesLabelsThatDoNotFitTheValues)
{
  TemporaryFolder const place;
  HeatMap const map{"", "", "", {"a", "b"}, {"c"}, {1}};

  EXPECT_THROW(write_png(place / "map.png", map), tessera::Error);
  EXPECT_FALSE(std::filesystem::exists(place / "map.png"));
}

TEST(Plot, LeavesAWhiteMargin)
{
  TemporaryFolder const place;

  Image const image = draw(place, {"title", "x", "y", false, false, {{"a", {0, 1}, {0, 1}}}});

  for (int x = 0; x < image.size[0]; ++x) {
    for (int y : {0, 1, image.size[1] - 2, image.size[1] - 1}) {
      EXPECT_EQ(image.at(x, y).green, 255) << x << "," << y;
    }
  }
}

TEST(Plot, ALogarithmicAxisMakesAnExponentialStraight)
{
  TemporaryFolder const place;
  Plot const plot{"", "", "", true, false, {{"", {0, 1, 2}, {1, 1e-3, 1e-6}}}};

  Image const image = draw(place, plot);

  Bounds const line(image.where(palette(0)));
  Point const middle{(line.low.x + line.high.x) / 2, (line.low.y + line.high.y) / 2};
  Colour const there = image.at(int(middle.x), int(middle.y));
  EXPECT_EQ(there.blue, palette(0).blue);
}

TEST(Plot, EqualAxesKeepACircleRound)
{
  TemporaryFolder const place;
  Curve circle;
  for (int i = 0; i <= 200; ++i) {
    circle.x.push_back(10 + std::cos(i * M_PI / 100));
    circle.y.push_back(std::sin(i * M_PI / 100));
  }

  Image const image = draw(place, {"", "", "", false, true, {circle}});

  Bounds const drawn(image.where(palette(0)));
  EXPECT_NEAR(drawn.high.x - drawn.low.x, drawn.high.y - drawn.low.y, 2);
}

TEST(Plot, ADashedCurveHasGaps)
{
  TemporaryFolder const place;
  Plot plot{"", "", "", false, false, {{"", {0, 1}, {0, 0}}}};
  std::size_t const solid = draw(place, plot).where(palette(0)).size();
  plot.curves[0].dashed = true;

  std::size_t const dashed = draw(place, plot).where(palette(0)).size();

  EXPECT_GT(dashed, 0.2 * double(solid));
  EXPECT_LT(dashed, 0.8 * double(solid));
}

TEST(Plot, ACurveIsInterruptedWhereItIsNotANumber)
{
  TemporaryFolder const place;
  double const nan = std::numeric_limits<double>::quiet_NaN();
  Plot plot{"", "", "", false, false, {{"", {0, 1, 2, 3, 4}, {0, 0, 0, 0, 0}}}};
  std::size_t const whole = draw(place, plot).where(palette(0)).size();
  plot.curves[0].y[2] = nan;

  std::size_t const broken = draw(place, plot).where(palette(0)).size();

  EXPECT_NEAR(double(broken), 0.5 * double(whole), 0.1 * double(whole));
}

TEST(Plot, ABandIsAPaleSurfaceBetweenItsEdgesBehindTheCurves)
{
  TemporaryFolder const place;
  Curve const band{.x = {0, 1}, .y = {-1, -1}, .colour = 1, .upper = {1, 1}};

  Image const image = draw(place, {"", "", "", false, false, {{"", {0, 1}, {0, 0}}, band}});

  Bounds const surface(image.where(pale(1))), line(image.where(palette(0)));
  EXPECT_NEAR(surface.low.x, line.low.x, 4);
  EXPECT_NEAR(surface.high.x, line.high.x, 4);
  EXPECT_NEAR((surface.low.y + surface.high.y) / 2, (line.low.y + line.high.y) / 2, 2);
  EXPECT_GT(surface.high.y - surface.low.y, 100);
}

TEST(Plot, ABandThatRunsAwayDoesNotFlattenTheCurves)
{
  TemporaryFolder const place;
  Curve const band{.x = {0, 1}, .y = {0, -1e9}, .colour = 1, .upper = {0, 1e9}};
  Curve const line{.x = {0, 1}, .y = {0, 1}};

  Image const image = draw(place, {"", "", "", false, false, {line, band}});

  Bounds const drawn(image.where(palette(0)));
  EXPECT_GT(drawn.high.y - drawn.low.y, 100);
}

TEST(Plot, ABandIsInterruptedWhereItIsNotKnown)
{
  TemporaryFolder const place;
  double const nan = std::numeric_limits<double>::quiet_NaN();
  Curve band{.x = {0, 1, 2, 3, 4}, .y = {0, 0, 0, 0, 0}, .colour = 1, .upper = {1, 1, 1, 1, 1}};
  std::size_t const whole = draw(place, {"", "", "", false, false, {band}}).where(pale(1)).size();
  band.upper[2] = nan;

  std::size_t const broken = draw(place, {"", "", "", false, false, {band}}).where(pale(1)).size();

  EXPECT_NEAR(double(broken), 0.5 * double(whole), 0.1 * double(whole));
}

TEST(Plot, AnUnwritableFolderIsAnIoError)
{
  EXPECT_THROW(write_png("/proc/none/plot.png", std::vector{Plot{}}), tessera::IoError);
}

TEST(Plot, ACurveOfTwoLengthsIsAnError)
{
  TemporaryFolder const place;

  EXPECT_THROW(draw(place, {"", "", "", false, false, {{"a", {0, 1}, {0}}}}), tessera::Error);
}

TEST(Ticks, StandAtRoundSteps)
{
  EXPECT_THAT(make_ticks({-0.3, 1.1}, 8).labels,
              ElementsAre("-0.2", "0.0", "0.2", "0.4", "0.6", "0.8", "1.0"));
  EXPECT_THAT(make_ticks({0, 10}, 4).labels, ElementsAre("0", "5", "10"));
}

TEST(Ticks, LargeNumbersShareAPowerOfTen)
{
  Ticks const ticks = make_ticks({0, 3.1e6}, 4);

  EXPECT_THAT(ticks.labels, ElementsAre("0", "1", "2", "3"));
  EXPECT_EQ(ticks.factor, "×10^{6}");
}

TEST(Ticks, OfALogarithmicAxisAreWholePowersNoMoreThanAsked)
{
  EXPECT_THAT(make_ticks({1e-3, 1, true}, 6).labels,
              ElementsAre("10^{-3}", "10^{-2}", "10^{-1}", "10^{0}"));
  EXPECT_THAT(make_ticks({1e-6, 1, true}, 4).at.size(), 4);
}

TEST(Text, TakesItsWidthFromTheLettersNotTheBytes)
{
  double const one = text_width("αα", tick_text) - text_width("α", tick_text);

  EXPECT_GT(one, 0.3 * tick_text.size);
  EXPECT_LT(one, tick_text.size);
}

// A picture grows with its labels, and names come from files.
TEST(Text, OfAnyLengthIsShownByItsBeginning)
{
  std::string many;
  for (int k = 0; k < 3000; ++k) many += "α";

  double const width = text_width(many, tick_text);

  EXPECT_GT(width, text_width(many.substr(0, 76), tick_text));
  EXPECT_LT(width, text_width(many.substr(0, 80), tick_text) + 2 * tick_text.size);
}

}  // namespace
