#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/meta/gate_fit.hpp>

namespace {

using namespace tessera::meta;
using tessera::Rng;

std::span<double const> context(std::vector<double> const &contexts, std::size_t components,
                                std::size_t e)
{
  return std::span(contexts).subspan(e * components, components);
}

/// `per` environments for each of four experts in 16 components; an environment lives in the four
/// components of its expert, around `centre`, and is zero elsewhere.
std::vector<double> split_contexts(std::size_t per, double centre, double spread)
{
  Rng rng(3, "contexts");
  std::vector<double> contexts(4 * per * 16, 0.);
  for (std::size_t e = 0; e < 4 * per; ++e) {
    std::size_t const slice = e % 4;
    for (std::size_t c = 0; c < 4; ++c) {
      contexts[e * 16 + slice * 4 + c] = centre + spread * rng.normal();
    }
  }
  return contexts;
}

std::vector<int> every_fourth(std::size_t count)
{
  std::vector<int> assignment(count);
  for (std::size_t e = 0; e < count; ++e) assignment[e] = static_cast<int>(e % 4);
  return assignment;
}

TEST(LeastSquaresGate, AssignsEveryEnvironmentOfASplitContextToItsOwnExpert)
{
  for (std::size_t per : {1, 2, 5, 40}) {
    for (double scale : {1e-3, 1., 1e3}) {
      std::vector<double> const contexts = split_contexts(per, scale, .2 * scale);
      std::vector<int> const assignment = every_fourth(4 * per);
      Rng rng(0, "gate");

      LinearGate const gate = fit_gate(contexts, 16, assignment, 4, {}, rng);

      for (std::size_t e = 0; e < assignment.size(); ++e) {
        EXPECT_EQ(gate.route(context(contexts, 16, e)), assignment[e])
            << "environment " << e << " of " << per << " a family, scale " << scale;
      }
    }
  }
}

TEST(LeastSquaresGate, WinsWithTheValueOfOneHotLogitsWhereItInterpolates)
{
  for (int experts : {2, 3, 4, 10}) {
    auto const size = static_cast<std::size_t>(experts);
    std::vector<double> contexts(size * size, 0.);  // as many independent contexts as components
    for (std::size_t e = 0; e < size; ++e) contexts[e * size + e] = 1.;
    std::vector<int> assignment(size);
    std::iota(assignment.begin(), assignment.end(), 0);
    Rng rng(0, "gate");

    auto const gate =
        fit_gate(contexts, size, assignment, experts, {.published = true, .noise = 0.}, rng);

    double const winner = std::numbers::e / (std::numbers::e + experts - 1);
    for (std::size_t e = 0; e < size; ++e) {
      EXPECT_NEAR(gate.evaluate(context(contexts, size, e))[e], winner, 1e-12);
    }
  }
}

TEST(LeastSquaresGate, GivesValuesThatSumToOne)
{
  std::vector<double> const contexts = split_contexts(3, 1., .3);
  Rng rng(0, "gate");
  LinearGate const gate = fit_gate(contexts, 16, every_fourth(12), 4, {}, rng);

  auto const values = gate.evaluate(std::vector<double>(16, 1e6));

  EXPECT_NEAR(std::accumulate(values.begin(), values.end(), 0.), 1., 1e-14);
  for (double value : values) EXPECT_GE(value, 0.);
}

// x = ±1, y one-hot: slope = Σxy / (Σx² + 2 ridge) = ±1 / (2 + 2 ridge), bias 1/2 without penalty.
TEST(LeastSquaresGate, PenalisesTheSlopeButNotTheBias)
{
  std::vector<double> const contexts{10., 30.};
  std::vector<int> const assignment{0, 1};
  Rng rng(0, "gate");

  LinearGate const gate = fit_gate(contexts, 1, assignment, 2, {.ridge = 1.}, rng);

  std::vector<double> const expected{-.25, .25, .5, .5};
  for (std::size_t k = 0; k < 4; ++k) EXPECT_NEAR(gate.weights[k], expected[k], 1e-14);
}

TEST(LeastSquaresGate, TakesTheMinimumNormWithoutARidge)
{
  std::vector<double> const contexts{-1., -1., 1., 1.};  // two components that say the same
  std::vector<int> const assignment{0, 1};
  Rng rng(0, "gate");

  LinearGate const gate = fit_gate(contexts, 2, assignment, 2, {.ridge = 0.}, rng);

  std::vector<double> const expected{-.25, .25, -.25, .25, .5, .5};
  for (std::size_t k = 0; k < 6; ++k) EXPECT_NEAR(gate.weights[k], expected[k], 1e-14);
}

TEST(LeastSquaresGate, DoesNotDependOnTheUnitsOfAComponent)
{
  std::vector<double> const contexts = split_contexts(4, 1., .3);
  std::vector<double> scaled = contexts;
  for (std::size_t k = 0; k < scaled.size(); ++k) scaled[k] *= k % 16 < 8 ? 1e-3 : 50.;
  Rng rng(0, "gate");

  LinearGate const gate = fit_gate(contexts, 16, every_fourth(16), 4, {}, rng);
  LinearGate const other = fit_gate(scaled, 16, every_fourth(16), 4, {}, rng);

  for (std::size_t e = 0; e < 16; ++e) {
    auto const a = gate.evaluate(context(contexts, 16, e));
    auto const b = other.evaluate(context(scaled, 16, e));
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(a[i], b[i], 1e-12);
  }
}

// Contexts that have just left zero: the published weights are of size 1e3, the default's are not.
TEST(LeastSquaresGate, StaysModestOnContextsThatHaveHardlyLeftZero)
{
  std::vector<double> const contexts = split_contexts(5, 1e-3, 1e-4);
  Rng rng(0, "gate");

  LinearGate const modest = fit_gate(contexts, 16, every_fourth(20), 4, {}, rng);
  LinearGate const published =
      fit_gate(contexts, 16, every_fourth(20), 4, {.published = true}, rng);

  auto const largest = [](LinearGate const &gate) {
    double most = 0.;
    for (double w : gate.weights) most = std::max(most, std::abs(w));
    return most;
  };
  EXPECT_LT(largest(modest), 1.);
  EXPECT_GT(largest(published), 50.);
}

// The known weakness of regression on indicators (Hastie, Tibshirani, Friedman, §4.2): at x the
// three fitted lines are 1/3 − x/2, 1/3, 1/3 + x/2, so the middle one is never the largest.
TEST(LeastSquaresGate, MasksTheMiddleOneOfThreeClustersInARow)
{
  std::vector<double> const contexts{-1.1, -.9, -.1, .1, .9, 1.1};
  std::vector<int> const assignment{0, 0, 1, 1, 2, 2};
  Rng rng(0, "gate");

  LinearGate const gate = fit_gate(contexts, 1, assignment, 3, {}, rng);

  for (double x : contexts) EXPECT_NE(gate.route(std::vector<double>{x}), 1);
  EXPECT_EQ(gate.route(std::vector<double>{-1.}), 0);
  EXPECT_EQ(gate.route(std::vector<double>{1.}), 2);
}

TEST(LeastSquaresGate, PublishedFitIsTheSameForTheSameStream)
{
  std::vector<double> const contexts = split_contexts(2, 1e-3, 1e-4);
  Rng rng(5, "gate", 1, 2), again(5, "gate", 1, 2), other(5, "gate", 1, 3);
  GateFitOptions const options{.published = true};

  auto const weights = fit_gate(contexts, 16, every_fourth(8), 4, options, rng).weights;

  EXPECT_EQ(weights, fit_gate(contexts, 16, every_fourth(8), 4, options, again).weights);
  EXPECT_NE(weights, fit_gate(contexts, 16, every_fourth(8), 4, options, other).weights);
}

TEST(LeastSquaresGate, BreaksTiesToTheLowerExpert)
{
  LinearGate const gate{1, 3, Standardizer::identity(1), {0., 0., 0., 0., 2., 2.}};

  EXPECT_EQ(gate.route(std::vector<double>{4.}), 1);
}

TEST(LeastSquaresGate, RefusesSizesThatDoNotFit)
{
  std::vector<double> const contexts{0., 1., 2., 3.};
  std::vector<int> const assignment{0, 1};
  Rng rng(0, "gate");
  LinearGate const gate = fit_gate(contexts, 2, assignment, 2, {}, rng);

  EXPECT_THROW(fit_gate(contexts, 3, assignment, 2, {}, rng), tessera::Error);
  EXPECT_THROW(fit_gate(contexts, 1, assignment, 2, {}, rng), tessera::Error);
  EXPECT_THROW(fit_gate(contexts, 2, assignment, 1, {}, rng), tessera::Error);
  EXPECT_THROW(gate.route(contexts), tessera::Error);
}

}  // namespace
