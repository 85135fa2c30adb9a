#include <gtest/gtest.h>

#include <tessera/domains/mass_defect.hpp>
#include <tessera/domains/method_of_lines.hpp>

#include "support/exact_equations.hpp"

namespace tessera::domains {
namespace {

class MethodOfLines : public ::testing::TestWithParam<twins::ExactEquation> {
 protected:
  double error(std::size_t cells) const
  {
    SpaceTimeGrid const grid = GetParam().grid(cells, 6);
    std::vector<double> found(grid.size());
    GetParam().sample().truth(grid, found);
    return relative_l2(found, GetParam().field(grid));
  }
};

TEST_P(MethodOfLines, ErrorsFallWithTheSquareOfTheWidth)
{
  double const coarse = error(64), fine = error(128);

  EXPECT_LT(coarse, 0.05);
  if (GetParam().pde->terms(GetParam().grid(64, 6)).empty()) {
    EXPECT_LT(fine, 1e-6);  // nothing in x: to the tolerance
  } else {
    EXPECT_GT(coarse / fine, 3.5);
    EXPECT_LT(coarse / fine, 4.5);
  }
}

TEST_P(MethodOfLines, WhatIsGainedHasFlownIn)
{
  SpaceTimeGrid const grid = GetParam().grid(40, 101);
  std::vector<double> field(grid.size());
  GetParam().sample().truth(grid, field);

  EXPECT_LT(mass_defect(*GetParam().pde, grid, field), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Table, MethodOfLines, ::testing::ValuesIn(twins::exact_equations()),
                         [](auto const &each) { return each.param.name; });

TEST(MethodOfLines, ARingHasNoBeginning)
{
  // From a field shifted by five cells, the field shifted by five cells.
  auto const pde = make_burgers(0.02);
  SpaceTimeGrid const grid{.cells = 33, .levels = 5, .length = 1, .horizon = 0.5};
  auto const x = grid.centres();
  std::vector<double> initial(33), shifted(33), field(grid.size()), moved(grid.size());
  for (std::size_t i = 0; i < 33; ++i) initial[i] = std::sin(6.283185307179586 * x[i]);
  for (std::size_t i = 0; i < 33; ++i) shifted[(i + 5) % 33] = initial[i];

  method_of_lines(*pde, grid, initial, field);
  method_of_lines(*pde, grid, shifted, moved);

  for (std::size_t n = 0; n < grid.levels; ++n) {
    for (std::size_t i = 0; i < 33; ++i) {
      EXPECT_NEAR(moved[n * 33 + (i + 5) % 33], field[n * 33 + i], 1e-6);
    }
  }
}

}  // namespace
}  // namespace tessera::domains
