#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <vector>

#include <petscsys.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/solvers/stiff_integrator.hpp>

#include "support/refusal.hpp"

namespace tessera::solvers {
namespace {

using Span = std::span<double>;
using ConstSpan = std::span<double const>;

/// Prothero and Robinson's problem made autonomous, u_0' = 1 and
/// u_1' = -k (u_1 - cos u_0) - sin u_0, so that u = (t, cos t) from (0, 1) at any stiffness k.
BandedSystem prothero_robinson(double k)
{
  return {.size = 2,
          .lower = 1,
          .upper = 0,
          .rate =
              [k](ConstSpan u, Span rate) {
                rate[0] = 1;
                rate[1] = -k * (u[1] - std::cos(u[0])) - std::sin(u[0]);
              },
          .jacobian =
              [k](ConstSpan u, Span bands) {
                bands[1] = 0;
                bands[2] = -k * std::sin(u[0]) - std::cos(u[0]);
                bands[3] = -k;
              }};
}

class StiffIntegrator : public testing::TestWithParam<StiffMethod> {
 protected:
  StiffOptions options() const { return {.method = GetParam(), .rtol = 1e-7, .atol = 1e-7}; }
};

TEST_P(StiffIntegrator, FollowsAStiffProblemInFewSteps)
{
  std::vector<double> const start = {0, 1}, times = {0, 0.5, 0.7, 3};
  std::vector<double> states(times.size() * 2);

  StiffReport const report =
      integrate_stiff(prothero_robinson(1e6), start, times, options(), states);

  ASSERT_EQ(report.status, Status::ok);
  for (std::size_t i = 0; i < times.size(); ++i) {
    EXPECT_NEAR(states[2 * i], times[i], 1e-12);
    EXPECT_NEAR(states[2 * i + 1], std::cos(times[i]), 1e-5);
  }
  EXPECT_LT(report.steps, 1000);  // an explicit method needs a million
}

/// u(1) of u' = A u from u(0) by the series of e^A.
template <class Rate>
std::vector<double> one_later(Rate const &rate, std::vector<double> const &start)
{
  std::vector<double> sum = start, term = start, next(start.size());
  for (int k = 1; k < 60; ++k) {
    rate(term, next);
    for (std::size_t i = 0; i < start.size(); ++i) sum[i] += term[i] = next[i] / k;
  }
  return sum;
}

TEST_P(StiffIntegrator, ReadsEveryBandInItsPlace)
{
  // A constant, and lower triangular beside one upper band.
  double const a[4][4] = {{-1, 2, 0, 0}, {3, -4, 1, 0}, {-2, 1, -3, 2}, {0, 1, 2, -5}};
  BandedSystem const system{.size = 4,
                            .lower = 2,
                            .upper = 1,
                            .rate =
                                [&](ConstSpan u, Span rate) {
                                  for (std::size_t i = 0; i < 4; ++i) {
                                    rate[i] = 0;
                                    for (std::size_t j = 0; j < 4; ++j) rate[i] += a[i][j] * u[j];
                                  }
                                },
                            .jacobian =
                                [&](ConstSpan, Span bands) {
                                  for (std::size_t i = 0; i < 4; ++i) {
                                    for (std::size_t b = 0; b < 4; ++b) {
                                      std::size_t const j =
                                          i + b;  // two columns ahead of the true one
                                      bands[4 * i + b] = j >= 2 && j < 6 ? a[i][j - 2] : 1e300;
                                    }
                                  }
                                }};
  std::vector<double> const start = {1, 2, -1, 1}, times = {0, 1};
  std::vector<double> states(8);

  ASSERT_EQ(integrate_stiff(system, start, times, options(), states).status, Status::ok);

  auto const expected = one_later(system.rate, start);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(states[4 + i], expected[i], 2e-6);
}

/// u' = A u on a torus of 5 x 4 places, each drawn to its four neighbours by weights of its own.
SparseSystem torus()
{
  std::size_t const n = 5, m = 4;
  SparseSystem system;
  system.size = n * m;
  system.rows.push_back(0);
  std::vector<double> values;
  for (std::size_t i = 0; i < system.size; ++i) {
    std::size_t const x = i / m, y = i % m;
    std::map<std::size_t, double> row;
    row[(x + 1) % n * m + y] = 2, row[(x + n - 1) % n * m + y] = 1;
    row[x * m + (y + 1) % m] = 0.5 + double(i % 3), row[x * m + (y + m - 1) % m] = 1.5;
    row[i] = -6 - double(i % 2);
    for (auto const &[column, value] : row) {
      system.columns.push_back(column);
      values.push_back(value);
    }
    system.rows.push_back(system.columns.size());
  }
  system.rate = [pattern = system, values](ConstSpan u, Span rate) {
    for (std::size_t i = 0; i < pattern.size; ++i) {
      rate[i] = 0;
      for (std::size_t e = pattern.rows[i]; e < pattern.rows[i + 1]; ++e) {
        rate[i] += values[e] * u[pattern.columns[e]];
      }
    }
  };
  system.jacobian = [values](ConstSpan, Span out) {
    std::copy(values.begin(), values.end(), out.begin());
  };
  return system;
}

TEST_P(StiffIntegrator, ReadsEveryEntryOfASparseSystemInItsPlace)
{
  SparseSystem const system = torus();
  std::vector<double> start(20), states(40);
  for (std::size_t i = 0; i < 20; ++i) start[i] = double(i * i % 7) / 7 - 0.3;
  std::vector<double> const times = {0, 1};

  ASSERT_EQ(integrate_stiff(system, start, times, options(), states).status, Status::ok);

  auto const expected = one_later(system.rate, start);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_NEAR(states[20 + i], expected[i], 1e-5);
}

TEST_P(StiffIntegrator, FollowsAStiffSparseSystemAsItDoesABand)
{
  BandedSystem const band = prothero_robinson(1e6);
  SparseSystem sparse{.size = 2, .rows = {0, 1, 3}, .columns = {0, 0, 1}, .rate = band.rate};
  sparse.jacobian = [&](ConstSpan u, Span values) {
    std::vector<double> bands(4);
    band.jacobian(u, bands);
    std::copy(bands.begin() + 1, bands.end(), values.begin());
  };
  std::vector<double> const start = {0, 1}, times = {0, 0.5, 3};
  std::vector<double> found(6), wanted(6);

  ASSERT_EQ(integrate_stiff(sparse, start, times, options(), found).status, Status::ok);
  ASSERT_EQ(integrate_stiff(band, start, times, options(), wanted).status, Status::ok);

  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(found[i], wanted[i], 1e-8);
}

TEST(SparseSystem, APatternThatIsNoneIsRefused)
{
  using Numbers = std::vector<std::size_t>;
  auto const refused = [](Numbers const &rows, Numbers const &columns) {
    SparseSystem system = torus();
    system.size = 2, system.rows = rows, system.columns = columns;
    std::vector<double> const start = {0, 1}, times = {0, 1};
    std::vector<double> states(4);
    return refusal([&] { integrate_stiff(system, start, times, {}, states); });
  };

  EXPECT_THAT(refused({0, 1}, {0, 1}), testing::HasSubstr("rows must be 3 numbers"));
  EXPECT_THAT(refused({0, 1, 3}, {0, 1}), testing::HasSubstr("to the 2 entries"));
  EXPECT_THAT(refused({0, 2, 3}, {1, 0, 1}), testing::HasSubstr("row 0"));  // falls
  EXPECT_THAT(refused({0, 1, 3}, {0, 1, 1}), testing::HasSubstr("row 1"));  // twice
  EXPECT_THAT(refused({0, 1, 2}, {0, 0}), testing::HasSubstr("include 1"));
  EXPECT_THAT(refused({0, 1, 3}, {0, 1, 2}), testing::HasSubstr("lie below 2"));
}

TEST_P(StiffIntegrator, SaysThatARateIsNotFinite)
{
  BandedSystem system = prothero_robinson(10);
  system.rate = [](ConstSpan u, Span rate) {
    rate[0] = 1;
    rate[1] = u[0] > 0.5 ? std::numeric_limits<double>::quiet_NaN() : 0;
  };
  std::vector<double> const start = {0, 1}, times = {0, 1};
  std::vector<double> states(4);

  EXPECT_EQ(integrate_stiff(system, start, times, options(), states).status, Status::not_finite);
}

TEST_P(StiffIntegrator, SaysThatADerivativeIsNotFinite)
{
  BandedSystem system = prothero_robinson(10);
  system.jacobian = [](ConstSpan, Span bands) {
    bands[1] = bands[2] = 0;
    bands[3] = std::numeric_limits<double>::quiet_NaN();
  };
  std::vector<double> const start = {0, 1}, times = {0, 1e-9};
  std::vector<double> states(4);

  EXPECT_EQ(integrate_stiff(system, start, times, options(), states).status, Status::not_finite);
}

TEST_P(StiffIntegrator, StopsAtTheStepLimit)
{
  StiffOptions few = options();
  few.max_steps = 3;
  std::vector<double> const start = {0, 1}, times = {0, 1};
  std::vector<double> states(4);

  StiffReport const report = integrate_stiff(prothero_robinson(10), start, times, few, states);

  EXPECT_EQ(report.status, Status::step_limit);
  EXPECT_EQ(report.steps, 3);
}

TEST_P(StiffIntegrator, PassesAnExceptionOfACallbackOnAndWorksAgain)
{
  BandedSystem system = prothero_robinson(10), broken = system;
  broken.jacobian = [](ConstSpan, Span) { throw std::domain_error("no derivative here"); };
  std::vector<double> const start = {0, 1}, times = {0, 1};
  std::vector<double> states(4);
  testing::internal::CaptureStderr();

  EXPECT_THROW(integrate_stiff(broken, start, times, options(), states), std::domain_error);

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(integrate_stiff(system, start, times, options(), states).status, Status::ok);
}

TEST_P(StiffIntegrator, NeitherReadsNorChangesTheOptionsOfAHost)
{
  PetscOptionsSetValue(nullptr, "-ts_view", "");
  PetscOptionsSetValue(nullptr, "-ts_max_steps", "1");
  std::vector<double> const start = {0, 1}, times = {0, 1};
  std::vector<double> states(4);
  testing::internal::CaptureStdout();

  Status const status =
      integrate_stiff(prothero_robinson(10), start, times, options(), states).status;

  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(status, Status::ok);
  PetscInt unused = 0;
  PetscOptionsLeftGet(nullptr, &unused, nullptr, nullptr);
  EXPECT_EQ(unused, 2);
  PetscOptionsClearValue(nullptr, "-ts_view");
  PetscOptionsClearValue(nullptr, "-ts_max_steps");
}

INSTANTIATE_TEST_SUITE_P(Methods, StiffIntegrator,
                         testing::Values(StiffMethod::rosenbrock, StiffMethod::dirk),
                         [](auto const &method) {
                           return method.param == StiffMethod::rosenbrock ? "rosenbrock" : "dirk";
                         });

}  // namespace
}  // namespace tessera::solvers
