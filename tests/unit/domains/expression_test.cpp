#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/domains/expression.hpp>
#include <tessera/domains/program.hpp>

namespace tessera::domains {
namespace {

using testing::HasSubstr;

// x, y, t = 2, 3, 0.5 and the constant g.
double value_of(std::string const &text)
{
  Program const program({Expression::parse(text, {"x", "y", "t"}, {{"g", 9.81}})});
  double const values[] = {2, 3, 0.5};
  double value = 0;
  program.evaluate({values}, {&value, 1});
  return value;
}

struct Value {
  std::string text;
  double expected;
};

void PrintTo(Value const &value, std::ostream *out)
{
  *out << value.text;
}

class ExpressionValue : public testing::TestWithParam<Value> {};

TEST_P(ExpressionValue, IsThatOfTheFormulaInCpp)
{
  EXPECT_DOUBLE_EQ(value_of(GetParam().text), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Precedence, ExpressionValue,
                         testing::Values(Value{"1 + 2*3", 7}, Value{"(1 + 2)*3", 9},
                                         Value{"8 - 3 - 2", 3}, Value{"8/4/2", 1},
                                         Value{"2^3^2", 512}, Value{"-2^2", -4}, Value{"(-2)^2", 4},
                                         Value{"2^-1", 0.5}, Value{"-x^2", -4}, Value{"2*-x", -4},
                                         Value{"--x", 2}, Value{"+x - +y", -1}, Value{"x^y/4", 2},
                                         Value{"x*y^2*t", 9}, Value{" x\n\t+ y ", 5}));
INSTANTIATE_TEST_SUITE_P(Numbers, ExpressionValue,
                         testing::Values(Value{"1.5e2", 150}, Value{".5", 0.5}, Value{"2.", 2},
                                         Value{"1E-3", 1e-3}, Value{"pi", std::numbers::pi},
                                         Value{"e", std::numbers::e}, Value{"g", 9.81},
                                         Value{"x^0", 1}, Value{"0*x", 0}, Value{"x^-2", 0.25},
                                         Value{"x^0.5", std::sqrt(2.0)}, Value{"y^13", 1594323},
                                         Value{"x^2.5", std::pow(2.0, 2.5)}, Value{"x^y", 8}));
INSTANTIATE_TEST_SUITE_P(
    Functions, ExpressionValue,
    testing::Values(Value{"sin(x)", std::sin(2.0)}, Value{"cos(x)", std::cos(2.0)},
                    Value{"tan(x)", std::tan(2.0)}, Value{"asin(t)", std::asin(0.5)},
                    Value{"acos(t)", std::acos(0.5)}, Value{"atan(x)", std::atan(2.0)},
                    Value{"sinh(x)", std::sinh(2.0)}, Value{"cosh(x)", std::cosh(2.0)},
                    Value{"tanh(x)", std::tanh(2.0)}, Value{"exp(x)", std::exp(2.0)},
                    Value{"log(x)", std::log(2.0)}, Value{"sqrt(x)", std::sqrt(2.0)},
                    Value{"abs(-x)", 2}, Value{"pow(x, y)", 8},
                    Value{"-g/x*sin(t) - t*y", -9.81 / 2 * std::sin(0.5) - 0.5 * 3}));

struct Mistake {
  std::string text;
  std::size_t position;
  std::string reason;
};

void PrintTo(Mistake const &mistake, std::ostream *out)
{
  *out << mistake.text;
}

class ExpressionMistake : public testing::TestWithParam<Mistake> {};

TEST_P(ExpressionMistake, IsRefusedAtItsCharacterWithAdvice)
{
  Mistake const &mistake = GetParam();
  try {
    Expression::parse(mistake.text, {"theta", "omega", "t"}, {{"length", 2.0}});
    FAIL() << mistake.text;
  } catch (ExpressionError const &error) {
    EXPECT_EQ(error.position(), mistake.position) << error.what();
    EXPECT_THAT(error.reason(), HasSubstr(mistake.reason));
    EXPECT_THAT(error.what(), HasSubstr(mistake.reason));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, ExpressionMistake,
    testing::Values(
        Mistake{"omga", 0, "has the unknown name \"omga\" (did you mean \"omega\"?)"},
        Mistake{"2*lenght", 2, "did you mean \"length\"?"},
        Mistake{"1 + sn(t)", 4, "has the unknown function \"sn\" (did you mean \"sin\"?)"},
        Mistake{"sin", 0, "has sin without its argument; write sin(…)"},
        Mistake{"sin(t, t)", 0, "gives sin 2 arguments; it takes 1"},
        Mistake{"pow(t)", 0, "gives pow 1 argument; it takes 2"},
        Mistake{"2 theta", 2, "has no operator before \"theta\"; write * for a product"},
        Mistake{"theta (omega)", 6, "has no operator before \"(\""},
        Mistake{"(t + 1", 0, "has a \"(\" that is not closed"},
        Mistake{"t + sin((t)", 7, "has a \"(\" that is not closed"},
        Mistake{"t + 1)", 5, "has a \")\" that no \"(\" belongs to"},
        Mistake{"", 0, "ends where a number"}, Mistake{"t +", 3, "ends where a number"},
        Mistake{"t * / 2", 4, "goes on where a number"}, Mistake{"()", 1, "goes on where a number"},
        Mistake{"t**2", 1, "write x^2 for a power"}, Mistake{"t % 2", 2, "has \"%\""},
        Mistake{"t = 2", 2, "has \"=\""}, Mistake{"3,5", 1, "decimals have a point"},
        Mistake{"θ", 0, "a strange character"}, Mistake{"1.5.2", 3, "no operator before \".\""},
        Mistake{".", 0, "a point without digits"}, Mistake{"1e999", 0, "too large or too small"},
        Mistake{"t + 10^10^10", 6, "a number here that is not finite"},
        Mistake{"1/0", 1, "not finite"}, Mistake{"log(0)", 0, "not finite"}));

TEST(Expression, IsRefusedWhereItIsLongerOrDeeperThanTheLimits)
{
  std::string const longest(Expression::longest_text - 1, ' ');
  std::string const brackets(static_cast<std::size_t>(Expression::deepest), '(');
  std::string const signs(static_cast<std::size_t>(Expression::deepest), '-');

  EXPECT_NO_THROW(Expression::parse(longest + "t", {"t"}));
  EXPECT_THROW(Expression::parse(longest + " t", {"t"}), ExpressionError);
  EXPECT_THROW(Expression::parse(brackets + "t", {"t"}), ExpressionError);
  EXPECT_THROW(Expression::parse(signs + "t", {"t"}), ExpressionError);
  EXPECT_NO_THROW(Expression::parse(signs.substr(1) + "t", {"t"}));
}

TEST(Expression, ALongSumAndTowersOfPowersAreNoDeepNest)
{
  std::string sum = "t", tower = "t^t";
  for (int i = 0; i < 1000; ++i) sum += " + t";
  for (int i = 0; i < 40; ++i) tower = "(" + tower + ")^64";

  EXPECT_NO_THROW(Expression::parse(sum, {"t"}));
  EXPECT_LT(Program({Expression::parse(tower, {"t"})}).operations(), 300u);
}

TEST(Expression, NamesOfFunctionsAndNumbersAreNoVariables)
{
  EXPECT_THAT(why_no_variable("sin"), HasSubstr("name of a function"));
  EXPECT_THAT(why_no_variable("pi"), HasSubstr("a number"));
  EXPECT_THAT(why_no_variable("2x"), HasSubstr("no name"));
  EXPECT_THAT(why_no_variable(""), HasSubstr("no name"));
  EXPECT_THAT(why_no_variable("a b"), HasSubstr("no name"));
  EXPECT_EQ(why_no_variable("u_xx"), "");
  EXPECT_THROW(Expression::parse("1", {"exp"}), InputError);
  EXPECT_THROW(Expression::parse("x", {"x", "x"}), InputError);
  EXPECT_THROW(Expression::parse("x", {"x"}, {{"x", 1.0}}), InputError);
}

TEST(Expression, TellsWhatItDependsOn)
{
  Expression const e = Expression::parse("x + 0*y + sin(t)", {"x", "y", "t", "c"});

  EXPECT_TRUE(e.depends_on("x"));
  EXPECT_TRUE(e.depends_on("t"));
  EXPECT_FALSE(e.depends_on("y"));
  EXPECT_FALSE(e.depends_on("c"));
}

}  // namespace
}  // namespace tessera::domains
