#include "parser.hpp"

#include <algorithm>
#include <charconv>
#include <numbers>
#include <vector>

#include <fmt/format.h>

#include <tessera/core/config.hpp>

namespace tessera::domains {
namespace {

// <cctype> looks at the locale.
bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}
bool begins_name(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_space(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::size_t name_length(std::string_view text)
{
  std::size_t length = 0;
  while (length < text.size() &&
         (begins_name(text[length]) || (length && is_digit(text[length])))) {
    ++length;
  }
  return length;
}

constexpr std::pair<std::string_view, double> numbers[] = {{"pi", std::numbers::pi},
                                                           {"e", std::numbers::e}};

class Parser {
 public:
  Parser(ExpressionGraph &graph, std::string_view text,
         std::map<std::string, double> const &constants)
      : graph_(graph), text_(text), constants_(constants)
  {
  }

  int parse()
  {
    if (text_.size() > Expression::longest_text) {
      fail(Expression::longest_text,
           fmt::format("is longer than {} characters; split it", Expression::longest_text));
    }
    int const root = sum();
    if (sign() == ')') fail(at_, "has a \")\" that no \"(\" belongs to; remove it");
    if (at_ < text_.size()) missing_operator();
    return root;
  }

 private:
  [[noreturn]] void fail(std::size_t position, std::string const &reason) const
  {
    throw ExpressionError(text_, position, reason);
  }

  [[noreturn]] void missing_operator() const
  {
    std::string_view const rest = text_.substr(at_);
    char const c = rest.front();
    if (c == ',') fail(at_, "has a comma outside of a function's brackets; decimals have a point");
    if (begins_name(c) || is_digit(c) || c == '(' || c == '.') {
      std::size_t const length = std::max<std::size_t>(1, name_length(rest));
      fail(at_, fmt::format("has no operator before \"{}\"; write * for a product",
                            rest.substr(0, length)));
    }
    unknown_sign();
  }

  [[noreturn]] void unknown_sign() const
  {
    fail(at_, fmt::format("has \"{}\", which no formula has; there are numbers, names of letters, "
                          "digits and _, + - * / ^ ( ) and commas",
                          static_cast<unsigned char>(text_[at_]) < 0x80 ? text_.substr(at_, 1)
                                                                        : "a strange character"));
  }

  /// The next character that is no space; 0 at the end.
  char sign()
  {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  /// Counts how deep rules stand in each other.
  class Level {
   public:
    explicit Level(Parser &parser) : parser_(parser)
    {
      if (++parser_.depth_ > Expression::deepest) {
        parser_.fail(parser_.at_,
                     fmt::format("has more than {} brackets, calls, signs or powers in "
                                 "each other; split it",
                                 Expression::deepest));
      }
    }
    ~Level() { --parser_.depth_; }
    Level(Level const &) = delete;
    Level &operator=(Level const &) = delete;

   private:
    Parser &parser_;
  };

  int make(std::size_t position, Operation operation, int a, int b = -1)
  {
    int const node = graph_.make(operation, a, b);
    if (graph_.is_constant(node) && !std::isfinite(graph_[node].value)) {
      fail(position, "has a number here that is not finite; write another one");
    }
    return node;
  }

  int sum()
  {
    int node = product();
    for (char c; (c = sign()) == '+' || c == '-';) {
      std::size_t const position = at_++;
      int const other = product();
      node = make(position, c == '+' ? Operation::add : Operation::subtract, node, other);
    }
    return node;
  }

  int product()
  {
    int node = with_sign();
    for (char c; (c = sign()) == '*' || c == '/';) {
      std::size_t const position = at_++;
      if (sign() == '*') fail(position, "has \"**\"; write x^2 for a power");
      int const other = with_sign();
      node = make(position, c == '*' ? Operation::multiply : Operation::divide, node, other);
    }
    return node;
  }

  int with_sign()
  {
    Level const level(*this);
    char const c = sign();
    if (c != '+' && c != '-') return power();
    std::size_t const position = at_++;
    int const node = with_sign();
    return c == '+' ? node : make(position, Operation::negate, node);
  }

  int power()
  {
    int const base = atom();
    if (sign() != '^') return base;
    std::size_t const position = at_++;
    int const exponent = with_sign();
    return make(position, Operation::power, base, exponent);
  }

  int atom()
  {
    char const c = sign();
    if (is_digit(c) || c == '.') return number();
    if (begins_name(c)) return name();
    if (c == '(') {
      std::size_t const open = at_++;
      int const node = sum();
      close(open);
      return node;
    }
    if (c == '\0' || c == ')' || c == ',' || c == '*' || c == '/' || c == '^') {
      fail(at_, std::string(c == '\0' ? "ends" : "goes on") +
                    " where a number, a name or a bracket should stand; write it there");
    }
    unknown_sign();
  }

  void close(std::size_t open)
  {
    char const c = sign();
    if (c == '\0') fail(open, "has a \"(\" that is not closed; write its \")\"");
    if (c != ')') missing_operator();
    ++at_;
  }

  int number()
  {
    double value = 0;
    char const *begin = text_.data() + at_;
    auto const [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error == std::errc::result_out_of_range) {
      fail(at_, "has a number that is too large or too small for 64 bits; write another one");
    }
    if (error != std::errc()) fail(at_, "has a point without digits; write a number");
    at_ += static_cast<std::size_t>(end - begin);
    return graph_.constant(value);
  }

  int name()
  {
    std::size_t const begin = at_;
    std::string const word(text_.substr(at_, name_length(text_.substr(at_))));
    at_ += word.size();
    bool const called = sign() == '(';
    NamedFunction const *function = find_function(word);
    if (function && called) return call(*function, begin);
    if (function) fail(begin, fmt::format("has {} without its argument; write {}(…)", word, word));
    auto const &variables = graph_.variables();
    for (std::size_t i = 0; i < variables.size(); ++i) {
      if (variables[i] == word) return graph_.variable(static_cast<int>(i));
    }
    if (auto const constant = constants_.find(word); constant != constants_.end()) {
      return graph_.constant(constant->second);
    }
    for (auto const &[known, value] : numbers) {
      if (known == word) return graph_.constant(value);
    }
    unknown_name(begin, word, called);
  }

  [[noreturn]] void unknown_name(std::size_t begin, std::string const &word, bool called) const
  {
    std::vector<std::string> names;
    if (called) {
      for (auto const &function : named_functions) names.emplace_back(function.name);
    } else {
      names = graph_.variables();
      for (auto const &[known, value] : constants_) names.push_back(known);
      for (auto const &[known, value] : numbers) names.emplace_back(known);
    }
    auto const near = nearest_word(word, names);
    constexpr std::size_t longest = 40;
    fail(begin,
         fmt::format("has {} \"{}\"{}; there {} {}",
                     called ? "the unknown function" : "the unknown name", word.substr(0, longest),
                     near ? " (did you mean \"" + *near + "\"?)" : "",
                     names.size() > 1 ? "are" : "is", fmt::join(names, ", ")));
  }

  int call(NamedFunction const &function, std::size_t begin)
  {
    std::size_t const open = at_++;
    std::vector<int> arguments{sum()};
    while (sign() == ',') {
      ++at_;
      arguments.push_back(sum());
    }
    close(open);
    if (static_cast<int>(arguments.size()) != function.arguments) {
      fail(begin,
           fmt::format("gives {} {} argument{}; it takes {}", function.name, arguments.size(),
                       arguments.size() == 1 ? "" : "s", function.arguments));
    }
    return make(begin, function.operation, arguments[0],
                function.arguments == 2 ? arguments[1] : -1);
  }

  ExpressionGraph &graph_;
  std::string_view text_;
  std::map<std::string, double> const &constants_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

int parse_into(ExpressionGraph &graph, std::string_view text,
               std::map<std::string, double> const &constants)
{
  return Parser(graph, text, constants).parse();
}

std::string why_no_variable(std::string_view name)
{
  if (name.empty() || name_length(name) != name.size()) {
    return "is no name in formulas; write letters, digits and _, a letter first";
  }
  if (find_function(name)) return "is the name of a function; choose another one";
  for (auto const &[known, value] : numbers) {
    if (known == name) return "is a number in formulas (pi and e are); choose another one";
  }
  return {};
}

}  // namespace tessera::domains
