#include <gtest/gtest.h>

#include <cmath>

#include <tessera/core/registry.hpp>

#include "support/bank_batch.hpp"
#include "support/plain_experts.hpp"
#include "support/plain_tsit5.hpp"

// What every kind of vector field promises, on widths that divide nothing and with more
// trajectories than lanes, so that lanes are refilled.

namespace {

using namespace tessera;
using twins::AnyExpert;
using twins::BankBatch;

template <class T>
experts::OdeSolution<T> solve(BankBatch<T> const &problem, experts::StepControl const &control,
                              int tape_steps = 0)
{
  experts::OdeSolution<T> solution(problem.batch.size(), problem.batch.times.extent(1),
                                   problem.batch.state(), tape_steps);
  problem.bank->integrate({}, problem.rows, problem.batch, control, solution);
  return solution;
}

class FieldBank : public ::testing::TestWithParam<AnyExpert> {};

TEST_P(FieldBank, OneEvaluationIsThePlainNetwork)
{
  BankBatch<double> problem(GetParam().bank(), GetParam().state, 1, 1, 3, 0.1);
  std::vector<double> dx(GetParam().state);

  problem.bank->evaluate(problem.row(0), problem.context(0), 1.7, problem.initial(0), dx);

  auto expected = GetParam().plain(problem.row(0), problem.context(0),
                                   GetParam().start(problem.initial(0), 1.7));
  for (std::size_t i = 0; i < dx.size(); ++i) EXPECT_NEAR(dx[i], expected[i], 1e-13);
}

// A few trajectories may be solved in another form of the field than many.
TEST_P(FieldBank, LanesSolveAsThePlainLoopDoes)
{
  experts::StepControl control{.rtol = 1e-5, .atol = 1e-7};
  for (int trajectories : {7, 117}) {
    BankBatch<double> problem(GetParam().bank(), GetParam().state, 2, trajectories, 12, 0.1);

    auto solution = solve(problem, control);

    for (int t = 0; t < trajectories; ++t) {
      auto plain =
          twins::plain_tsit5(GetParam().field(problem.row(problem.expert[t]), problem.context(t)),
                             GetParam().start(problem.initial(t), problem.batch.origin(t)),
                             problem.times(t), control, GetParam().time ? 1 : 0);
      ASSERT_EQ(solution.status(t), Status::ok);
      EXPECT_EQ(solution.attempted(t), plain.attempted);
      for (std::size_t k = 0; k < plain.states.size(); ++k) {
        for (int i = 0; i < GetParam().state; ++i) {
          EXPECT_NEAR(solution.states(t, k, i), plain.states[k][i], 1e-9);
        }
      }
    }
  }
}

TEST_P(FieldBank, FloatLanesAgreeWithDoubleToTheTolerance)
{
  BankBatch<float> problem(GetParam().bank_float(), GetParam().state, 3, 50, 20, 0.04);
  BankBatch<double> exact(GetParam().bank(), GetParam().state, 3, 50, 20, 0.04);

  auto solution = solve(problem, {});
  auto reference = solve(exact, {.rtol = 1e-10, .atol = 1e-10});

  for (int t = 0; t < 50; ++t) {
    int const k = problem.batch.points(t) - 1;
    EXPECT_NEAR(solution.states(t, k, 0), reference.states(t, k, 0), 5e-3);
  }
}

TEST_P(FieldBank, AStateDoesNotDependOnTheQueueItsTrajectoryStandsIn)
{
  BankBatch<float> problem(GetParam().bank_float(), GetParam().state, 1, 70, 15, 0.1);
  auto alone = problem;
  alone.batch.blocks = experts::View1<experts::Block>("tessera::test::blocks", 70);
  for (int t = 0; t < 70; ++t) alone.batch.blocks(t) = {0, t, t + 1};

  auto together = solve(problem, {});
  auto single = solve(alone, {});

  for (int t = 0; t < 70; ++t) {
    for (int k = 0; k < problem.batch.points(t); ++k) {
      EXPECT_EQ(together.states(t, k, 0), single.states(t, k, 0));
    }
  }
}

TEST_P(FieldBank, FloatGradientsAgreeWithDouble)
{
  BankBatch<float> problem(GetParam().bank_float(), GetParam().state, 2, 45, 8, 0.04);
  BankBatch<double> exact(GetParam().bank(), GetParam().state, 2, 45, 8, 0.04);
  auto gradient = [](auto &p, auto zero) {
    using T = decltype(zero);
    auto solution = solve(p, {.rtol = 1e-4, .atol = 1e-5}, 200);
    experts::View3<T> cotangent("tessera::test::cotangent", 45, 8, p.batch.state());
    experts::View2<T> rows("tessera::test::gradient", 2, p.rows.extent(1)),
        bar("tessera::test::context_bar", 45, p.bank->context_size());
    Kokkos::deep_copy(cotangent, T(1));
    p.bank->pull_back({}, p.rows, p.batch, solution, cotangent, rows, bar);
    return rows;
  };

  auto const found = gradient(problem, 0.0f);
  auto const reference = gradient(exact, 0.0);

  double scale = 0;
  for (std::size_t k = 0; k < reference.size(); ++k) {
    scale = std::max(scale, std::abs(reference.data()[k]));
  }
  for (std::size_t k = 0; k < reference.size(); ++k) {
    ASSERT_NEAR(found.data()[k], reference.data()[k], 2e-3 * scale) << k;
  }
}

TEST_P(FieldBank, AnExpertsGradientIsTheSameBitsWhoeverElseIsInTheBatch)
{
  BankBatch<float> problem(GetParam().bank_float(), GetParam().state, 3, 900, 6, 0.05);
  problem.batch.blocks = experts::make_blocks(problem.expert);
  auto alone = problem;  // the second expert's 300 trajectories
  std::pair<int, int> const own(300, 600);
  alone.batch.initial = Kokkos::subview(problem.batch.initial, own, Kokkos::ALL);
  alone.batch.times = Kokkos::subview(problem.batch.times, own, Kokkos::ALL);
  alone.batch.points = Kokkos::subview(problem.batch.points, own);
  alone.batch.context_row = Kokkos::subview(problem.batch.context_row, own);
  alone.batch.origin = Kokkos::subview(problem.batch.origin, own);
  alone.batch.blocks = experts::make_blocks(std::vector<int>(300, 1));
  experts::View3<float> cotangent("tessera::test::cotangent", 900, 6, problem.batch.state());
  Rng rng(5, "test/cotangent");
  for (std::size_t i = 0; i < cotangent.size(); ++i) cotangent.data()[i] = float(rng.normal());
  auto const gradient = [](auto const &p, experts::View3<float> const &bar) {
    experts::View2<float> rows("tessera::test::gradient", 3, p.rows.extent(1)),
        context_bar("tessera::test::context_bar", p.batch.size(), p.bank->context_size());
    p.bank->pull_back({}, p.rows, p.batch, solve(p, {}, 60), bar, rows, context_bar);
    return rows;
  };

  auto const among = gradient(problem, cotangent);
  auto const single = gradient(alone, Kokkos::subview(cotangent, own, Kokkos::ALL, Kokkos::ALL));

  double sum = 0;
  for (std::size_t k = 0; k < among.extent(1); ++k) {
    ASSERT_EQ(among(1, k), single(1, k)) << k;
    ASSERT_EQ(single(0, k), 0) << k;
    sum += std::abs(double(among(1, k)));
  }
  EXPECT_GT(sum, 0);
}

TEST_P(FieldBank, AFailedTrajectoryHarmsNoNeighbour)
{
  BankBatch<float> problem(GetParam().bank_float(), GetParam().state, 1, 40, 10, 0.05);
  auto expected = solve(problem, {});
  problem.batch.initial(5, 1) = std::numeric_limits<float>::quiet_NaN();

  auto solution = solve(problem, {});

  EXPECT_EQ(solution.status(5), Status::not_finite);
  for (int t = 0; t < 40; ++t) {
    if (t == 5) continue;
    int const k = problem.batch.points(t) - 1;
    EXPECT_EQ(solution.states(t, k, 0), expected.states(t, k, 0));
  }
}

constexpr fields::GepsShape geps{3, 13, 4, 3};
constexpr fields::NcfShape ncf{3, 13, 3, 2, 1, 11, 5};
constexpr fields::CodaShape coda{3, 37, 3, 3};

INSTANTIATE_TEST_SUITE_P(Kinds, FieldBank,
                         ::testing::Values(twins::any_geps(geps), twins::any_ncf(ncf),
                                           twins::any_coda(coda),
                                           twins::any_sum(twins::any_geps(geps), geps),
                                           twins::any_sum(twins::any_ncf(ncf), ncf),
                                           twins::any_sum(twins::any_coda(coda), coda),
                                           twins::any_geps({3, 13, 4, 3}, true),
                                           twins::any_ncf({3, 13, 3, 2, 1, 11, 5}, true),
                                           twins::any_coda({3, 37, 3, 3}, true)),
                         [](auto const &kind) { return kind.param.name; });

TEST(NcfLayout, HasThePublishedNumberOfParametersAndWidths)
{
  fields::NcfLayout layout({});
  fields::NcfLayout selkov({.width = 128, .depth_data = 2, .depth_ctx = 2, .rank = 256});

  EXPECT_EQ(layout.size, 13404u);
  EXPECT_EQ(layout.context[0].out, 12);
  EXPECT_EQ(layout.data[0].out, 8);
  EXPECT_EQ(selkov.size, 85360u);
  EXPECT_EQ(selkov.context[0].out, 128);
  EXPECT_EQ(selkov.context[1].out, 64);
  EXPECT_EQ(selkov.data[0].out, 6);
  EXPECT_EQ(selkov.data[1].out, 12);
}

TEST(CodaLayout, HasThePublishedNumberOfParameters)
{
  fields::CodaLayout layout({}), glycolytic({.state = 7, .width = 202, .depth = 3, .rank = 2});

  EXPECT_EQ(layout.size, 22421u);
  EXPECT_EQ(layout.flops_per_evaluation(), 2 * (128 + 4096 + 128) + 2 * 64);
  EXPECT_EQ(3 * glycolytic.size + 3 * 7, 396429u);
}

}  // namespace
