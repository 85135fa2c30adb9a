#include <tessera/domains/expression.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <tessera/core/printable.hpp>

#include "parser.hpp"

namespace tessera::domains {
namespace {

std::string shown(std::string_view text)
{
  constexpr std::size_t longest = 60;
  return printable(text.substr(0, longest)) + (text.size() > longest ? "…" : "");
}

void check_name(std::string const &name)
{
  std::string const reason = why_no_variable(name);
  if (!reason.empty()) throw InputError("the variable \"" + shown(name) + "\" " + reason);
}

}  // namespace

ExpressionError::ExpressionError(std::string_view text, std::size_t position,
                                 std::string const &reason)
    : InputError(
          fmt::format("\"{}\" {} (character {})", shown(text), printable(reason), position + 1)),
      position_(position),
      reason_(reason)
{
}

Expression Expression::parse(std::string_view text, std::vector<std::string> const &variables,
                             std::map<std::string, double> const &constants)
{
  for (std::string const &name : variables) {
    check_name(name);
    if (std::count(variables.begin(), variables.end(), name) > 1 || constants.contains(name)) {
      throw InputError("the variable \"" + name + "\" is given twice; keep one of them");
    }
  }
  for (auto const &[name, value] : constants) check_name(name);
  auto graph = std::make_shared<ExpressionGraph>(variables);
  int const root = parse_into(*graph, text, constants);
  return Expression(std::move(graph), root);
}

std::vector<std::string> const &Expression::variables() const
{
  return graph_->variables();
}

bool Expression::depends_on(std::string const &variable) const
{
  std::vector<bool> const parts = graph_->parts_of(root_);
  for (int n = 0; n <= root_; ++n) {
    ExpressionNode const &node = (*graph_)[n];
    if (!parts[static_cast<std::size_t>(n)] || node.operation != Operation::variable) continue;
    if (variables()[static_cast<std::size_t>(node.a)] == variable) return true;
  }
  return false;
}

std::vector<Expression> Expression::with_derivatives(std::vector<std::string> const &by) const
{
  std::vector<int> indices;
  for (std::string const &name : by) {
    auto const found = std::find(variables().begin(), variables().end(), name);
    if (found == variables().end()) {
      throw InputError(fmt::format("a derivative by \"{}\", which is no variable; there are {}",
                                   shown(name), fmt::join(variables(), ", ")));
    }
    indices.push_back(static_cast<int>(found - variables().begin()));
  }
  auto graph = std::make_shared<ExpressionGraph>(*graph_);
  std::vector<int> roots{root_};
  for (int const i : indices) roots.push_back(differentiate(*graph, root_, i));
  for (std::size_t i = 0; i < indices.size(); ++i) {
    for (std::size_t j = i; j < indices.size(); ++j) {
      roots.push_back(differentiate(*graph, roots[1 + i], indices[j]));
    }
  }
  std::vector<Expression> all;
  for (int const root : roots) all.push_back(Expression(graph, root));
  return all;
}

}  // namespace tessera::domains
