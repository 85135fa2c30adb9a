#include <gtest/gtest.h>

#include <boost/numeric/odeint.hpp>
#include <complex>

#include "support/geps_batch.hpp"
#include "support/plain_geps.hpp"
#include "support/plain_tsit5.hpp"

// Sensitivities of recorded solutions to their contexts, in float64: against differences of the
// replayed step list, against sensitivity equations solved by odeint at a tight tolerance, and
// against the adjoint, whose transpose they are.

namespace {

using namespace tessera;
using twins::GepsBatch;
using Vector = std::vector<double>;

template <class T>
struct Pushed {
  Pushed(GepsBatch<T> const &problem, experts::StepControl const &control)
      : solution(problem.batch.size(), problem.batch.times.extent(1), problem.batch.state(), 4000),
        sensitivities("tessera::test::sensitivities", problem.batch.size(),
                      problem.batch.times.extent(1), problem.batch.state(),
                      problem.layout.shape.rank)
  {
    Kokkos::deep_copy(sensitivities, T(7));  // what is not reached must be written too
    problem.bank->integrate({}, problem.rows, problem.batch, control, solution);
    problem.bank->push_forward({}, problem.rows, problem.batch, solution, sensitivities);
  }
  experts::OdeSolution<T> solution;
  experts::View4<T> sensitivities;
};

struct Case {
  char const *name;
  fields::GepsShape shape;
  int experts, trajectories, points;
  double step, rtol;
};

// Without it GoogleTest prints the bytes.
void PrintTo(Case const &tried, std::ostream *out)
{
  *out << tried.name;
}

class OdeTangent : public ::testing::TestWithParam<Case> {
 protected:
  OdeTangent()
      : problem(GetParam().shape, GetParam().experts, GetParam().trajectories, GetParam().points,
                GetParam().step),
        pushed(problem, {.rtol = GetParam().rtol, .atol = GetParam().rtol})
  {
  }

  // All states of one trajectory, its accepted steps frozen, with the context as given.
  std::vector<Vector> replayed(int t, Vector const &context) const
  {
    Vector const row = problem.row(problem.expert[t]);
    auto field = [&](Vector const &x) {
      return twins::plain_geps<double>(problem.layout, row, context, x);
    };
    int const n = pushed.solution.accepted(t);
    Vector begins(n), steps(n);
    for (int i = 0; i < n; ++i) begins[i] = pushed.solution.tape_time(t, i);
    for (int i = 0; i < n; ++i) steps[i] = pushed.solution.tape_step(t, i);
    return twins::replay<double>(field, problem.initial(t), problem.times(t), begins, steps).states;
  }

  GepsBatch<double> problem;
  Pushed<double> pushed;
};

TEST_P(OdeTangent, MatchesDifferencesOfTheReplayedStepsAtAllPoints)
{
  double const eps = 1e-5;

  for (int t = 0; t < static_cast<int>(problem.batch.size()); ++t) {
    for (int r = 0; r < problem.layout.shape.rank; ++r) {
      Vector up = problem.context(t), down = up;
      up[r] += eps;
      down[r] -= eps;
      auto const above = replayed(t, up), below = replayed(t, down);
      for (int k = 0; k < problem.batch.points(t); ++k) {
        for (int i = 0; i < problem.batch.state(); ++i) {
          double const expected = (above[k][i] - below[k][i]) / (2 * eps);
          ASSERT_NEAR(pushed.sensitivities(t, k, i, r), expected,
                      1e-7 * std::max(1.0, std::abs(expected)))
              << t << " " << k << " " << i << " " << r;
        }
      }
    }
  }
}

TEST_P(OdeTangent, IsTheTransposeOfTheAdjoint)
{
  auto const &s = pushed.sensitivities;
  experts::View3<double> cotangent("tessera::test::cotangent", s.extent(0), s.extent(1),
                                   s.extent(2));
  experts::View2<double> gradient("tessera::test::gradient", GetParam().experts,
                                  problem.rows.extent(1));
  experts::View2<double> context_bar("tessera::test::context_bar", s.extent(0), s.extent(3));
  Rng rng(5, "test/cotangent");
  for (std::size_t i = 0; i < cotangent.size(); ++i) cotangent.data()[i] = rng.normal();

  problem.bank->pull_back({}, problem.rows, problem.batch, pushed.solution, cotangent, gradient,
                          context_bar);

  for (std::size_t t = 0; t < s.extent(0); ++t) {
    for (std::size_t r = 0; r < s.extent(3); ++r) {
      double product = 0, size = 1;
      for (int k = 1; k < problem.batch.points(t); ++k) {
        for (std::size_t i = 0; i < s.extent(2); ++i) {
          product += cotangent(t, k, i) * s(t, k, i, r);
          size += std::abs(cotangent(t, k, i) * s(t, k, i, r));
        }
      }
      ASSERT_NEAR(product, context_bar(t, r), 1e-11 * size) << t << " " << r;
    }
  }
}

TEST_P(OdeTangent, IsZeroAtTheStartAndBehindTheLastPoint)
{
  for (int t = 0; t < static_cast<int>(problem.batch.size()); ++t) {
    for (int i = 0; i < problem.batch.state(); ++i) {
      EXPECT_EQ(pushed.sensitivities(t, 0, i, 0), 0);
      for (int k = problem.batch.points(t); k < GetParam().points; ++k) {
        EXPECT_EQ(pushed.sensitivities(t, k, i, 0), 0);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, OdeTangent,
                         ::testing::Values(Case{"loose", {2, 7, 3, 2}, 2, 21, 9, 0.2, 1e-3},
                                           Case{"refilled", {2, 6, 2, 3}, 1, 75, 6, 0.3, 1e-3},
                                           Case{"deep", {3, 5, 4, 1}, 3, 11, 7, 0.25, 1e-5},
                                           Case{"one_layer", {2, 4, 1, 2}, 1, 5, 12, 0.1, 1e-3}),
                         [](auto const &shape) { return shape.param.name; });

TEST(OdeTangentTight, MatchesSensitivityEquationsSolvedByOdeint)
{
  namespace odeint = boost::numeric::odeint;
  using Complex = std::complex<double>;
  using State = std::vector<Complex>;
  GepsBatch<double> problem({.state = 2, .width = 8, .depth = 3, .rank = 3}, 1, 4, 8, 0.3);

  Pushed<double> pushed(problem, {.rtol = 1e-10, .atol = 1e-10});

  // The imaginary part of the complexified problem obeys the sensitivity equations.
  State const row(&problem.rows(0, 0), &problem.rows(0, 0) + problem.layout.size);
  for (int t = 0; t < 4; ++t) {
    for (int r = 0; r < 3; ++r) {
      auto const real = problem.context(t), start = problem.initial(t);
      State context(real.begin(), real.end()), x(start.begin(), start.end());
      context[r] += Complex(0, 1e-100);
      auto field = [&](State const &at, State &dx, double) {
        dx = twins::plain_geps<Complex>(problem.layout, row, context, at);
      };
      auto const times = problem.times(t);
      int k = 0;
      auto observe = [&](State const &state, double) {
        for (int i = 0; i < 2; ++i) {
          EXPECT_NEAR(pushed.sensitivities(t, k, i, r), state[i].imag() * 1e100, 1e-6);
        }
        ++k;
      };
      auto stepper = odeint::make_dense_output(1e-12, 1e-12, odeint::runge_kutta_dopri5<State>());
      odeint::integrate_times(stepper, field, x, times.begin(), times.end(), 0.01, observe);
    }
  }
}

TEST(OdeTangentFloat, FollowsDoubleToTheToleranceOfTheSolve)
{
  fields::GepsShape const shape{.state = 2, .width = 64, .depth = 3, .rank = 4};
  GepsBatch<float> problem(shape, 3, 50, 20, 0.06);
  GepsBatch<double> exact(shape, 3, 50, 20, 0.06);

  Pushed<float> pushed(problem, {});
  Pushed<double> reference(exact, {.rtol = 1e-8, .atol = 1e-8});

  for (int t = 0; t < 50; ++t) {
    for (int r = 0; r < 4; ++r) {
      int const k = problem.batch.points(t) - 1;
      EXPECT_NEAR(pushed.sensitivities(t, k, 1, r), reference.sensitivities(t, k, 1, r), 5e-3);
    }
  }
}

TEST(OdeTangentFloat, DoesNotDependOnTheQueueATrajectoryStandsIn)
{
  GepsBatch<float> problem({.state = 2, .width = 20, .depth = 3, .rank = 3}, 1, 70, 15, 0.3);
  auto alone = problem;
  alone.batch.blocks = experts::View1<experts::Block>("tessera::test::blocks", 70);
  for (int t = 0; t < 70; ++t) alone.batch.blocks(t) = {0, t, t + 1};

  Pushed<float> together(problem, {}), single(alone, {});

  for (std::size_t i = 0; i < together.sensitivities.size(); ++i) {
    ASSERT_EQ(together.sensitivities.data()[i], single.sensitivities.data()[i]);
  }
}

TEST(OdeTangentFloat, AFailedTrajectoryHasNoneAndHarmsNoNeighbour)
{
  GepsBatch<float> problem({.state = 2, .width = 16, .depth = 3, .rank = 2}, 1, 40, 10, 0.1);
  Pushed<float> expected(problem, {});
  problem.batch.initial(5, 1) = std::numeric_limits<float>::quiet_NaN();

  Pushed<float> pushed(problem, {});

  for (int t = 0; t < 40; ++t) {
    float const value = pushed.sensitivities(t, problem.batch.points(t) - 1, 0, 1);
    EXPECT_EQ(value, t == 5 ? 0 : expected.sensitivities(t, problem.batch.points(t) - 1, 0, 1));
  }
}

}  // namespace
