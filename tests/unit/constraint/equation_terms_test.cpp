#include <cmath>

#include <gtest/gtest.h>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

#include "support/exact_equations.hpp"
#include "support/term_rates.hpp"

// Rows of equations of one to three terms, with every rule of a boundary.
namespace tessera::constraint {
namespace {

using domains::Partition;
using domains::PdeSample;
using domains::SpaceTimeGrid;

class EquationTerms : public ::testing::TestWithParam<twins::ExactEquation> {
 protected:
  /// Rows in the norm of the error, of a field that is a function of its own.
  static double length(PdeSample const &sample, SpaceTimeGrid const &grid,
                       std::vector<double> const &field)
  {
    RowOptions const options{.norm = RowNorm::propagated, .first_level = 1, .lift = false};
    auto const bank = make_tabulated_basis(grid, field, 1);
    auto const placed = place(sample, Partition(grid, 1, 1), *bank, Coupling::joint, false);
    auto const rows = make_rows(sample, placed, whole(grid), options, false);
    double sum = 0;
    for (double const r : rows->residual(std::vector<double>{1.})) sum += r * r;
    return std::sqrt(sum);
  }
};

TEST_P(EquationTerms, RowsOfAnExactSolutionFallWithTheSquareOfWidthAndInterval)
{
  auto const &exact = GetParam();
  auto const coarse = exact.grid(64, 33), fine = exact.grid(128, 65);

  double const before = length(exact.sample(), coarse, exact.field(coarse)),
               after = length(exact.sample(), fine, exact.field(fine));

  EXPECT_LT(before, 0.02);
  EXPECT_GT(before / after, 3);
  EXPECT_LT(before / after, 5);
}

TEST_P(EquationTerms, RowsAreThoseOfAPlainLoop)
{
  auto const &exact = GetParam();
  auto const grid = exact.grid(15, 7);
  auto const sample = exact.sample();
  auto const bank = make_random_features(3, 5);
  auto const placed = place(sample, Partition(grid, 1, 2), *bank, Coupling::joint, true);
  RowOptions const options{.norm = RowNorm::plain, .first_level = 1};
  std::vector<double> const w{0.3, -0.2, 0.5, 0.1, 0.4, -0.6};

  auto const rows = make_rows(sample, placed, whole(grid), options, false);
  auto const u = rows->field(w), found = rows->residual(w);

  auto const rate = [&](std::size_t n) {
    return twins::rate_of(*exact.pde, grid, std::span(u).subspan(n * grid.cells, grid.cells),
                          grid.times()[n]);
  };
  double const dt = grid.interval(), weight = std::sqrt(grid.horizon * grid.width() / dt);
  for (std::size_t n = 1; n < grid.levels; ++n) {
    auto const now = rate(n), before = rate(n - 1);
    for (std::size_t i = 0; i < grid.cells; ++i) {
      std::size_t const p = n * grid.cells + i;
      double const row = u[p] - u[p - grid.cells] - dt / 2 * (now[i] + before[i]);
      EXPECT_NEAR(found[p], weight * std::abs(row), 1e-9 * (1 + found[p])) << n << " " << i;
    }
  }
}

TEST_P(EquationTerms, NormalEquationsAreTheSlopeOfTheCost)
{
  auto const &exact = GetParam();
  auto const grid = exact.grid(16, 7);
  auto const sample = exact.sample();
  auto const bank = make_random_features(2, 3, 0.8);
  auto const placed = place(sample, Partition(grid, 1, 2), *bank, Coupling::joint, false);
  for (RowNorm const norm : {RowNorm::step, RowNorm::propagated}) {
    RowOptions const options{.norm = norm, .first_level = 1, .boundary = true, .lift = false};
    auto const rows = make_rows(sample, placed, whole(grid), options, true);
    std::vector<double> w{0.3, -0.2, 0.5, 0.1}, a(16), b(4);

    rows->normal_equations(w, -1, a, b);

    for (std::size_t j = 0; j < 4; ++j) {
      double const kept = w[j], h = 1e-5;
      auto at = [&](double amount) {
        w[j] = kept + amount;
        return rows->cost(w);
      };
      double const slope = (at(h) - at(-h)) / (4 * h);
      w[j] = kept;
      EXPECT_NEAR(b[j], slope, 1e-6 * (1 + std::abs(slope))) << int(norm);
    }
  }
}

TEST_P(EquationTerms, FourBoxesGiveTheFieldOfOneAndFindTheTruth)
{
  auto const &exact = GetParam();
  auto const grid = exact.grid(48, 25);
  auto const sample = exact.sample();
  std::vector<double> truth(grid.size());
  sample.truth(grid, truth);
  // What the truth is behind the lift, and two functions that have nothing to do with it.
  std::vector<double> lift(grid.size()), distance(grid.size());
  sample.lift(grid, lift);
  sample.pde->distance(grid, distance);
  auto rest = truth, wrong = truth, other = truth;
  for (std::size_t p = 0; p < grid.size(); ++p) {
    double const x = double(p % grid.cells) / double(grid.cells), t = double(p / grid.cells);
    rest[p] = distance[p] == 0 ? 0 : (truth[p] - lift[p]) / distance[p];
    wrong[p] = std::cos(6.283185307179586 * x) * (1 + 0.03 * t);
    other[p] = 1 + 0.02 * t;
  }
  auto const bank = make_pod_basis(grid, {rest, wrong, other}, 3);
  LayerOptions options;
  options.rows.norm = RowNorm::propagated;
  options.rows.first_level = 1;
  auto const solve = [&](std::size_t boxes) {
    ConstraintLayer const layer(Partition(grid, 1, boxes), options);
    return layer.solve(layer.gather(*bank, sample), sample);
  };

  auto const one = solve(1), four = solve(4);

  EXPECT_TRUE(one.converged());
  EXPECT_TRUE(four.converged());
  EXPECT_LT(domains::relative_l2(one.field, truth), 1e-2);
  EXPECT_LT(domains::relative_l2(four.field, one.field), 2e-5);
  EXPECT_LT(four.jump, 1e-5);
}

TEST_P(EquationTerms, AnInitialFieldIsKeptWhereItIsLifted)
{
  auto const &exact = GetParam();
  auto const grid = exact.grid(48, 25);
  auto const sample = exact.sample();
  LayerOptions options;
  options.rows.norm = RowNorm::propagated;
  options.rows.first_level = 1;
  ConstraintLayer const layer(Partition(grid, 1, 4), options);
  std::vector<double> truth(grid.size());
  sample.truth(grid, truth);

  auto const solution = layer.solve(layer.gather(*make_legendre_basis(6, 8), sample), sample);

  auto const initial = sample.start(grid);
  EXPECT_TRUE(std::equal(initial.begin(), initial.end(), solution.field.begin()));
  // The front of Fisher's equation is two cells wide; all others are below 0.02.
  EXPECT_LT(domains::relative_l2(solution.field, truth), 0.05);
}

INSTANTIATE_TEST_SUITE_P(Table, EquationTerms, ::testing::ValuesIn(twins::exact_equations()),
                         [](auto const &each) { return each.param.name; });

TEST(EquationTerms, PublishedRowsRefuseABoundaryTheyAreNotStatedFor)
{
  SpaceTimeGrid const grid{.cells = 16, .levels = 5, .horizon = 1};
  PdeSample const sample{domains::make_burgers(), domains::constant_field(1), {}};
  EXPECT_THROW(reference_cost(sample, grid, std::vector<double>(grid.size(), 1.)), InputError);
}

TEST(EquationTerms, BoxesOfARingMeetWhereItCloses)
{
  SpaceTimeGrid const grid{.cells = 16, .levels = 3, .length = 1, .horizon = 1};
  PdeSample const ring{domains::make_advection(), domains::constant_field(1), {}},
      rod{domains::make_fisher_kpp(), domains::constant_field(1), {}};
  std::vector<double> values(grid.size());
  for (std::size_t p = 0; p < values.size(); ++p) values[p] = double(p % grid.cells);
  auto const bank = make_tabulated_basis(grid, values, 1);
  auto const meetings = [&](PdeSample const &sample, std::size_t boxes) {
    return place(sample, Partition(grid, 1, boxes), *bank, Coupling::joint, false).meetings.size();
  };

  EXPECT_EQ(meetings(rod, 4), 3 * 4 * grid.levels);
  EXPECT_EQ(meetings(ring, 4), (3 * 4 + 2) * grid.levels);
  EXPECT_EQ(meetings(ring, 1), 0u);
  auto const placed = place(ring, Partition(grid, 1, 2), *bank, Coupling::joint, false);
  auto const &last = placed.meetings.back();
  EXPECT_EQ(last.cell, 1u);
  EXPECT_EQ(last.around, 0);
  EXPECT_EQ(last.one, 1u);
  EXPECT_EQ(last.other, 0u);
  for (std::size_t const side : {0u, 1u}) {
    EXPECT_EQ(placed.meeting_values[2 * placed.meetings.size() - 2 + side], 1);  // of cell 1
  }
}

}  // namespace
}  // namespace tessera::constraint
