#include <gtest/gtest.h>

#include <boost/numeric/odeint.hpp>
#include <complex>

#include "support/geps_batch.hpp"
#include "support/plain_experts.hpp"
#include "support/plain_tsit5.hpp"

// The discrete adjoint, in float64, against two independent derivatives of L = sum(cotangent ·
// states): central differences of the replayed step list (any tolerance), and sensitivity
// equations solved by odeint (tight tolerance only: there the discrete map is the exact one).

namespace {

using namespace tessera;
using twins::BankBatch;
using twins::GepsBatch;
using Vector = std::vector<double>;

struct Case {
  char const *name;
  twins::AnyExpert expert;
  int experts, trajectories, points;
  double step, rtol;
};

// Without it GoogleTest prints the bytes.
void PrintTo(Case const &tried, std::ostream *out)
{
  *out << tried.name;
}

class OdeAdjoint : public ::testing::TestWithParam<Case> {
 protected:
  OdeAdjoint()
      : problem(GetParam().expert.bank(), GetParam().expert.state, GetParam().experts,
                GetParam().trajectories, GetParam().points, GetParam().step),
        size(problem.bank->row_size()),
        solution(problem.batch.size(), GetParam().points, GetParam().expert.state, 2000),
        cotangent("tessera::test::cotangent", problem.batch.size(), GetParam().points,
                  GetParam().expert.state),
        gradient("tessera::test::gradient", GetParam().experts, problem.rows.extent(1)),
        context_bar("tessera::test::context_bar", problem.batch.size(),
                    problem.bank->context_size())
  {
    experts::StepControl control{.rtol = GetParam().rtol, .atol = GetParam().rtol};
    problem.bank->integrate({}, problem.rows, problem.batch, control, solution);
    Rng rng(3, "test/cotangent");
    for (std::size_t i = 0; i < cotangent.size(); ++i) cotangent.data()[i] = rng.normal();
    problem.bank->pull_back({}, problem.rows, problem.batch, solution, cotangent, gradient,
                            context_bar);
  }

  // L of one trajectory, all its accepted steps frozen, with row and context as given.
  double replayed(int t, Vector const &row, Vector const &context) const
  {
    auto const &expert = GetParam().expert;
    int const n = solution.accepted(t);
    Vector begins(n), steps(n);
    for (int i = 0; i < n; ++i) begins[i] = solution.tape_time(t, i);
    for (int i = 0; i < n; ++i) steps[i] = solution.tape_step(t, i);
    auto plain = twins::replay<double>(expert.field(row, context),
                                       expert.start(problem.initial(t), problem.batch.origin(t)),
                                       problem.times(t), begins, steps);
    double loss = 0;
    for (std::size_t k = 1; k < plain.states.size(); ++k) {
      for (int i = 0; i < problem.batch.state(); ++i)
        loss += cotangent(t, k, i) * plain.states[k][i];
    }
    return loss;
  }

  // Central difference of expert e's loss in its parameter k.
  double difference_in_parameter(int e, std::size_t k) const
  {
    double const eps = 1e-5;
    double difference = 0;
    for (int t = 0; t < static_cast<int>(problem.batch.size()); ++t) {
      if (problem.expert[t] != e) continue;
      Vector up = problem.row(e), down = up;
      up[k] += eps;
      down[k] -= eps;
      difference +=
          (replayed(t, up, problem.context(t)) - replayed(t, down, problem.context(t))) / (2 * eps);
    }
    return difference;
  }

  BankBatch<double> problem;
  std::size_t size;
  experts::OdeSolution<double> solution;
  experts::View3<double> cotangent;
  experts::View2<double> gradient, context_bar;
};

TEST_P(OdeAdjoint, MatchesDifferencesOfTheReplayedStepsInAllParameters)
{
  double scale = 0;
  for (std::size_t k = 0; k < size; ++k) scale = std::max(scale, std::abs(gradient(0, k)));

  for (std::size_t k = 0; k < size; ++k) {
    ASSERT_NEAR(gradient(0, k), difference_in_parameter(0, k), 1e-7 * scale) << "parameter " << k;
  }
}

// What is promised of context_bar: its sum over the trajectories of one context.
TEST_P(OdeAdjoint, MatchesDifferencesOfTheReplayedStepsInEveryContext)
{
  double const eps = 1e-5;

  for (int c = 0; c < problem.batch.contexts.extent_int(0); ++c) {
    for (int r = 0; r < problem.bank->context_size(); ++r) {
      double found = 0, difference = 0, scale = 1;
      for (int t = 0; t < static_cast<int>(problem.batch.size()); ++t) {
        if (problem.batch.context_row(t) != c) continue;
        Vector const row = problem.row(problem.expert[t]);
        Vector up = problem.context(t), down = up;
        up[r] += eps;
        down[r] -= eps;
        double const own = (replayed(t, row, up) - replayed(t, row, down)) / (2 * eps);
        found += context_bar(t, r);
        difference += own;
        scale = std::max(scale, std::abs(own));
      }
      ASSERT_NEAR(found, difference, 1e-7 * scale) << c << " " << r;
    }
  }
}

TEST_P(OdeAdjoint, IsTheTransposeOfThePushForwardInEveryContext)
{
  int const n = static_cast<int>(problem.batch.size()), rank = problem.bank->context_size();
  experts::View4<double> pushed("tessera::test::sensitivities", n, GetParam().points,
                                GetParam().expert.state, rank);

  problem.bank->push_forward({}, problem.rows, problem.batch, solution, pushed);

  for (int c = 0; c < problem.batch.contexts.extent_int(0); ++c) {
    for (int r = 0; r < rank; ++r) {
      double found = 0, expected = 0, scale = 1;
      for (int t = 0; t < n; ++t) {
        if (problem.batch.context_row(t) != c) continue;
        found += context_bar(t, r);
        for (int k = 1; k < problem.batch.points(t); ++k) {
          for (int i = 0; i < GetParam().expert.state; ++i) {
            expected += cotangent(t, k, i) * pushed(t, k, i, r);
            scale = std::max(scale, std::abs(cotangent(t, k, i) * pushed(t, k, i, r)));
          }
        }
      }
      ASSERT_NEAR(found, expected, 1e-10 * scale) << c << " " << r;
    }
  }
}

TEST_P(OdeAdjoint, TheLastExpertHasItsOwnGradient)
{
  int const e = GetParam().experts - 1;
  std::size_t const k = size / 2;

  double const difference = difference_in_parameter(e, k);

  EXPECT_NEAR(gradient(e, k), difference, 1e-7 * std::max(1.0, std::abs(difference)));
}

TEST_P(OdeAdjoint, ContextsAloneHaveTheSameGradientBitForBit)
{
  experts::View2<double> alone("tessera::test::alone", context_bar.extent(0),
                               context_bar.extent(1));

  problem.bank->pull_back({}, problem.rows, problem.batch, solution, cotangent, {}, alone);

  for (std::size_t i = 0; i < alone.size(); ++i) {
    EXPECT_EQ(alone.data()[i], context_bar.data()[i]);
  }
}

// What has no cotangent may be left out; what is left out must be nothing.
TEST_P(OdeAdjoint, IsLinearInTheCotangentsOfTrajectories)
{
  auto alone = [&](bool second) {
    experts::View3<double> part("tessera::test::part", cotangent.extent(0), cotangent.extent(1),
                                cotangent.extent(2));
    experts::View2<double> found("tessera::test::found", gradient.extent(0), gradient.extent(1));
    for (std::size_t t = 0; t < part.extent(0); ++t) {
      for (std::size_t i = 0; (t == 1) == second && i < part.extent(1) * part.extent(2); ++i) {
        (&part(t, 0, 0))[i] = (&cotangent(t, 0, 0))[i];
      }
    }
    problem.bank->pull_back({}, problem.rows, problem.batch, solution, part, found, context_bar);
    return found;
  };

  auto const one = alone(true), others = alone(false);

  double scale = 0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    scale = std::max(scale, std::abs(gradient.data()[i]));
  }
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    ASSERT_NEAR(one.data()[i] + others.data()[i], gradient.data()[i], 1e-12 * scale) << i;
  }
}

using twins::any_coda, twins::any_geps, twins::any_ncf, twins::any_sum;

constexpr fields::GepsShape geps{2, 6, 3, 2};
constexpr fields::NcfShape ncf{2, 5, 2, 1, 1, 4, 2};
constexpr fields::CodaShape coda{2, 5, 2, 2};

INSTANTIATE_TEST_SUITE_P(
    Shapes, OdeAdjoint,
    ::testing::Values(Case{"loose", any_geps({2, 7, 3, 2}), 2, 21, 9, 0.2, 1e-3},
                      Case{"refilled", any_geps({2, 6, 2, 3}), 1, 75, 6, 0.3, 1e-3},
                      Case{"deep", any_geps({3, 5, 4, 1}), 3, 11, 7, 0.25, 1e-5},
                      Case{"one_layer", any_geps({2, 4, 1, 2}), 1, 5, 12, 0.1, 1e-3},
                      Case{"few", any_geps({2, 19, 3, 2}), 4, 13, 7, 0.2, 1e-3},
                      Case{"few_of_high_rank", any_geps({3, 6, 3, 9}), 2, 15, 6, 0.2, 1e-3},
                      Case{"ncf", any_ncf({2, 7, 2, 1, 1, 5, 3}), 2, 21, 9, 0.2, 1e-3},
                      Case{"ncf_refilled", any_ncf({3, 5, 1, 2, 2, 6, 2}), 1, 75, 6, 0.3, 1e-3},
                      Case{"ncf_linear_codes", any_ncf({2, 6, 3, 0, 0, 3, 4}), 1, 5, 7, 0.2, 1e-3},
                      Case{"coda", any_coda({2, 7, 3, 2}), 2, 21, 9, 0.2, 1e-3},
                      Case{"coda_refilled", any_coda({3, 9, 2, 1}), 1, 75, 6, 0.2, 1e-3},
                      Case{"coda_one_layer", any_coda({2, 4, 1, 3}), 3, 8, 7, 0.1, 1e-3},
                      Case{"geps_sum", any_sum(any_geps(geps), geps), 2, 21, 9, 0.2, 1e-3},
                      Case{"ncf_sum", any_sum(any_ncf(ncf), ncf), 1, 40, 7, 0.2, 1e-3},
                      Case{"coda_sum", any_sum(any_coda(coda), coda), 2, 21, 7, 0.2, 1e-3},
                      Case{"timed", any_geps({2, 7, 3, 2}, true), 2, 51, 9, 0.2, 1e-3},
                      Case{"timed_few", any_geps({2, 19, 3, 2}, true), 4, 13, 7, 0.2, 1e-3},
                      Case{"timed_ncf", any_ncf({2, 7, 2, 1, 1, 5, 3}, true), 2, 41, 9, 0.2, 1e-3},
                      Case{"timed_coda", any_coda({3, 7, 3, 2}, true), 2, 31, 9, 0.2, 1e-3}),
    [](auto const &shape) { return shape.param.name; });

TEST(OdeAdjointTight, MatchesSensitivityEquationsSolvedByOdeint)
{
  using Complex = std::complex<double>;
  using State = std::vector<Complex>;
  GepsBatch<double> problem({.state = 2, .width = 8, .depth = 3, .rank = 2}, 1, 3, 8, 0.3);
  experts::OdeSolution<double> solution(3, 8, 2, 4000);
  experts::View3<double> cotangent("tessera::test::cotangent", 3, 8, 2);
  experts::View2<double> gradient("tessera::test::gradient", 1, problem.rows.extent(1));
  experts::View2<double> context_bar("tessera::test::context_bar", 3, 2);
  Rng rng(4, "test/cotangent");
  for (std::size_t i = 0; i < cotangent.size(); ++i) cotangent.data()[i] = rng.normal();
  experts::StepControl control{.rtol = 1e-10, .atol = 1e-10};

  problem.bank->integrate({}, problem.rows, problem.batch, control, solution);
  problem.bank->pull_back({}, problem.rows, problem.batch, solution, cotangent, gradient,
                          context_bar);

  // The imaginary part of the complexified problem obeys the sensitivity equations of the
  // direction it starts in (complex step, 1e-100 away: no cancellation).
  namespace odeint = boost::numeric::odeint;
  for (std::size_t k = 0; k < problem.layout.size; k += 7) {
    double expected = 0;
    for (int t = 0; t < 3; ++t) {
      auto real_row = problem.row(0);
      State row(real_row.begin(), real_row.end()), context;
      for (double c : problem.context(t)) context.emplace_back(c);
      row[k] += Complex(0, 1e-100);
      auto field = [&](State const &x, State &dx, double) {
        dx = twins::plain_geps<Complex>(problem.layout, row, context, x);
      };
      State x;
      for (double value : problem.initial(t)) x.emplace_back(value);
      auto times = problem.times(t);
      std::size_t point = 0;
      auto stepper = odeint::make_dense_output(1e-12, 1e-12, odeint::runge_kutta_dopri5<State>());
      auto observe = [&](State const &state, double) {
        for (int i = 0; i < 2; ++i) expected += cotangent(t, point, i) * state[i].imag() * 1e100;
        ++point;
      };
      odeint::integrate_times(stepper, field, x, times.begin(), times.end(), 0.01, observe);
    }
    ASSERT_NEAR(gradient(0, k), expected, 1e-6 * std::max(1.0, std::abs(expected))) << k;
  }
}

}  // namespace
