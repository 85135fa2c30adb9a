#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "operation.hpp"

namespace tessera::domains {

/// A number, a variable, or an operation on earlier nodes.
struct ExpressionNode {
  Operation operation;
  int a = -1, b = -1;  ///< operands; of a variable, its index in a
  double value = 0;    ///< of a constant
};

/// Formulas as nodes, each of which stands once: the same operation on the same operands is the
/// same node. Operands come before what is made of them. What numbers alone decide is done at once,
/// by rules that change no bit of a finite value (0 x, 1 x, x + 0, constants with constants), and
/// whole powers up to 64 are products.
class ExpressionGraph {
 public:
  explicit ExpressionGraph(std::vector<std::string> variables) : variables_(std::move(variables)) {}

  std::vector<std::string> const &variables() const { return variables_; }
  int size() const { return static_cast<int>(nodes_.size()); }
  ExpressionNode const &operator[](int node) const
  {
    return nodes_[static_cast<std::size_t>(node)];
  }
  bool is_constant(int node) const { return (*this)[node].operation == Operation::constant; }
  bool is(int node, double value) const
  {
    return is_constant(node) && (*this)[node].value == value;
  }
  /// Which nodes `root` is made of, itself included. Shape (node up to root).
  std::vector<bool> parts_of(int root) const;

  int constant(double value);
  int variable(int index);
  /// The node of an operation. Throws InputError where there are too many.
  int make(Operation operation, int a, int b = -1);

 private:
  bool negated(int node) const { return (*this)[node].operation == Operation::negate; }
  int inner(int node) const { return (*this)[node].a; }
  int negate(int a);
  int add(int a, int b);
  int subtract(int a, int b);
  int multiply(int a, int b);
  int divide(int a, int b);
  int power(int a, int b);
  int whole_power(int a, int exponent);
  int insert(ExpressionNode const &node);

  std::vector<std::string> variables_;
  std::vector<ExpressionNode> nodes_;
  std::map<std::tuple<Operation, int, int, std::uint64_t>, int> known_;
};

/// The derivative of a node by a variable (by its index), as a node of the same graph.
int differentiate(ExpressionGraph &graph, int root, int variable);

}  // namespace tessera::domains
