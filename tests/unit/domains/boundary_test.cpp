#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/boundary.hpp>

namespace tessera::domains {
namespace {

using Kind = EndRule::Kind;

SpaceTimeGrid const grid{.cells = 4, .levels = 2, .length = 2};  // cells half a metre wide
std::vector<double> const u{1, 3, 4, 7};

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

TEST(Boundary, ReadersAreTheTransposed)
{
  for (bool const periodic : {false, true}) {
    auto const term = difference(grid, {{Kind::flux, 1}, {Kind::outflow, 2}, periodic}, 2);
    std::vector<double> matrix(16, 0.), transposed(16, 0.);
    for (std::size_t i = 0; i < 4; ++i) {
      term.for_each(i, [&](std::size_t j, double w) { matrix[4 * i + j] += w; });
      term.for_each_reader(i, [&](std::size_t j, double w) { transposed[4 * j + i] += w; });
    }
    EXPECT_EQ(matrix, transposed) << periodic;
  }
}

TEST(Boundary, ADifferenceOfAnotherOrderIsRefused)
{
  EXPECT_THROW(difference(grid, {}, 3), InputError);
  EXPECT_THROW(difference({.cells = 2}, {}, 1), InputError);
}

}  // namespace
}  // namespace tessera::domains
