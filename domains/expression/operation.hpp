#pragma once

#include <cmath>
#include <concepts>
#include <string_view>

#include <tessera/domains/program.hpp>

namespace tessera::domains {

enum class Operation : std::uint8_t {
  constant,
  variable,
  negate,
  add,
  subtract,
  multiply,
  divide,
  power,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  exp,
  log,
  sqrt,
  abs,
  sign,  // the derivative of abs; no text names it
  count
};

constexpr bool has_two_operands(Operation operation)
{
  return operation >= Operation::add && operation <= Operation::power;
}

/// A function that texts may call, by the name that it has in GiNaC too.
struct NamedFunction {
  std::string_view name;
  Operation operation;
  int arguments;
};

inline constexpr NamedFunction named_functions[] = {
    {"sin", Operation::sin, 1},   {"cos", Operation::cos, 1},   {"tan", Operation::tan, 1},
    {"asin", Operation::asin, 1}, {"acos", Operation::acos, 1}, {"atan", Operation::atan, 1},
    {"sinh", Operation::sinh, 1}, {"cosh", Operation::cosh, 1}, {"tanh", Operation::tanh, 1},
    {"exp", Operation::exp, 1},   {"log", Operation::log, 1},   {"sqrt", Operation::sqrt, 1},
    {"abs", Operation::abs, 1},   {"pow", Operation::power, 2}};

/// The entry of that name; nullptr where there is none.
constexpr NamedFunction const *find_function(std::string_view name)
{
  for (NamedFunction const &function : named_functions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

/// One operation that takes a function of `a`, and for power of `b`.
template <class Number>
Number apply_function(Operation operation, Number const &a, Number const &b)
{
  using std::abs, std::acos, std::asin, std::atan, std::cos, std::cosh, std::exp, std::log,
      std::pow, std::sin, std::sinh, std::sqrt, std::tan, std::tanh;
  switch (operation) {
    case Operation::power:
      return pow(a, b);
    case Operation::sin:
      return sin(a);
    case Operation::cos:
      return cos(a);
    case Operation::tan:
      return tan(a);
    case Operation::asin:
      return asin(a);
    case Operation::acos:
      return acos(a);
    case Operation::atan:
      return atan(a);
    case Operation::sinh:
      return sinh(a);
    case Operation::cosh:
      return cosh(a);
    case Operation::tanh:
      return tanh(a);
    case Operation::exp:
      return exp(a);
    case Operation::log:
      return log(a);
    case Operation::sqrt:
      return sqrt(a);
    case Operation::abs:
      return abs(a);
    case Operation::sign:
      if constexpr (std::floating_point<Number>) return a < 0 ? -1.0 : a > 0 ? 1.0 : a;
      return 0;  // of a formula: whatever it is, its derivative is that of a number
    default:
      return 0;  // constants and variables are no operations
  }
}

/// One operation, on plain numbers or on whatever else has these functions; `b` is looked at where
/// there are two operands. Arithmetic is small enough to be inlined where points go one by one.
template <class Number>
inline Number apply(Operation operation, Number const &a, Number const &b)
{
  switch (operation) {
    case Operation::negate:
      return -a;
    case Operation::add:
      return a + b;
    case Operation::subtract:
      return a - b;
    case Operation::multiply:
      return a * b;
    case Operation::divide:
      return a / b;
    default:
      return apply_function(operation, a, b);
  }
}

}  // namespace tessera::domains
