#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/io/picture.hpp>

#include "picture_colour.hpp"
#include "picture_image.hpp"
#include "temporary_folder.hpp"

namespace tessera::io {
namespace {

Image draw(TemporaryFolder const &place, std::vector<FieldMap> const &maps, int columns = 1)
{
  write_png(place / "maps.png", maps, columns, "");
  return Image(place / "maps.png");
}

/// Two columns of two rows, (column, row).
FieldMap four(std::vector<double> values)
{
  return {.columns = 2, .rows = 2, .values = std::move(values), .low = 0, .high = 1};
}

/// Where a colour stands in a map: in a bar it runs over few pixels upwards.
Bounds surface(Image const &image, Colour colour)
{
  constexpr int run = 10;
  std::vector<Point> inside;
  for (Point const p : image.where(colour)) {
    auto const same = [&](int y) {
      if (y < 0 || y >= image.size[1]) return false;
      Colour const c = image.at(int(p.x), y);
      return c.red == colour.red && c.green == colour.green && c.blue == colour.blue;
    };
    if (same(int(p.y) - run) || same(int(p.y) + run)) inside.push_back(p);
  }
  return Bounds(inside);
}

TEST(FieldMap, XGrowsToTheRightAndYUpwards)
{
  TemporaryFolder const place;

  Image const image = draw(place, {four({0, 0.25, 0.5, 0.75})});

  Bounds const first(surface(image, colour_map(0))), above(surface(image, colour_map(0.25))),
      right(surface(image, colour_map(0.5))), both(surface(image, colour_map(0.75)));
  ASSERT_GT(first.high.x, 0);
  ASSERT_GT(both.high.x, 0);
  EXPECT_LT(first.high.y, above.low.y + 2);
  EXPECT_LT(first.high.x, right.low.x + 2);
  EXPECT_LT(right.high.y, both.low.y + 2);
  EXPECT_LT(above.high.x, both.low.x + 2);
  EXPECT_NEAR(first.low.x, above.low.x, 1);
  EXPECT_NEAR(first.low.y, right.low.y, 1);
}

TEST(FieldMap, CellsMeet)
{
  TemporaryFolder const place;
  FieldMap map{.columns = 7, .rows = 7, .values = std::vector<double>(49, 0.5)};

  Bounds const drawn(surface(draw(place, {map}), colour_map(0.5)));

  Image const image(place / "maps.png");
  for (int x = int(drawn.low.x) + 2; x < int(drawn.high.x) - 2; ++x) {
    EXPECT_EQ(image.at(x, int(drawn.low.y + drawn.high.y) / 2).green, colour_map(0.5).green) << x;
  }
}

TEST(FieldMap, IsAsWideAsItsRectangle)
{
  TemporaryFolder const place;
  FieldMap map{.width = 2, .height = 1, .columns = 1, .rows = 1, .values = {0.5}};

  Bounds const drawn(surface(draw(place, {map}), colour_map(0.5)));

  EXPECT_NEAR((drawn.high.x - drawn.low.x) / (drawn.high.y - drawn.low.y), 2, 0.1);
}

TEST(FieldMap, APartingMapIsPaleInTheMiddleOfItsBar)
{
  TemporaryFolder const place;
  FieldMap map{.columns = 2, .rows = 1, .values = {0, 3}, .low = -3, .high = 3, .parting = true};

  Image const image = draw(place, {map});

  EXPECT_GT(surface(image, parting_map(0.5)).high.y, 0);
  EXPECT_GT(surface(image, parting_map(1)).high.y, 0);
  EXPECT_GT(parting_map(0.5).green, 240);
  EXPECT_GT(parting_map(0).blue, parting_map(0).red);
  EXPECT_GT(parting_map(1).red, parting_map(1).blue);
}

TEST(FieldMap, BordersAreDarkLinesAtTheirPlaces)
{
  TemporaryFolder const place;
  FieldMap map{.columns = 1, .rows = 1, .values = {0.5}};
  map.borders = {{0, 0.25, 0, 1}, {0.25, 1, 0, 1}};

  Image const image = draw(place, {map});

  Bounds const drawn(surface(image, colour_map(0.5)));
  double const left = drawn.low.x, width = drawn.high.x - drawn.low.x;
  int const middle = int(drawn.low.y + drawn.high.y) / 2;
  auto const darkest = [&](double share) {
    int green = 255;
    for (int dx = -3; dx <= 3; ++dx) {
      green = std::min<int>(green, image.at(int(left + share * width) + dx, middle).green);
    }
    return green;
  };
  EXPECT_LT(darkest(0.25), 120);
  EXPECT_EQ(darkest(0.5), colour_map(0.5).green);
}

TEST(FieldMap, WhatIsNotANumberIsGrey)
{
  TemporaryFolder const place;

  Image const image = draw(place, {four({std::numeric_limits<double>::quiet_NaN(), 0, 0, 0})});

  EXPECT_GT(surface(image, unknown).high.y, 0);
}

TEST(FieldMap, OneValueAloneHasABar)
{
  TemporaryFolder const place;
  FieldMap map = four({7, 7, 7, 7});
  map.low = map.high = 7;

  EXPECT_GT(surface(draw(place, {map}), colour_map(0.5)).high.y, 0);
}

TEST(FieldMap, ManyCellsTakeNoMoreRoomThanFew)
{
  TemporaryFolder const place;
  FieldMap map{.columns = 2000, .rows = 3, .values = std::vector<double>(6000, 0.5)};

  int const many = draw(place, {map}).size[0];

  EXPECT_EQ(many, draw(place, {four({0, 0, 0, 0})}).size[0]);
}

TEST(FieldMap, SeveralStandSideBySide)
{
  TemporaryFolder const place;
  FieldMap const map = four({0, 1, 1, 0});

  int const alone = draw(place, {map}, 3).size[0], three = draw(place, {map, map, map}, 3).size[0];

  EXPECT_NEAR(three, 3 * alone, 3);
}

TEST(FieldMap, ValuesThatDoNotFitTheCellsAreAnError)
{
  TemporaryFolder const place;

  EXPECT_THROW(draw(place, {four({0, 1, 1})}), Error);
  EXPECT_THROW(draw(place, {}), Error);
  EXPECT_FALSE(std::filesystem::exists(place / "maps.png"));
}

}  // namespace
}  // namespace tessera::io
