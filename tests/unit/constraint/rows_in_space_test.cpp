#include <cmath>

#include <gtest/gtest.h>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/constraint/published_loss.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

#include "support/space_equations.hpp"
#include "support/term_rates.hpp"

// Rows of equations over two and three axes of space.
namespace tessera::constraint {
namespace {

using domains::Partition;
using domains::PdeSample;
using domains::SpaceTimeGrid;
using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::vector<double> random_numbers(std::size_t count)
{
  std::vector<double> out;
  Rng rng(1, "rows_in_space");
  for (std::size_t k = 0; k < count; ++k) out.push_back(rng.uniform(-1, 1));
  return out;
}

/// Rows of random combinations of functions, by boxes, are those of the field that they make.
void expect_rows_of_a_plain_loop(twins::SpaceEquation const &exact, SpaceTimeGrid const &grid,
                                 std::vector<std::size_t> const &boxes)
{
  auto const sample = exact.sample();
  Partition const partition(grid, 1, boxes);
  auto const bank = make_random_features(3, 5);
  auto const placed = place(sample, partition, *bank, Coupling::joint, true);
  RowOptions const options{.norm = RowNorm::plain, .first_level = 1};
  auto const w = random_numbers(placed.columns());

  auto const rows = make_rows(sample, placed, whole(grid), options, false);
  auto const u = rows->field(w), found = rows->residual(w);

  auto const rate = [&](std::size_t n) {
    return twins::rate_of(*exact.pde, grid, std::span(u).subspan(n * grid.cells, grid.cells));
  };
  double const dt = grid.interval(), weight = std::sqrt(grid.horizon * grid.volume() / dt);
  for (std::size_t n = 1; n < grid.levels; ++n) {
    auto const now = rate(n), before = rate(n - 1);
    for (std::size_t i = 0; i < grid.cells; ++i) {
      std::size_t const p = n * grid.cells + i;
      double const row = u[p] - u[p - grid.cells] - dt / 2 * (now[i] + before[i]);
      EXPECT_NEAR(found[p], weight * std::abs(row), 1e-9 * (1 + found[p])) << n << " " << i;
    }
  }
}

class PlaneRows : public ::testing::TestWithParam<twins::SpaceEquation> {};

TEST_P(PlaneRows, OfAnExactSolutionFallWithTheSquareOfWidthAndInterval)
{
  auto const &exact = GetParam();
  auto const length = [&](SpaceTimeGrid const &grid) {
    RowOptions const options{.norm = RowNorm::propagated, .first_level = 1, .lift = false};
    auto const field = exact.field(grid);
    auto const sample = exact.sample();
    auto const placed = place(sample, Partition(grid, 1, {1, 1}),
                              *make_tabulated_basis(grid, field, 1), Coupling::joint, false);
    auto const rows = make_rows(sample, placed, whole(grid), options, false);
    double sum = 0;
    for (double const r : rows->residual(std::vector<double>{1.})) sum += r * r;
    return std::sqrt(sum);
  };

  double const before = length(exact.grid({16, 20}, 17)), after = length(exact.grid({32, 40}, 33));

  EXPECT_LT(before, 0.02);
  EXPECT_GT(before / after, 3);
  EXPECT_LT(before / after, 5);
}

TEST_P(PlaneRows, AreThoseOfAPlainLoop)
{
  expect_rows_of_a_plain_loop(GetParam(), GetParam().grid({9, 8}, 5), {2, 2});
}

TEST_P(PlaneRows, NormalEquationsAreTheSlopeOfTheCostAndTheProductsOfRows)
{
  auto const &exact = GetParam();
  auto const grid = exact.grid({9, 8}, 5);
  auto const sample = exact.sample();
  auto const bank = make_random_features(2, 3, 0.8);
  auto const placed = place(sample, Partition(grid, 1, {2, 2}), *bank, Coupling::joint, false);
  auto const n = Eigen::Index(placed.columns());
  for (RowNorm const norm : {RowNorm::plain, RowNorm::step, RowNorm::propagated}) {
    RowOptions const options{.norm = norm, .first_level = 1, .boundary = true, .lift = false};
    auto const rows = make_rows(sample, placed, whole(grid), options, true);
    auto w = random_numbers(placed.columns());
    std::vector<double> a(std::size_t(n * n)), b(std::size_t(n), 0.), jacobian, residual;

    double const cost = rows->normal_equations(w, -1, a, b);
    ASSERT_TRUE(rows->rows(w, -1, jacobian, residual));

    auto const count = Eigen::Index(residual.size());
    Eigen::Map<Rows> const j(jacobian.data(), count, n), square(a.data(), n, n);
    Eigen::Map<Eigen::VectorXd> const r(residual.data(), count), slope(b.data(), n);
    EXPECT_LT((square - j.transpose() * j).norm(), 1e-12 * square.norm());
    EXPECT_LT((slope - j.transpose() * r).norm(), 1e-12 * j.norm() * r.norm());
    EXPECT_NEAR(cost, r.squaredNorm(), 1e-12 * cost);
    EXPECT_NEAR(cost, rows->cost(w), 1e-12 * cost);
    for (std::size_t k = 0; k < w.size(); ++k) {
      double const kept = w[k], h = 1e-5;
      auto const at = [&](double amount) {
        w[k] = kept + amount;
        return rows->cost(w);
      };
      double const wanted = (at(h) - at(-h)) / (4 * h);
      w[k] = kept;
      EXPECT_NEAR(b[k], wanted, 1e-6 * (1 + std::abs(wanted))) << int(norm);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, PlaneRows, ::testing::ValuesIn(twins::plane_equations()),
                         [](auto const &each) { return each.param.name; });

TEST(RowsInSpace, OfThreeAxesAreThoseOfAPlainLoop)
{
  auto const exact = twins::solid_equation();
  expect_rows_of_a_plain_loop(exact, exact.grid({8, 5, 4}, 4), {2, 1, 1});
}

TEST(RowsInSpace, PropagatedRowsOfALinearEquationAreTheErrorItself)
{
  // The scheme's own solution, u_n = S^-1 (C u_(n-1) + dt c) by dense matrices, plus an error.
  auto const exact = twins::plane_equations()[5];
  auto const grid = exact.grid({6, 5}, 6);
  auto const sample = exact.sample();
  auto const cells = Eigen::Index(grid.cells);
  twins::LinearRate const rate(*exact.pde, grid);
  auto const start = sample.start(grid);
  Eigen::VectorXd u = Eigen::Map<Eigen::VectorXd const>(start.data(), cells);
  std::vector<double> field = start, error(grid.cells, 0.);
  Rng rng(2, "rows_in_space");
  for (std::size_t n = 1; n < grid.levels; ++n) {
    u = rate.step(u, grid.interval());
    for (Eigen::Index i = 0; i < cells; ++i) {
      error.push_back(0.1 * rng.normal());
      field.push_back(u[i] + error.back());
    }
  }
  auto const placed = place(sample, Partition(grid, 1, {1, 1}),
                            *make_tabulated_basis(grid, field, 1), Coupling::joint, false);

  RowOptions const options{.norm = RowNorm::propagated, .first_level = 1, .lift = false};
  auto const rows =
      make_rows(sample, placed, whole(grid), options, false)->residual(std::vector<double>{1.});

  double const weight = std::sqrt(grid.volume() / double(grid.levels));
  for (std::size_t p = 0; p < rows.size(); ++p) {
    EXPECT_NEAR(rows[p], weight * std::abs(error[p]), 1e-12) << p;
  }
}

TEST(RowsInSpace, BoundaryRowsAskForWhatStandsAtEachEndOfEachAxis)
{
  // Value 1 at x = 0, no slope at the other end; no slope at y = 0, value 1 at the other end.
  auto const exact = twins::plane_equations()[5];
  auto const grid = exact.grid({5, 4}, 6);
  auto const sample = exact.sample();
  auto const field = random_numbers(grid.size());
  auto const cost = [&](bool boundary) {
    auto const placed = place(sample, Partition(grid, 1, {1, 1}),
                              *make_tabulated_basis(grid, field, 1), Coupling::joint, false);
    RowOptions const options{.boundary = boundary, .lift = false};
    return make_rows(sample, placed, whole(grid), options, true)->cost(std::vector<double>{1.});
  };
  auto const u = [&](std::size_t n, std::size_t x, std::size_t y) {
    return field[n * 20 + 4 * x + y];
  };
  double wanted = 0;
  for (std::size_t n = 1; n < grid.levels; ++n) {
    for (std::size_t y = 0; y < 4; ++y) {
      double const value = u(n, 0, y) - 1, slope = u(n, 4, y) - u(n, 3, y);
      wanted += (value * value + slope * slope) * grid.axis(1).width() / double(grid.levels);
    }
    for (std::size_t x = 0; x < 5; ++x) {
      double const value = u(n, x, 3) - 1, slope = u(n, x, 1) - u(n, x, 0);
      wanted += (value * value + slope * slope) * grid.axis(0).width() / double(grid.levels);
    }
  }

  EXPECT_NEAR(cost(true) - cost(false), wanted, 1e-10 * cost(true));
}

TEST(RowsInSpace, TheHessianIsTheSlopeOfTheNormalEquations)
{
  std::vector<domains::Boundary> const ends{twins::flux_wave(0).boundary,
                                            twins::ring_wave().boundary};
  auto const pde = std::make_shared<twins::Spreading<3>>(0.02, 2, ends);
  auto const grid = SpaceTimeGrid::over({{9, 1}, {8, 1.5}}, 5, 1);
  PdeSample const sample{pde, domains::constant_field(0.3), {}};
  auto const bank = make_random_features(2, 3, 0.8);
  auto const placed = place(sample, Partition(grid, 1, {2, 2}), *bank, Coupling::joint, true);
  auto const rows =
      make_rows(sample, placed, whole(grid), {.norm = RowNorm::propagated, .first_level = 1}, true);
  std::size_t const n = placed.columns();
  auto w = random_numbers(n);

  auto const hessian = rows->hessian(w);

  for (std::size_t k = 0; k < n; ++k) {
    double const kept = w[k], h = 1e-5;
    auto const slope = [&](double amount) {
      std::vector<double> a(n * n), b(n);
      w[k] = kept + amount;
      rows->normal_equations(w, -1, a, b);
      w[k] = kept;
      return b;
    };
    auto const up = slope(h), down = slope(-h);
    for (std::size_t i = 0; i < n; ++i) {
      double const wanted = (up[i] - down[i]) / (2 * h);
      EXPECT_NEAR(hessian[i * n + k], wanted, 1e-6 * (1 + std::abs(wanted))) << i << " " << k;
    }
  }
}

TEST(RowsInSpace, RefuseWhatIsStatedForOneAxis)
{
  auto const exact = twins::plane_equations()[0];
  auto const grid = exact.grid({8, 8}, 5);
  Partition const partition(grid, 1, {1, 1});
  auto const refused = [&](auto const &change) {
    LayerOptions options;
    change(options.rows);
    EXPECT_THROW(ConstraintLayer(partition, options), InputError);
  };
  refused([](RowOptions &r) { r.kind = RowKind::reference; });
  refused([](RowOptions &r) { r.cells = 2; });
  refused([](RowOptions &r) { r.spreading = 0.1; });
  std::vector<double> const field(grid.size(), 1.);
  EXPECT_THROW(reference_cost(exact.sample(), grid, field), InputError);
  std::vector<PdeSample> const samples{exact.sample()};
  std::vector<std::vector<double>> const fields{field};
  EXPECT_THROW(published_loss({}, grid, samples, fields), InputError);
}

}  // namespace
}  // namespace tessera::constraint
