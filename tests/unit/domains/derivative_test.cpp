#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/domains/expression.hpp>
#include <tessera/domains/program.hpp>

namespace tessera::domains {
namespace {

std::vector<std::string> const names{"u", "v", "w"};

std::vector<double> all_at(Program const &program, std::vector<double> const &point)
{
  std::vector<double> values(program.outputs());
  program.evaluate({point}, values);
  return values;
}

class Derivative : public testing::TestWithParam<std::string> {};

// A central difference of step h errs by h^2 / 6 of a third derivative and by rounding / h: 1e-5
// leaves about ten digits of a first derivative. Second ones are differences of the first.
TEST_P(Derivative, OfFirstAndSecondOrderIsTheLimitOfDifferences)
{
  constexpr double h = 1e-5, allowed = 1e-8;
  Program const program(Expression::parse(GetParam(), names).with_derivatives(names));
  std::vector<double> const point{0.3, 0.7, 0.45};
  auto const exact = all_at(program, point);

  std::size_t second = 1 + names.size();
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t j = i; j < names.size(); ++j, ++second) {
      auto up = point, down = point;
      up[j] += h;
      down[j] -= h;
      auto const high = all_at(program, up), low = all_at(program, down);
      double const of_gradient = (high[1 + i] - low[1 + i]) / (2 * h);
      EXPECT_NEAR(exact[second], of_gradient, allowed * (1 + std::abs(of_gradient)))
          << GetParam() << ": second by " << names[i] << ", " << names[j];
      if (i != j) continue;
      double const of_value = (high[0] - low[0]) / (2 * h);
      EXPECT_NEAR(exact[1 + i], of_value, allowed * (1 + std::abs(of_value)))
          << GetParam() << ": by " << names[i];
    }
  }
}

INSTANTIATE_TEST_SUITE_P(OfEachOperation, Derivative,
                         testing::Values("u + v", "u - v", "-u*v", "u*v*w", "u/v", "w/(u + v)/v",
                                         "u^v", "u^3", "u^-2", "u^2.5*v", "(u*v)^17", "sin(u*v)",
                                         "cos(u*v)", "tan(u*v)", "asin(u*v)", "acos(u*v)",
                                         "atan(u/v)", "sinh(u*v)", "cosh(u*v)", "tanh(u/v)",
                                         "exp(-u*v)", "log(u + v)", "sqrt(u*v)", "abs(u - v)*w",
                                         "pow(u + v, w)", "2^u"));
INSTANTIATE_TEST_SUITE_P(OfFormulas, Derivative,
                         testing::Values("-9.81/v*sin(u) - 0.2*w", "u*(1 - u)*(u - v) + w^2",
                                         "0.3*v*(1 - u^2) - u + cos(2*w)",
                                         "exp(-(u - v)^2/(2*w^2))/sqrt(2*pi*w^2)",
                                         "log(1 + exp(u*v - w)) + tanh(sin(u) + cos(v)*w)",
                                         "u^w/(v^w + u^w)"));

TEST(Derivative, OfAReactionAndDiffusionIsThatOnPaper)
{
  // f = D u_xx + r u (1 - u): f_u = r (1 - 2u), f_uxx = D, f_uu = -2r, the rest 0.
  Expression const rate = Expression::parse("D*u_xx + r*u*(1 - u)", {"u", "u_x", "u_xx", "D", "r"});
  Program const program(rate.with_derivatives({"u", "u_x", "u_xx"}));

  auto const all = all_at(program, {0.25, 5, -3, 0.1, 2});

  ASSERT_EQ(all.size(), 10u);
  EXPECT_DOUBLE_EQ(all[0], -0.3 + 2 * 0.25 * 0.75);
  EXPECT_DOUBLE_EQ(all[1], 1);
  EXPECT_EQ(all[2], 0);
  EXPECT_DOUBLE_EQ(all[3], 0.1);
  EXPECT_DOUBLE_EQ(all[4], -4);
  for (std::size_t i = 5; i < 10; ++i) EXPECT_EQ(all[i], 0) << i;
}

TEST(Derivative, WherePowersAndAbsHaveAnEdgeIsFinite)
{
  Program const powers(Expression::parse("u^2.5 + v^2 + u^w", names).with_derivatives(names));
  Program const edge(Expression::parse("abs(u)*u", names).with_derivatives({"u"}));

  auto const at_zero = all_at(powers, {0, 0, 3});
  auto const at_edge = all_at(edge, {0, 1, 1});

  EXPECT_EQ(at_zero[1], 0);
  EXPECT_EQ(at_zero[2], 0);
  EXPECT_EQ(at_edge[1], 0);
  EXPECT_EQ(at_edge[2], 0);
}

TEST(Derivative, OfALongProductIsAFewTimesAsLongAsTheProduct)
{
  std::string product = "(u + 1)";
  for (int i = 2; i <= 250; ++i) product += "*(u + " + std::to_string(i) + ")";
  Expression const e = Expression::parse(product, names);

  std::size_t const once = Program({e}).operations();
  std::size_t const all = Program(e.with_derivatives({"u"})).operations();

  EXPECT_EQ(once, 499u);
  EXPECT_LT(all, 8 * once);
}

TEST(Derivative, ByANameThatIsNoVariableIsRefused)
{
  EXPECT_THROW(Expression::parse("u", names).with_derivatives({"x"}), InputError);
}

}  // namespace
}  // namespace tessera::domains
