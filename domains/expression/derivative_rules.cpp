#include "derivative_rules.hpp"

#include <array>

#include <ginac/ginac.h>

namespace tessera::domains {
namespace {

constexpr auto operations = static_cast<std::size_t>(Operation::count);
using Rules = std::array<std::array<DerivativeRule, 2>, operations>;

/// Puts what GiNaC says into nodes. Its terms stand in an order that changes from one process to
/// the next; sums and products of two, which is all that one operation's derivative has, do not
/// mind.
class Translation {
 public:
  Translation(GiNaC::symbol a, GiNaC::symbol b, ExpressionGraph &graph)
      : a_(std::move(a)), b_(std::move(b)), graph_(graph)
  {
  }

  int node(GiNaC::ex const &formula)
  {
    if (GiNaC::is_a<GiNaC::numeric>(formula)) {
      return graph_.constant(GiNaC::ex_to<GiNaC::numeric>(formula).to_double());
    }
    if (GiNaC::is_a<GiNaC::symbol>(formula)) return graph_.variable(formula.is_equal(b_) ? 1 : 0);
    if (GiNaC::is_a<GiNaC::add>(formula)) return all(formula, Operation::add, graph_.constant(0));
    if (GiNaC::is_a<GiNaC::mul>(formula)) {
      return all(formula, Operation::multiply, graph_.constant(1));
    }
    if (GiNaC::is_a<GiNaC::power>(formula)) {
      if (divides(formula))
        return graph_.make(Operation::divide, graph_.constant(1), below(formula));
      return graph_.make(Operation::power, node(formula.op(0)), node(formula.op(1)));
    }
    if (GiNaC::is_a<GiNaC::function>(formula)) {
      auto const *known = find_function(GiNaC::ex_to<GiNaC::function>(formula).get_name());
      if (known) return graph_.make(known->operation, node(formula.op(0)));
    }
    throw Error("GiNaC gives a derivative that is none of our operations; another version of it?");
  }

 private:
  /// A negative power divides: b^-2 is 1 / (b b).
  static bool divides(GiNaC::ex const &part)
  {
    return GiNaC::is_a<GiNaC::power>(part) && part.op(1).info(GiNaC::info_flags::negative);
  }
  int below(GiNaC::ex const &part) { return node(GiNaC::pow(part.op(0), -part.op(1))); }

  int all(GiNaC::ex const &formula, Operation operation, int start)
  {
    int result = start, divisor = graph_.constant(1);
    for (GiNaC::ex const &part : formula) {
      if (operation == Operation::multiply && divides(part)) {
        divisor = graph_.make(operation, divisor, below(part));
      } else {
        result = graph_.make(operation, result, node(part));
      }
    }
    return graph_.make(Operation::divide, result, divisor);
  }

  GiNaC::symbol a_, b_;
  ExpressionGraph &graph_;
};

int by_rule(DerivativeRule &rule, Operation operation, int operand)
{
  ExpressionGraph &g = rule.graph;
  int const a = g.variable(0), b = g.variable(1);
  // GiNaC's have no value at 0: a / |a|, and a^b b / a.
  if (operation == Operation::abs) return g.make(Operation::sign, a);
  if (operation == Operation::power && operand == 0) {
    int const lower = g.make(Operation::subtract, b, g.constant(1));
    return g.make(Operation::multiply, b, g.make(Operation::power, a, lower));
  }
  GiNaC::symbol const x("a"), y("b");
  GiNaC::ex const formula = apply<GiNaC::ex>(operation, x, y);
  return Translation(x, y, g).node(formula.diff(operand == 0 ? x : y));
}

Rules make_rules()
{
  Rules rules;
  for (auto i = static_cast<std::size_t>(Operation::negate); i < operations; ++i) {
    auto const operation = static_cast<Operation>(i);
    for (int operand = 0; operand < (has_two_operands(operation) ? 2 : 1); ++operand) {
      DerivativeRule &rule = rules[i][static_cast<std::size_t>(operand)];
      rule.root = by_rule(rule, operation, operand);
    }
  }
  return rules;
}

}  // namespace

DerivativeRule const &derivative_rule(Operation operation, int operand)
{
  static Rules const rules = make_rules();
  return rules[static_cast<std::size_t>(operation)][static_cast<std::size_t>(operand)];
}

}  // namespace tessera::domains
