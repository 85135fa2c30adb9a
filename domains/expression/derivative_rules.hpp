#pragma once

#include "graph.hpp"

namespace tessera::domains {

/// The derivative of an operation by one of its operands (0 or 1), as a formula of the variables a
/// and b, which stand for them.
struct DerivativeRule {
  ExpressionGraph graph{std::vector<std::string>{"a", "b"}};
  int root = 0;
};

/// The rules are GiNaC's and are taken from it once, at the first call; safe from several threads.
DerivativeRule const &derivative_rule(Operation operation, int operand);

}  // namespace tessera::domains
