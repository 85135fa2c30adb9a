#include <cmath>

#include <gtest/gtest.h>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

// Banks without trainable parameters on a plane.
namespace tessera::constraint {
namespace {

using domains::Box;
using domains::PdeSample;
using domains::SpaceTimeGrid;

SpaceTimeGrid plane()
{
  return SpaceTimeGrid::over({{8, 2}, {7, 3}}, 5, 4);
}

std::vector<double> evaluate(BasisBank const &bank, SpaceTimeGrid const &grid, Box const &box,
                             Box const &where)
{
  std::vector<double> values(where.size() * std::size_t(bank.functions()));
  bank.evaluate(grid, box, where, PdeSample{}, values);
  return values;
}

TEST(BasesInSpace, LegendreIsAProductOfPolynomialsOverTheBox)
{
  auto const grid = plane();
  Box const box{0, 5, 4, 8, {{0, 4}}};
  auto const polynomial = [](std::size_t degree, double s) {
    return degree == 0 ? 1 : degree == 1 ? s : (3 * s * s - 1) / 2;
  };

  auto const values = evaluate(*make_legendre_basis(2, {3, 2}), grid, box, box);

  std::size_t k = 0;
  for (std::size_t n = 0; n < 5; ++n) {
    for (std::size_t x = 0; x < 4; ++x) {
      for (std::size_t y = 0; y < 4; ++y) {
        double const t = double(n) / 2 - 1, s = (double(x) + 0.5) / 2 - 1,
                     r = (double(y) + 0.5) / 2 - 1;
        for (std::size_t a = 0; a < 2; ++a) {
          for (std::size_t b = 0; b < 3; ++b) {
            for (std::size_t c = 0; c < 2; ++c) {
              EXPECT_NEAR(values[k++], polynomial(a, t) * polynomial(b, s) * polynomial(c, r),
                          1e-14);
            }
          }
        }
      }
    }
  }
  EXPECT_EQ(k, values.size());
}

TEST(BasesInSpace, LegendreRefusesAGridOfOtherAxes)
{
  auto const grid = plane();
  EXPECT_THROW(evaluate(*make_legendre_basis(2, 3), grid, whole(grid), whole(grid)), InputError);
  EXPECT_THROW(make_legendre_basis(2, {3, 0}), InputError);
}

TEST(BasesInSpace, ValuesOnAGridStandAgainBehindItsEnds)
{
  auto const grid = plane();
  std::vector<double> table(grid.size() * 2);
  Rng rng(1, "bases_in_space");
  for (double &value : table) value = rng.normal();
  std::vector<std::vector<double>> fields(2, std::vector<double>(grid.size()));
  for (std::size_t p = 0; p < grid.size(); ++p) {
    fields[0][p] = table[2 * p], fields[1][p] = table[2 * p + 1];
  }
  auto const pod = make_pod_basis(grid, fields, 2),
             tabulated = make_tabulated_basis(grid, table, 2),
             noisy = make_noisy_basis(*tabulated, 0.1, 3);
  Box const where{1, 3, 5, 10, {{4, 9}}};
  for (BasisBank const *bank : {pod.get(), tabulated.get(), noisy.get()}) {
    auto const all = evaluate(*bank, grid, whole(grid), whole(grid));

    auto const part = evaluate(*bank, grid, whole(grid), where);

    std::size_t k = 0;
    for (std::size_t n = 1; n < 3; ++n) {
      for (std::size_t x = 5; x < 10; ++x) {
        for (std::size_t y = 4; y < 9; ++y) {
          std::size_t const p = n * grid.cells + x % 8 * 7 + y % 7;
          for (std::size_t j = 0; j < 2; ++j) EXPECT_EQ(part[k++], all[2 * p + j]) << bank->kind();
        }
      }
    }
  }
}

TEST(BasesInSpace, RandomFeaturesAreWavesAlongEveryAxis)
{
  auto const grid = plane();
  auto const bank = make_random_features(4, 3);
  SpaceTimeGrid const line{.cells = 8, .levels = 5, .length = 2, .horizon = 4};

  auto const values = evaluate(*bank, grid, whole(grid), whole(grid)),
             on_line = evaluate(*bank, line, whole(line), whole(line));

  for (std::size_t p = 0; p < grid.size(); ++p) EXPECT_EQ(values[4 * p], 1);
  // cos(a - h) + cos(a + h) = 2 cos(h) cos(a), whatever the axis; on a line the same waves at y =
  // 0.
  auto const at = [&](std::size_t n, std::size_t x, std::size_t y) {
    return values[4 * (n * grid.cells + x * 7 + y) + 2];
  };
  auto const bend = [](double before, double here, double behind) {
    return (before + behind) / here;
  };
  EXPECT_NEAR(bend(at(1, 2, 2), at(2, 2, 2), at(3, 2, 2)),
              bend(at(1, 4, 5), at(2, 4, 5), at(3, 4, 5)), 1e-9);
  EXPECT_NEAR(bend(at(2, 1, 2), at(2, 2, 2), at(2, 3, 2)),
              bend(at(3, 1, 4), at(3, 2, 4), at(3, 3, 4)), 1e-9);
  EXPECT_NEAR(bend(at(2, 2, 1), at(2, 2, 2), at(2, 2, 3)),
              bend(at(1, 4, 1), at(1, 4, 2), at(1, 4, 3)), 1e-9);
  double const along_x = bend(on_line[4 * 17 + 2], on_line[4 * 18 + 2], on_line[4 * 19 + 2]);
  EXPECT_NEAR(bend(at(2, 1, 2), at(2, 2, 2), at(2, 3, 2)), along_x, 1e-9);
  EXPECT_NE(at(2, 2, 1), at(2, 2, 2));
}

TEST(BasesInSpace, ARotationIsAnotherOneInEveryBox)
{
  auto const grid = plane();
  std::vector<double> const table(grid.size() * 3, 1.);
  auto const bank = make_tabulated_basis(grid, table, 3);
  auto const rotated = make_rotated_basis(*bank, 5);
  Box const lower{0, 5, 0, 4, {{0, 3}}}, upper{0, 5, 0, 4, {{3, 7}}};

  double const one = evaluate(*rotated, grid, lower, lower)[0],
               other = evaluate(*rotated, grid, upper, upper)[0];

  EXPECT_NE(one, other);
  EXPECT_EQ(evaluate(*rotated, grid, lower, lower)[0], one);
}

}  // namespace
}  // namespace tessera::constraint
