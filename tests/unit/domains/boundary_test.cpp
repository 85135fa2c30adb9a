#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/boundary.hpp>

#include "support/refusal.hpp"

namespace tessera::domains {
namespace {

using Kind = EndRule::Kind;

SpaceTimeGrid const grid{.cells = 4, .levels = 2, .length = 2};  // cells half a metre wide
std::vector<double> const u{1, 3, 4, 7};
SpaceTimeGrid const plane = SpaceTimeGrid::over({{4, 2}, {3, 0.75}}, 2, 1);
SpaceTimeGrid const room = SpaceTimeGrid::over({{3, 0.75}, {5, 2}, {4, 3}}, 2, 1);

std::vector<Boundary> const boundaries{
    {{Kind::value, 5}, {Kind::value, 6}}, {{Kind::reservoir, 5}, {Kind::reservoir, 6}},
    {{Kind::flux, 3}, {Kind::flux, -2}},  {{Kind::outflow, 2}, {Kind::outflow, 0.5}},
    {{Kind::flux, 1}, {Kind::value, -3}}, {.periodic = true}};

std::vector<double> applied(Boundary const &boundary, int order)
{
  std::vector<double> out(4);
  difference(grid, boundary, order).apply(u, out);
  return out;
}

/// Differences of u between two ghost cells.
std::vector<double> between(double left, double right, int order)
{
  std::vector<double> const all{left, 1, 3, 4, 7, right};
  std::vector<double> out;
  for (std::size_t i = 1; i < 5; ++i) {
    out.push_back(order == 1 ? all[i + 1] - all[i - 1]
                             : 4 * (all[i + 1] - 2 * all[i] + all[i - 1]));
  }
  return out;
}

TEST(Boundary, GhostCellsFollowFromTheRules)
{
  for (int const order : {1, 2}) {
    EXPECT_EQ(applied({{Kind::value, 5}, {Kind::value, 6}}, order), between(9, 5, order));
    EXPECT_EQ(applied({{Kind::reservoir, 5}, {Kind::reservoir, 6}}, order), between(5, 6, order));
    EXPECT_EQ(applied({{Kind::flux, 3}, {Kind::flux, -2}}, order), between(-0.5, 6, order));
    // -2 du/dn: to the left u falls by 2 over half a metre, to the right it rises by 3.
    EXPECT_EQ(applied({{Kind::outflow, 2}, {Kind::outflow, 2}}, order), between(8, -12, order));
    EXPECT_EQ(applied({.periodic = true}, order), between(7, 1, order));
  }
}

TEST(Boundary, ATermIsCalledByItsAxisAndItsOrder)
{
  EXPECT_EQ(difference(room, {}, 1).name, "u_x");
  EXPECT_EQ(difference(room, {}, 2).name, "u_xx");
  EXPECT_EQ(difference(room, {}, 1, 1).name, "u_y");
  EXPECT_EQ(difference(room, {}, 2, 2).name, "u_zz");
}

TEST(Boundary, AlongEachAxisEveryLineOfCellsHasTheDifferencesOfALineAlone)
{
  for (SpaceTimeGrid const &all : {plane, room}) {
    std::vector<double> field(all.cells), found(all.cells);
    for (std::size_t i = 0; i < all.cells; ++i) field[i] = double(i * i % 17) - 3;
    for (std::size_t k = 0; k < all.dimensions(); ++k) {
      std::size_t const n = all.axis(k).cells, stride = all.stride(k);
      SpaceTimeGrid const line{.cells = n, .levels = 2, .length = all.axis(k).length};
      for (Boundary const &boundary : boundaries) {
        for (int const order : {1, 2}) {
          difference(all, boundary, order, k).apply(field, found);
          LinearTerm const alone = difference(line, boundary, order);
          for (std::size_t first = 0; first < all.cells; ++first) {
            if (all.place(first, k) > 0) continue;
            std::vector<double> values, wanted(n);
            for (std::size_t i = 0; i < n; ++i) values.push_back(field[first + i * stride]);
            alone.apply(values, wanted);
            for (std::size_t i = 0; i < n; ++i) {
              EXPECT_EQ(found[first + i * stride], wanted[i]) << k << " " << order << " " << i;
            }
          }
        }
      }
    }
  }
}

TEST(Boundary, ReadersAreTheTransposed)
{
  for (SpaceTimeGrid const &all : {grid, plane, room}) {
    std::size_t const n = all.cells;
    for (std::size_t k = 0; k < all.dimensions(); ++k) {
      for (bool const periodic : {false, true}) {
        auto const term = difference(all, {{Kind::flux, 1}, {Kind::outflow, 2}, periodic}, 2, k);
        std::vector<double> matrix(n * n, 0.), transposed(n * n, 0.);
        for (std::size_t i = 0; i < n; ++i) {
          term.for_each(i, [&](std::size_t j, double w) { matrix[n * i + j] += w; });
          term.for_each_reader(i, [&](std::size_t j, double w) { transposed[n * j + i] += w; });
        }
        EXPECT_EQ(matrix, transposed) << n << " cells, axis " << k << ", " << periodic;
      }
    }
  }
}

TEST(Boundary, ADifferenceOfAnotherOrderIsRefused)
{
  EXPECT_THROW(difference(grid, {}, 3), InputError);
  EXPECT_THROW(difference({.cells = 2}, {}, 1), InputError);
}

TEST(Boundary, ADifferenceAlongAnAxisThatIsTooShortOrNotThereIsRefused)
{
  SpaceTimeGrid const narrow = SpaceTimeGrid::over({{8, 1}, {2, 1}}, 2, 1);

  EXPECT_NO_THROW(difference(narrow, {}, 1, 0));
  EXPECT_THAT(refusal([&] { difference(narrow, {}, 1, 1); }),
              testing::HasSubstr("2 cells along y"));
  EXPECT_THAT(refusal([&] { difference(narrow, {}, 1, 2); }),
              testing::HasSubstr("axis 2 of a grid of 2"));
}

}  // namespace
}  // namespace tessera::domains
