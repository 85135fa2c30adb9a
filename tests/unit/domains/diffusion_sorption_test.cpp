#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/domains/diffusion_sorption.hpp>
#include <tessera/solvers/stiff_integrator.hpp>

namespace tessera::domains {
namespace {

using Vector = std::vector<double>;

Vector truth(DiffusionSorption const &problem, SpaceTimeGrid const &grid, double u0,
             double tolerance = 1e-6)
{
  Vector field(grid.size());
  diffusion_sorption_truth(problem, grid, std::vector<double>(grid.cells, u0), field, tolerance);
  return field;
}

/// What flows in through the left face of the first cell, less what leaves through the last face.
double net_flux(DiffusionSorption const &p, double width, double const *u, std::size_t n)
{
  double const ghost = p.diffusion * (u[n - 2] - u[n - 1]) / width;
  return p.diffusion * ((1 - u[0]) - (u[n - 1] - ghost)) / width;
}

TEST(DiffusionSorption, RetardsAsItsConstantsSay)
{
  DiffusionSorption const problem;

  EXPECT_NEAR(problem.retardation(1), 3.157, 5e-4);
  EXPECT_NEAR(problem.retardation(0.1), 3.88, 5e-3);
  EXPECT_NEAR(problem.retardation(0), 13.3, 5e-2);
  EXPECT_EQ(problem.retardation(-1), problem.retardation(0));
  EXPECT_EQ(problem.retardation_slope(-1), 0);
}

TEST(DiffusionSorption, HoldsWhatRetardationSumsUpTo)
{
  DiffusionSorption const problem;

  for (double const u : {1e-4, 0.1, 0.9}) {
    double const h = 1e-4 * u;
    double const slope =
        (problem.total_concentration(u + h) - problem.total_concentration(u - h)) / (2 * h);
    EXPECT_NEAR(slope, problem.retardation(u), 1e-6 * slope);
  }
  EXPECT_EQ(problem.total_concentration(0), 0);
}

TEST(DiffusionSorption, ChangesThreeCellsAsAHandDoes)
{
  DiffusionSorption const without{.freundlich = 0};  // R = 1
  double const width = 0.5, d = 5e-4;
  Vector const u = {0.6, 0.2, 0.1};
  Vector rate(3);

  without.rate(width, u, rate);

  // Left ghost 1, right ghost d (0.2 - 0.1) / 0.5 = 0.2 d; second differences over width^2 = 1/4.
  EXPECT_NEAR(rate[0], d * 4 * (1 - 1.2 + 0.2), 1e-18);
  EXPECT_NEAR(rate[1], d * 4 * (0.6 - 0.4 + 0.1), 1e-18);
  EXPECT_NEAR(rate[2], d * 4 * (0.2 - 0.2 + 0.2 * d), 1e-18);

  DiffusionSorption const with;
  with.rate(width, u, rate);
  EXPECT_NEAR(rate[1], d * 4 * 0.3 / with.retardation(0.2), 1e-18);
}

TEST(DiffusionSorption, HasTheJacobianOfCentralDifferences)
{
  DiffusionSorption const problem;
  std::size_t const n = 7;
  double const width = 1. / 7;
  Vector const u = {0.95, 0.7, 0.3, 0.11, 0.02, 0.013, 0.004};
  Vector bands(3 * n), up(n), down(n);

  problem.jacobian(width, u, bands);

  for (std::size_t j = 0; j < n; ++j) {
    double const step = 1e-5 * u[j];
    Vector moved = u;
    moved[j] = u[j] + step;
    problem.rate(width, moved, up);
    moved[j] = u[j] - step;
    problem.rate(width, moved, down);
    for (std::size_t i = 0; i < n; ++i) {
      double const slope = (up[i] - down[i]) / (2 * step);
      bool const in_band = i + 1 >= j && i <= j + 1;
      double const stated = in_band ? bands[3 * i + j + 1 - i] : 0;
      EXPECT_NEAR(stated, slope, 1e-8) << i << ", " << j;
    }
  }
  EXPECT_EQ(bands.front(), 0);
  EXPECT_EQ(bands.back(), 0);
}

TEST(DiffusionSorption, GainsInTotalWhatItsBoundariesLetIn)
{
  DiffusionSorption const problem;
  std::size_t const n = 6;
  double const width = 1. / 6;
  Vector const u = {0.9, 0.5, 0.2, 0.15, 0.12, 0.11};
  Vector rate(n);

  problem.rate(width, u, rate);

  double gain = 0;
  for (std::size_t i = 0; i < n; ++i) gain += problem.retardation(u[i]) * rate[i] * width;
  EXPECT_NEAR(gain, net_flux(problem, width, u.data(), n), 1e-17);
}

TEST(DiffusionSorptionTruth, DrawsStartsFromSeedAndSampleAlone)
{
  Vector starts;
  for (std::size_t sample = 0; sample < 1000; ++sample) {
    starts.push_back(diffusion_sorption_start(3, sample));
  }

  EXPECT_EQ(diffusion_sorption_start(3, 17), starts[17]);
  EXPECT_NE(diffusion_sorption_start(4, 17), starts[17]);
  EXPECT_THAT(starts, testing::Each(testing::AllOf(testing::Ge(0.), testing::Lt(0.2))));
  double mean = 0;
  for (double const u0 : starts) mean += u0 / 1000;
  EXPECT_NEAR(mean, 0.1, 0.006);  // three standard errors
}

TEST(DiffusionSorptionTruth, IsTheSimilaritySolutionWithoutSorptionFarFromTheOtherEnd)
{
  DiffusionSorption const without{.freundlich = 0};
  SpaceTimeGrid const grid{.cells = 512, .levels = 11, .horizon = 40};
  double const u0 = 0.13;

  Vector const field = truth(without, grid, u0);

  // The wall lies in the middle of the ghost cell, half a cell outside; at the other end u is
  // nearly zero.
  double largest = 0;
  for (std::size_t level : {1u, 2u, 5u}) {
    double const reach = 2 * std::sqrt(without.diffusion * grid.times()[level]);
    for (std::size_t i = 0; i < grid.cells / 2; ++i) {
      double const x = grid.centres()[i];
      double const exact = u0 + (1 - u0) * std::erfc((x + grid.width() / 2) / reach) -
                           u0 * std::erfc((1 + grid.width() / 2 - x) / reach);
      largest = std::max(largest, std::abs(field[level * grid.cells + i] - exact));
    }
  }
  EXPECT_LT(largest, 5e-5);
}

TEST(DiffusionSorptionTruth, AgreesWithAMethodOfAnotherFamilyAtATightTolerance)
{
  DiffusionSorption const problem;
  SpaceTimeGrid const grid{.cells = 48};
  solvers::BandedSystem const system{
      .size = grid.cells,
      .rate = [&](auto u, auto rate) { problem.rate(grid.width(), u, rate); },
      .jacobian = [&](auto u, auto bands) { problem.jacobian(grid.width(), u, bands); }};

  for (double const u0 : {0., 1e-4, 0.07, 0.1999}) {
    Vector const start(grid.cells, u0);
    Vector tight(grid.size());
    auto const report = solvers::integrate_stiff(
        system, start, grid.times(),
        {.method = solvers::StiffMethod::dirk, .rtol = 1e-9, .atol = 1e-9}, tight);

    ASSERT_EQ(report.status, Status::ok);
    EXPECT_LT(relative_l2(truth(problem, grid, u0), tight), 2e-6) << u0;
  }
}

TEST(DiffusionSorptionTruth, MovesByLessThanAMillionthAtHalfTheTolerance)
{
  SpaceTimeGrid const grid;

  Vector const field = truth({}, grid, 0.0737), half = truth({}, grid, 0.0737, 5e-7);

  double const self_error = relative_l2(field, half);
  EXPECT_LT(self_error, 1e-6);
  EXPECT_GT(self_error, 0);
  EXPECT_GE(*std::min_element(field.begin(), field.end()), 0);
}

TEST(DiffusionSorptionTruth, KeepsItsBalanceOfMass)
{
  DiffusionSorption const problem;
  SpaceTimeGrid const grid{.cells = 256};
  Vector const field = truth(problem, grid, 0.05);
  auto const total = [&](std::size_t level) {
    double sum = 0;
    for (std::size_t i = 0; i < grid.cells; ++i) {
      sum += problem.total_concentration(field[level * grid.cells + i]) * grid.width();
    }
    return sum;
  };
  auto const flux = [&](std::size_t level) {
    return net_flux(problem, grid.width(), &field[level * grid.cells], grid.cells);
  };

  double inflow = 0;  // Simpson's rule over the second half, where fluxes change slowly
  for (std::size_t n = 50; n < 100; n += 2) {
    inflow += grid.interval() / 3 * (flux(n) + 4 * flux(n + 1) + flux(n + 2));
  }

  EXPECT_GT(inflow, 0.1);
  EXPECT_NEAR(total(100) - total(50), inflow, 2e-6);
}

}  // namespace
}  // namespace tessera::domains
