#include <tessera/domains/typed_pde.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/rng.hpp>

#include "check_problem.hpp"
#include "typed_pde.hpp"

namespace tessera::domains {
namespace {

constexpr double largest = 1e300;

/// What stands in [equation] beside the rate.
struct Drawn {
  std::vector<std::string> names;  // of drawn parameters, by alphabet
  std::vector<ParameterRange> ranges;
  std::map<std::string, double> constants;
};

Drawn read_parameters(Section parameters)
{
  Drawn drawn;
  for (std::string const &name : parameters.keys()) {
    std::string reason = why_no_variable(name);
    for (char const *taken : {"u", "u_x", "u_xx", "u_t", "x", "t"}) {
      if (name == taken) reason = "has a meaning of its own in formulas; choose another name";
    }
    if (!reason.empty()) parameters.fail(name, reason);
    if (!parameters.has_list(name)) {
      drawn.constants[name] = parameters.get_in(name, 0.0, -largest, largest);
      continue;
    }
    auto const range = parameters.get(name, std::vector<double>());
    if (range.size() != 2 || !(range[0] < range[1]) || !std::isfinite(range[1] - range[0])) {
      parameters.fail(name, "must be a range [low, high] of finite numbers, or one number");
    }
    drawn.names.push_back(name);
    drawn.ranges.push_back({range[0], range[1]});
  }
  if (drawn.names.empty()) {
    parameters.fail("",
                    "has no parameter to draw, so that all problems are the same; give one of "
                    "them as a range [low, high]");
  }
  return drawn;
}

std::string read_text(Section &table, std::string const &key, char const *example)
{
  std::string const text = table.get(key, "");
  if (text.empty()) table.fail(key, fmt::format("is missing; write {} = \"{}\"", key, example));
  return text;
}

/// The formula from character `from` on of what stands at a key.
Expression read_formula(Section const &table, std::string const &key, std::string const &text,
                        std::size_t from, std::vector<std::string> const &variables,
                        Drawn const &drawn)
{
  try {
    return Expression::parse(std::string_view(text).substr(from), variables, drawn.constants);
  } catch (ExpressionError const &error) {
    std::string_view const rest = std::string_view(text).substr(from + error.position());
    bool const higher = rest.starts_with("u_t");
    table.fail_in(key, from + error.position(),
                  higher
                      ? "has a derivative by the time in it; the rate is u_t itself: an equation "
                        "must be of first order in time and solved for u_t"
                      : error.reason());
  }
}

std::vector<std::string> joined(std::vector<std::string> names,
                                std::vector<std::string> const &more)
{
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

std::shared_ptr<TypedRate const> read_rate(Section &equation, Drawn const &drawn)
{
  std::string const text = read_text(equation, "rate", "D*u_xx");
  auto const formula = [&](std::vector<std::string> names) {
    names.push_back("x");
    return read_formula(equation, "rate", text, 0, joined(names, drawn.names), drawn);
  };
  Expression const whole = formula({"u", "u_x", "u_xx"});
  std::vector<std::string> terms;
  for (char const *term : {"u_x", "u_xx"}) {
    if (whole.depends_on(term)) terms.emplace_back(term);
  }
  return std::make_shared<TypedRate>(formula(joined({"u"}, terms)), terms);
}

/// A rule at one end, its number a formula of the parameters.
struct TypedEnd {
  EndRule::Kind kind;
  Program number;
};

/// Nothing where the ends are one.
std::vector<TypedEnd> read_boundary(Section &boundary, Drawn const &drawn)
{
  std::vector<TypedEnd> ends;
  int rings = 0;
  for (std::string const key : {"left", "right"}) {
    std::string const text = boundary.get(key, rings > 0 ? "periodic" : "flux 0");
    if (text == "periodic") {
      ++rings;
      continue;
    }
    std::size_t const space = std::min(text.find(' '), text.size());
    std::string const word = text.substr(0, space);
    if (word != "value" && word != "flux") {
      boundary.fail(key, fmt::format("= \"{}\" is no rule; write \"value 1\", \"flux 0\" (u_x "
                                     "there) or \"periodic\"",
                                     text));
    }
    ends.push_back({word == "value" ? EndRule::Kind::value : EndRule::Kind::flux,
                    Program({read_formula(boundary, key, text, space, drawn.names, drawn)})});
  }
  if (rings == 1) boundary.fail("left", "and right must both be \"periodic\", or none of them");
  return ends;
}

std::shared_ptr<Program const> read_start(Section &initial, Drawn const &drawn)
{
  std::string const text = read_text(initial, "field", "exp(-100*(x-0.5)^2)");
  return std::make_shared<Program>(std::vector<Expression>{
      read_formula(initial, "field", text, 0, joined({"x"}, drawn.names), drawn)});
}

class TypedFamily final : public PdeFamily {
 public:
  TypedFamily(Section &equation, Section &boundary, Section &initial)
      : name_(equation.get("name", "equation")),
        quantity_(equation.get("quantity", "u")),
        drawn_(read_parameters(equation.section("parameters"))),
        rate_(read_rate(equation, drawn_)),
        ends_(read_boundary(boundary, drawn_)),
        start_(read_start(initial, drawn_))
  {
    grid_.length = equation.get_in("length", 1.0, 1e-300, largest);
    grid_.horizon = equation.get_in("horizon", 1.0, 1e-300, largest);
    check_samples(equation, initial);
  }

  std::string name() const override { return name_; }
  SpaceTimeGrid grid() const override { return grid_; }
  std::vector<std::string> parameters() const override { return drawn_.names; }
  std::vector<ParameterRange> ranges() const override { return drawn_.ranges; }

  PdeSample problem(std::vector<double> const &parameters) const override
  {
    check_problem(*this, parameters);
    auto const field = [start = start_, parameters](SpaceTimeGrid const &grid,
                                                    std::span<double> u) {
      auto const x = grid.centres();
      std::vector<Column> columns{{x.data()}};
      for (double const &parameter : parameters) columns.push_back({&parameter, true});
      double *const out = u.data();
      start->evaluate(u.size(), columns, {&out, 1});
    };
    std::vector<double> u(coarse_);
    field({.cells = coarse_, .length = grid_.length}, u);
    double const middle = std::accumulate(u.begin(), u.end(), 0.) / double(coarse_);
    PdeSample sample{std::make_shared<TypedPde>(name_, quantity_, rate_, boundary(parameters),
                                                parameters, middle),
                     field,
                     parameters,
                     {}};
    for (std::size_t p = 0; p < parameters.size(); ++p) {
      auto const [low, high] = drawn_.ranges[p];
      sample.told.push_back((2 * parameters[p] - low - high) / (high - low));
    }
    return sample;
  }

  PdeSample sample(std::uint64_t seed, std::string_view split, std::uint64_t index) const override
  {
    Rng rng(seed, split, index, 4);
    std::vector<double> parameters;
    for (auto const [low, high] : drawn_.ranges) parameters.push_back(rng.uniform(low, high));
    return problem(parameters);
  }

 private:
  Boundary boundary(std::vector<double> const &parameters) const
  {
    if (ends_.empty()) return {.periodic = true};
    std::array<EndRule, 2> rules;
    for (std::size_t i = 0; i < 2; ++i) {
      rules[i].kind = ends_[i].kind;
      ends_[i].number.evaluate({parameters}, {&rules[i].number, 1});
    }
    return {rules[0], rules[1]};
  }

  /// What a formula cannot say of itself is tried on some problems.
  void check_samples(Section const &equation, Section const &initial) const
  {
    for (std::uint64_t index = 0; index < 8; ++index) {
      PdeSample const drawn = sample(0, "check", index);
      std::string problem;
      for (std::size_t p = 0; p < drawn_.names.size(); ++p) {
        problem +=
            fmt::format("{}{} = {:.6g}", p > 0 ? ", " : "", drawn_.names[p], drawn.parameters[p]);
      }
      auto const u = drawn.start({.cells = coarse_, .length = grid_.length});
      if (!std::all_of(u.begin(), u.end(), [](double v) { return std::isfinite(v); })) {
        initial.fail("field", "is not a finite number everywhere for " + problem +
                                  "; change the formula or the parameters' ranges");
      }
      auto const frozen = drawn.pde->frozen_rate(Form::rate);
      bool const second = !rate_->terms().empty() && rate_->terms().back() == "u_xx";
      if (second && frozen.back() < 0) {
        equation.fail("rate",
                      fmt::format("falls with u_xx ({:.3g} times it about the mean of the "
                                  "initial field, for {}), and such an equation blows up at "
                                  "once; change a sign",
                                  frozen.back(), problem));
      }
    }
  }

  static constexpr std::size_t coarse_ = 64;  // cells on which a field is looked at
  std::string name_, quantity_;
  Drawn drawn_;
  std::shared_ptr<TypedRate const> rate_;
  std::vector<TypedEnd> ends_;
  std::shared_ptr<Program const> start_;
  SpaceTimeGrid grid_;
};

}  // namespace

std::unique_ptr<PdeFamily> read_typed_family(Section equation, Section boundary, Section initial)
{
  return std::make_unique<TypedFamily>(equation, boundary, initial);
}

void register_typed_family(Registry &registry)
{
  registry.add<PdeFamily>(
      "equation", "u_t = rate as the tables [equation], [boundary], [initial] state it",
      [](Section &data) {
        return read_typed_family(data.top("equation"), data.top("boundary"), data.top("initial"));
      });
}

}  // namespace tessera::domains
