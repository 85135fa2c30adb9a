#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tessera/core/error.hpp>

namespace tessera::domains {

class ExpressionGraph;

/// A text is no formula. `what` holds the text, the reason and the character; whoever knows where
/// the text stands says so with the two parts.
class ExpressionError : public InputError {
 public:
  ExpressionError(std::string_view text, std::size_t position, std::string const &reason);
  std::size_t position() const { return position_; }     ///< character of the text, from 0
  std::string const &reason() const { return reason_; }  ///< goes on a sentence: "has no …"

 private:
  std::size_t position_;
  std::string reason_;
};

/// A formula of named variables: numbers, names, + - * / ^ and brackets, pi and e, and the
/// functions sin cos tan asin acos atan sinh cosh tanh exp log sqrt abs pow. It is made of a text
/// and never runs anything; a Program evaluates it.
class Expression {
 public:
  static constexpr std::size_t longest_text = 4096;  ///< characters
  static constexpr int deepest = 100;  ///< brackets, calls, signs, powers in each other
  static constexpr std::size_t most_operations = 1u << 17;  ///< of a formula and its derivatives

  /// Reads a text; names are those of `variables` and of `constants`, which become numbers. Throws
  /// ExpressionError, and InputError where a variable or constant has a name that none can have.
  static Expression parse(std::string_view text, std::vector<std::string> const &variables,
                          std::map<std::string, double> const &constants = {});

  std::vector<std::string> const &variables() const;
  bool depends_on(std::string const &variable) const;

  /// Itself, its gradient and its Hessian by the variables `by`: the value, then (variable) first
  /// derivatives, then the Hessian's upper triangle row by row, 1 + n + n (n + 1) / 2 formulas that
  /// share what they have in common. Each operation's derivative is GiNaC's. Where there is none
  /// (abs at 0) it is 0. Throws InputError where a name is no variable, or where they would take
  /// more than most_operations.
  std::vector<Expression> with_derivatives(std::vector<std::string> const &by) const;

 private:
  friend class Program;
  Expression(std::shared_ptr<ExpressionGraph const> graph, int root)
      : graph_(std::move(graph)), root_(root)
  {
  }
  std::shared_ptr<ExpressionGraph const> graph_;
  int root_;
};

/// Why no variable can be called so, to go on a sentence: "is the name of a function"; empty where
/// one can.
std::string why_no_variable(std::string_view name);

}  // namespace tessera::domains
