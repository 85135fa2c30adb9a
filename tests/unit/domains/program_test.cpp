#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/rng.hpp>
#include <tessera/domains/program.hpp>

namespace tessera::domains {
namespace {

std::vector<std::string> const names{"x", "y", "c"};

std::vector<Expression> formulas(std::vector<std::string> const &texts)
{
  std::vector<Expression> result;
  for (std::string const &text : texts) result.push_back(Expression::parse(text, names));
  return result;
}

std::vector<std::string> const every_operation{
    "x + y",   "x - y",  "-x",        "x*y",        "x/y",     "x^y",     "x^5",     "sin(x)",
    "cos(x)",  "tan(x)", "asin(x/4)", "acos(x/4)",  "atan(x)", "sinh(x)", "cosh(x)", "tanh(x)",
    "exp(-x)", "log(x)", "sqrt(x)",   "abs(x - y)", "c*x + 1", "7",       "x"};

class ProgramOfSize : public testing::TestWithParam<std::size_t> {};

TEST_P(ProgramOfSize, GivesOnPacksWhatItGivesPointByPoint)
{
  std::size_t const points = GetParam();
  auto all = formulas(every_operation);
  for (auto const &e : Expression::parse("abs(x - y)*c", names).with_derivatives({"x", "y"})) {
    all.push_back(e);
  }
  Program const program(all);
  Rng rng(3, "points");
  std::vector<double> x, y;
  for (std::size_t i = 0; i < points; ++i) {
    x.push_back(rng.uniform(0.1, 3));
    y.push_back(rng.uniform(0.1, 3));
  }
  double const c = 1.5;
  std::vector<std::vector<double>> results(program.outputs(), std::vector<double>(points + 1, -77));
  std::vector<double *> outputs;
  for (auto &result : results) outputs.push_back(result.data());
  std::vector<Column> const columns{{x.data()}, {y.data()}, {&c, true}};

  program.evaluate(points, columns, outputs);

  std::vector<double> expected(program.outputs());
  for (std::size_t i = 0; i < points; ++i) {
    double const point[] = {x[i], y[i], c};
    program.evaluate({point}, expected);
    for (std::size_t o = 0; o < expected.size(); ++o) {
      // exp, log and tanh of packs are right to 3 units in the last place.
      EXPECT_NEAR(results[o][i], expected[o], 1e-15 * std::abs(expected[o]))
          << o << ", point " << i;
    }
  }
  for (auto const &result : results) EXPECT_EQ(result.back(), -77) << "written behind the end";
}

INSTANTIATE_TEST_SUITE_P(OddAndEven, ProgramOfSize, testing::Values(0, 1, 3, 8, 63, 64, 65, 211));

TEST(Program, ComputesWhatFormulasShareOnce)
{
  Program const one(formulas({"sin(x*y) + c"}));
  Program const two(formulas({"sin(x*y) + c", "sin(y*x)*sin(x*y)", "c + sin(x*y)"}));

  EXPECT_EQ(one.operations(), 3u);
  EXPECT_EQ(two.operations(), 4u);
}

TEST(Program, LeavesNothingToDoWhereNumbersDecide)
{
  Program const program(formulas({"2*pi*(3 - 1)", "x + 0*sin(y)", "1*x/1", "x - 0", "--x"}));
  double const point[] = {4, 5, 6};
  std::vector<double> values(5);

  program.evaluate({point}, values);

  EXPECT_EQ(program.operations(), 0u);
  EXPECT_DOUBLE_EQ(values[0], 4 * 3.14159265358979323846);
  for (std::size_t o = 1; o < 5; ++o) EXPECT_EQ(values[o], 4);
}

TEST(Program, TakesItsVariablesInPieces)
{
  Program const program(formulas({"x - y/c"}));
  double const first[] = {1, 6}, second = 3;
  double value = 0;

  program.evaluate({first, {&second, 1}}, {&value, 1});

  EXPECT_EQ(value, -1);
}

TEST(Program, OfMoreNumbersThanLieOnTheStackIsRightToo)
{
  // c_k = x + k, all alive until they are added from the last to the first.
  std::string text = "y";
  for (int k = 1; k <= 90; ++k) text = "(x + " + std::to_string(k) + ")*(" + text + ")";
  std::vector<std::string> texts;
  for (int k = 1; k <= 300; ++k) texts.push_back("sin(x)*" + std::to_string(k) + " + y");
  texts.push_back(text);
  Program const program(formulas(texts));
  double const point[] = {0.5, 2, 1};
  std::vector<double> values(program.outputs());
  double product = 2;
  for (int k = 1; k <= 90; ++k) product *= 0.5 + k;

  program.evaluate({point}, values);

  for (int k = 1; k <= 300; ++k) {
    EXPECT_EQ(values[static_cast<std::size_t>(k - 1)], std::sin(0.5) * k + 2) << k;
  }
  EXPECT_NEAR(values.back(), product, 1e-13 * product);
}

TEST(Program, OfFormulasOfOtherVariablesIsRefused)
{
  EXPECT_THROW(Program({Expression::parse("x", {"x"}), Expression::parse("y", {"y"})}), InputError);
  EXPECT_THROW(Program(std::vector<Expression>()), InputError);
}

}  // namespace
}  // namespace tessera::domains
