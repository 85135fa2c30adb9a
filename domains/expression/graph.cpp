#include "graph.hpp"

#include <bit>
#include <cmath>
#include <utility>

namespace tessera::domains {

std::vector<bool> ExpressionGraph::parts_of(int root) const
{
  std::vector<bool> parts(static_cast<std::size_t>(root) + 1);
  parts.back() = true;
  for (int n = root; n >= 0; --n) {
    ExpressionNode const &node = (*this)[n];
    if (!parts[static_cast<std::size_t>(n)] || node.operation <= Operation::variable) continue;
    parts[static_cast<std::size_t>(node.a)] = true;
    if (node.b >= 0) parts[static_cast<std::size_t>(node.b)] = true;
  }
  return parts;
}

int ExpressionGraph::constant(double value)
{
  return insert({Operation::constant, -1, -1, value});
}

int ExpressionGraph::variable(int index)
{
  return insert({Operation::variable, index});
}

int ExpressionGraph::make(Operation operation, int a, int b)
{
  bool const two = has_two_operands(operation);
  if (is_constant(a) && (!two || is_constant(b))) {
    return constant(apply(operation, (*this)[a].value, two ? (*this)[b].value : 0.0));
  }
  switch (operation) {
    case Operation::negate:
      return negate(a);
    case Operation::add:
      return add(a, b);
    case Operation::subtract:
      return subtract(a, b);
    case Operation::multiply:
      return multiply(a, b);
    case Operation::divide:
      return divide(a, b);
    case Operation::power:
      return power(a, b);
    default:
      return insert({operation, a});
  }
}

int ExpressionGraph::negate(int a)
{
  return negated(a) ? inner(a) : insert({Operation::negate, a});
}

int ExpressionGraph::add(int a, int b)
{
  if (is(a, 0)) return b;
  if (is(b, 0)) return a;
  if (negated(b)) return subtract(a, inner(b));
  if (negated(a)) return subtract(b, inner(a));
  if (a > b) std::swap(a, b);  // the same sum, and one node for both
  return insert({Operation::add, a, b});
}

int ExpressionGraph::subtract(int a, int b)
{
  if (is(b, 0)) return a;
  if (is(a, 0)) return make(Operation::negate, b);
  if (negated(b)) return add(a, inner(b));
  return insert({Operation::subtract, a, b});
}

int ExpressionGraph::multiply(int a, int b)
{
  if (is(a, 0) || is(b, 0)) return constant(0);
  if (is(a, 1)) return b;
  if (is(b, 1)) return a;
  if (is(a, -1)) return make(Operation::negate, b);
  if (is(b, -1)) return make(Operation::negate, a);
  if (negated(a)) return make(Operation::negate, make(Operation::multiply, inner(a), b));
  if (negated(b)) return make(Operation::negate, make(Operation::multiply, a, inner(b)));
  if (a > b) std::swap(a, b);
  return insert({Operation::multiply, a, b});
}

int ExpressionGraph::divide(int a, int b)
{
  if (is(a, 0)) return constant(0);
  if (is(b, 1)) return a;
  if (is(b, -1)) return make(Operation::negate, a);
  if (negated(a)) return make(Operation::negate, make(Operation::divide, inner(a), b));
  if (negated(b)) return make(Operation::negate, make(Operation::divide, a, inner(b)));
  return insert({Operation::divide, a, b});
}

int ExpressionGraph::power(int a, int b)
{
  constexpr double most = 64;  // a dozen products at most, and far from every overflow of int
  if (is_constant(b)) {
    double const exponent = (*this)[b].value;
    if (exponent == 0) return constant(1);
    if (exponent == 0.5) return make(Operation::sqrt, a);
    if (exponent == std::trunc(exponent) && std::abs(exponent) <= most) {
      return whole_power(a, static_cast<int>(exponent));
    }
  }
  return insert({Operation::power, a, b});
}

int ExpressionGraph::whole_power(int a, int exponent)
{
  if (exponent < 0) return make(Operation::divide, constant(1), whole_power(a, -exponent));
  if (exponent == 1) return a;
  if (exponent % 2 == 1) return make(Operation::multiply, whole_power(a, exponent - 1), a);
  int const half = whole_power(a, exponent / 2);
  return make(Operation::multiply, half, half);
}

int ExpressionGraph::insert(ExpressionNode const &node)
{
  auto const key =
      std::tuple(node.operation, node.a, node.b, std::bit_cast<std::uint64_t>(node.value));
  auto const [place, is_new] = known_.emplace(key, size());
  if (!is_new) return place->second;
  if (nodes_.size() >= Expression::most_operations) {
    throw InputError("a formula and its derivatives take more than " +
                     std::to_string(Expression::most_operations) +
                     " operations; write a shorter one");
  }
  nodes_.push_back(node);
  return size() - 1;
}

}  // namespace tessera::domains
