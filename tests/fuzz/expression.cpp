// Formulas: the input is the text of one. What is accepted is evaluated, and so are its
// derivatives.

#include <cmath>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <tessera/core/error.hpp>
#include <tessera/domains/expression.hpp>
#include <tessera/domains/program.hpp>

#include "check.hpp"

namespace {

using namespace tessera;
using domains::Expression;
using domains::Program;

std::vector<std::string> const names{"x", "y", "omega", "t"};
double const point[] = {0.5, -2, 3, 0};

double value_of(std::string_view text)
{
  double value = 0;
  Program const program({Expression::parse(text, names, {{"g", 9.81}})});
  fuzz::demand(program.operations() <= 8 * text.size(), "a program too long for its text");
  program.evaluate({point}, {&value, 1});
  return value;
}

bool same(double a, double b)
{
  return a == b || (std::isnan(a) && std::isnan(b));
}

void differentiate(std::string_view text)
{
  auto const all = Expression::parse(text, names, {{"g", 9.81}}).with_derivatives({"x", "omega"});
  fuzz::demand(all.size() == 6, "not a value, two first and three second derivatives");
  Program const program(all);
  fuzz::demand(program.operations() <= Expression::most_operations, "more operations than allowed");
  std::vector<double> values(all.size());
  program.evaluate({point}, values);
  fuzz::demand(same(values.front(), value_of(text)), "derivatives change the value");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const *data, std::size_t size)
{
  std::string_view const text(reinterpret_cast<char const *>(data), size);
  try {
    double const value = value_of(text);
    // Brackets around a whole formula change nothing; one more of them may be too many.
    if (text.size() + 2 <= Expression::longest_text) {
      fuzz::try_to([&] {
        std::string const around = "(" + std::string(text) + ")";
        fuzz::demand(same(value_of(around), value), "brackets change the value", around);
      });
    }
  } catch (domains::ExpressionError const &error) {
    fuzz::check_refusal(error.what());
    fuzz::demand(error.position() <= text.size(), "a place behind the end");
    return 0;
  }
  fuzz::try_to([&] { differentiate(text); });
  return 0;
}
