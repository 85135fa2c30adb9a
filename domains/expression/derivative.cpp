#include "derivative_rules.hpp"

namespace tessera::domains {
namespace {

/// A rule with the operands put in.
int put_in(ExpressionGraph &graph, DerivativeRule const &rule, int a, int b)
{
  std::vector<int> nodes;
  for (int n = 0; n <= rule.root; ++n) {
    ExpressionNode const &node = rule.graph[n];
    auto const at = [&](int operand) {
      return operand < 0 ? -1 : nodes[static_cast<std::size_t>(operand)];
    };
    if (node.operation == Operation::constant) {
      nodes.push_back(graph.constant(node.value));
    } else if (node.operation == Operation::variable) {
      nodes.push_back(node.a == 0 ? a : b);
    } else {
      nodes.push_back(graph.make(node.operation, at(node.a), at(node.b)));
    }
  }
  return nodes.back();
}

}  // namespace

// The chain rule goes over nodes, not over GiNaC's expressions: a derivative is then at most a few
// times as long as its formula, and its operations stand in the same order in every process.
int differentiate(ExpressionGraph &graph, int root, int variable)
{
  std::vector<bool> const parts = graph.parts_of(root);
  int const zero = graph.constant(0);
  std::vector<int> slopes(static_cast<std::size_t>(root) + 1, zero);
  for (int n = 0; n <= root; ++n) {
    if (!parts[static_cast<std::size_t>(n)]) continue;
    ExpressionNode const node = graph[n];
    int &slope = slopes[static_cast<std::size_t>(n)];
    if (node.operation == Operation::constant) continue;
    if (node.operation == Operation::variable) {
      if (node.a == variable) slope = graph.constant(1);
      continue;
    }
    for (int operand = 0; operand < (node.b < 0 ? 1 : 2); ++operand) {
      int const inner = slopes[static_cast<std::size_t>(operand == 0 ? node.a : node.b)];
      if (inner == zero) continue;
      int const outer = put_in(graph, derivative_rule(node.operation, operand), node.a, node.b);
      slope = graph.make(Operation::add, slope, graph.make(Operation::multiply, outer, inner));
    }
  }
  return slopes.back();
}

}  // namespace tessera::domains
