#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/domains/diffusion_sorption_pde.hpp>
#include <tessera/domains/heat.hpp>

#include "support/term_rates.hpp"

// Rows in the norm of propagated errors, the trapezoid in ln t, and layers that spread.
namespace tessera::constraint {
namespace {

using domains::PdeSample;
using domains::SpaceTimeGrid;

/// One function, which is the field itself.
PlacedBasis placed_field(SpaceTimeGrid const &grid, PdeSample const &sample,
                         std::vector<double> const &field)
{
  return place(sample, domains::Partition(grid, 1, 1), *make_tabulated_basis(grid, field, 1),
               Coupling::joint, false);
}

std::vector<double> residual_of(SpaceTimeGrid const &grid, PdeSample const &sample,
                                std::vector<double> const &field, RowOptions options)
{
  options.lift = false;
  auto const placed = placed_field(grid, sample, field);
  auto const rows = make_rows(sample, placed, whole(grid), options, false);
  return rows->residual(std::vector<double>{1.});
}

double length(std::vector<double> const &v)
{
  double sum = 0;
  for (double const x : v) sum += x * x;
  return std::sqrt(sum);
}

TEST(PropagatedRows, OfALinearEquationAreTheErrorItself)
{
  // u_n = A^-1 (B u_(n-1) + dt c), by dense matrices, plus an error that is known.
  SpaceTimeGrid const grid{.cells = 12, .levels = 9};
  PdeSample const sample{domains::make_heat(), domains::constant_field(0.2), {}};
  auto const pde = sample.pde;
  auto const cells = Eigen::Index(grid.cells);
  twins::LinearRate const rate(*pde, grid);
  Eigen::VectorXd u = Eigen::VectorXd::Constant(cells, 0.2);
  std::vector<double> field(grid.size(), 0.2), error(grid.size(), 0.);
  Rng rng(1, "propagated_rows");
  for (std::size_t n = 2; n < grid.levels; ++n) {
    u = rate.step(u, grid.interval());
    for (std::size_t i = 0; i < grid.cells; ++i) {
      error[n * grid.cells + i] = 0.1 * rng.normal();
      field[n * grid.cells + i] = u[Eigen::Index(i)] + error[n * grid.cells + i];
    }
  }

  auto const rows = residual_of(grid, sample, field, {.norm = RowNorm::propagated});

  double const weight = std::sqrt(grid.width() / double(grid.levels));
  for (std::size_t p = 0; p < rows.size(); ++p) {
    EXPECT_NEAR(rows[p], weight * std::abs(error[p]), 1e-12) << p;
  }
}

struct Truth : ::testing::Test {
  Truth() : field(grid.size()) { sample.truth(grid, field); }
  SpaceTimeGrid const grid{.cells = 1024, .levels = 101};
  PdeSample const sample{domains::make_diffusion_sorption(), domains::constant_field(0.12), {}};
  std::vector<double> field;
};

TEST_F(Truth, CostsLittleWhereLayersMaySpreadAndTimeIsLogarithmic)
{
  auto cost = [&](TimeScheme time, double spreading) {
    return length(residual_of(grid, sample, field,
                              {.norm = RowNorm::propagated, .time = time, .spreading = spreading}));
  };
  double const plain = cost(TimeScheme::crank_nicolson, 0),
               spread = cost(TimeScheme::crank_nicolson, 20),
               both = cost(TimeScheme::logarithmic, 20);

  EXPECT_LT(spread, plain / 4);
  EXPECT_LT(both, spread / 2);
  EXPECT_LT(both, 2e-5);  // of a field whose root mean square is 0.4
}

TEST_F(Truth, AWrongPlateauIsSeenWhereNoLayerHasCome)
{
  RowOptions const options{
      .norm = RowNorm::propagated, .time = TimeScheme::logarithmic, .spreading = 20};
  auto wrong = field;
  for (double &u : wrong) u += 0.01;

  auto const rows = residual_of(grid, sample, wrong, options);

  double const weight = std::sqrt(grid.width() / double(grid.levels));
  EXPECT_NEAR(rows[1 * grid.cells + 512], 0.01 * weight, 0.001 * weight);
  EXPECT_GT(length(rows), 0.005);
}

TEST_F(Truth, RowsOfStartingLayersAreForEquationsThatHaveThem)
{
  PdeSample const heat{domains::make_heat(), sample.initial, {}};
  EXPECT_THROW(residual_of(grid, heat, field, {.spreading = 20}), InputError);
  EXPECT_THROW(
      residual_of(grid, sample, field, {.norm = RowNorm::propagated, .time = TimeScheme::bdf2}),
      InputError);
}

}  // namespace
}  // namespace tessera::constraint
