#include <tessera/domains/typed_pde.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/rng.hpp>

#include "check_problem.hpp"
#include "typed_pde.hpp"

namespace tessera::domains {
namespace {

constexpr double smallest = 1e-300, largest = 1e300;

/// What [boundary] calls the ends of the axes: at 0, and at the axis' length.
constexpr std::array<std::array<char const *, 2>, 3> end_names{
    {{"left", "right"}, {"bottom", "top"}, {"back", "front"}}};

/// What stands in [equation] beside the rate.
struct Drawn {
  std::size_t axes;                // that formulas may read
  std::vector<std::string> names;  // of drawn parameters, by alphabet
  std::vector<ParameterRange> ranges;
  std::map<std::string, double> constants;
};

std::vector<std::string> joined(std::vector<std::string> names,
                                std::vector<std::string> const &more)
{
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

std::vector<std::string> names_of(std::vector<TypedTerm> const &terms)
{
  std::vector<std::string> names;
  for (TypedTerm const &term : terms) names.push_back(term.name());
  return names;
}

std::vector<std::string> names_of_axes(std::size_t axes)
{
  return {axis_names.begin(), axis_names.begin() + long(axes)};
}

/// The lengths alone: cells and levels are the run's.
SpaceTimeGrid read_grid(Section &equation)
{
  SpaceTimeGrid grid;
  if (equation.has_list("length")) {
    auto const lengths = equation.get("length", std::vector<double>());
    if (lengths.empty() || lengths.size() > axis_names.size()) {
      equation.fail("length", fmt::format("has {} numbers; there is one for each axis: [x], [x, y] "
                                          "or [x, y, z]",
                                          lengths.size()));
    }
    std::vector<Axis> axes;
    for (double const length : lengths) {
      if (!(length >= smallest && length <= largest)) {
        equation.fail("length", fmt::format("must be positive and finite, found {}", length));
      }
      axes.push_back({.cells = 1, .length = length});
    }
    grid = SpaceTimeGrid::over(axes, grid.levels, grid.horizon);
  } else {
    grid.length = equation.get_in("length", 1.0, smallest, largest);
  }
  grid.horizon = equation.get_in("horizon", 1.0, smallest, largest);
  return grid;
}

Drawn read_parameters(Section parameters, std::size_t axes)
{
  Drawn drawn{.axes = axes, .names = {}, .ranges = {}, .constants = {}};
  auto const taken =
      joined(joined({"u", "u_t", "t"}, names_of(typed_terms(axes))), names_of_axes(axes));
  for (std::string const &name : parameters.keys()) {
    std::string reason = why_no_variable(name);
    if (std::find(taken.begin(), taken.end(), name) != taken.end()) {
      reason = "has a meaning of its own in formulas; choose another name";
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

/// How many numbers equation.length has where there are so many axes.
std::string lengths_of(std::size_t axes)
{
  return fmt::format("length = [{}]", fmt::join(std::vector<std::string>(axes, "1.0"), ", "));
}

/// What to do where a formula over so many axes has a name of one more; empty for other names.
std::string missing_axis(std::string_view name, std::size_t axes)
{
  for (std::size_t k = axes; k < axis_names.size(); ++k) {
    std::string const axis = axis_names[k];
    if (name != axis && name != "u_" + axis && name != "u_" + axis + axis) continue;
    return fmt::format("; equation.{} has an axis {}", lengths_of(k + 1), axis);
  }
  return {};
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
    bool const higher = rest.starts_with("u_t"),
               of_space = std::find(variables.begin(), variables.end(), "x") != variables.end();
    auto const end = std::find_if(rest.begin(), rest.end(), [](unsigned char c) {
      return c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z');
    });
    std::string_view const name = rest.substr(0, std::size_t(end - rest.begin()));
    table.fail_in(key, from + error.position(),
                  higher
                      ? "has a derivative by the time in it; the rate is u_t itself: an equation "
                        "must be of first order in time and solved for u_t"
                      : error.reason() + (of_space ? missing_axis(name, drawn.axes) : ""));
  }
}

std::shared_ptr<TypedRate const> read_rate(Section &equation, Drawn const &drawn)
{
  std::string const text = read_text(equation, "rate", "D*u_xx");
  auto const places = joined(names_of_axes(drawn.axes), drawn.names);
  auto const formula = [&](std::vector<TypedTerm> const &terms) {
    return read_formula(equation, "rate", text, 0, joined(joined({"u"}, names_of(terms)), places),
                        drawn);
  };
  auto const all = typed_terms(drawn.axes);
  Expression const whole = formula(all);
  std::vector<TypedTerm> terms;
  std::copy_if(all.begin(), all.end(), std::back_inserter(terms),
               [&](TypedTerm const &term) { return whole.depends_on(term.name()); });
  return std::make_shared<TypedRate>(formula(terms), terms, drawn.axes);
}

/// A rule at one end, its number a formula of the parameters.
struct TypedEnd {
  EndRule::Kind kind;
  Program number;
};

/// Those of one axis: nothing where they are one.
std::vector<TypedEnd> read_ends(Section &boundary, std::size_t axis, Drawn const &drawn)
{
  std::vector<TypedEnd> ends;
  int rings = 0;
  auto const [low, high] = end_names[axis];
  for (std::string const key : {low, high}) {
    std::string const text = boundary.get(key, rings > 0 ? "periodic" : "flux 0");
    if (text == "periodic") {
      ++rings;
      continue;
    }
    std::size_t const space = std::min(text.find(' '), text.size());
    std::string const word = text.substr(0, space);
    if (word != "value" && word != "flux") {
      boundary.fail(key, fmt::format("= \"{}\" is no rule; write \"value 1\", \"flux 0\" (u_{} "
                                     "there) or \"periodic\"",
                                     text, axis_names[axis]));
    }
    ends.push_back({word == "value" ? EndRule::Kind::value : EndRule::Kind::flux,
                    Program({read_formula(boundary, key, text, space, drawn.names, drawn)})});
  }
  if (rings == 1) {
    boundary.fail(low, fmt::format("and {} must both be \"periodic\", or none of them", high));
  }
  return ends;
}

/// Shape (axis, end).
std::vector<std::vector<TypedEnd>> read_boundary(Section &boundary, Drawn const &drawn)
{
  std::vector<std::vector<TypedEnd>> ends;
  for (std::size_t k = 0; k < drawn.axes; ++k) ends.push_back(read_ends(boundary, k, drawn));
  for (std::size_t k = drawn.axes; k < axis_names.size(); ++k) {
    for (char const *key : end_names[k]) {
      if (!boundary.has(key)) continue;
      boundary.fail(key, fmt::format("is an end of an axis {} that is not there; remove it, or "
                                     "give the axis a length: equation.{}",
                                     axis_names[k], lengths_of(k + 1)));
    }
  }
  return ends;
}

std::shared_ptr<Program const> read_start(Section &initial, Drawn const &drawn)
{
  std::string const text = read_text(initial, "field", "exp(-100*(x-0.5)^2)");
  return std::make_shared<Program>(std::vector<Expression>{read_formula(
      initial, "field", text, 0, joined(names_of_axes(drawn.axes), drawn.names), drawn)});
}

class TypedFamily final : public PdeFamily {
 public:
  TypedFamily(Section &equation, Section &boundary, Section &initial)
      : name_(equation.get("name", "equation")),
        quantity_(equation.get("quantity", "u")),
        grid_(read_grid(equation)),
        drawn_(read_parameters(equation.section("parameters"), grid_.dimensions())),
        rate_(read_rate(equation, drawn_)),
        ends_(read_boundary(boundary, drawn_)),
        start_(read_start(initial, drawn_))
  {
    check_samples(equation, initial);
  }

  std::string name() const override { return name_; }
  SpaceTimeGrid grid() const override { return grid_; }
  std::vector<std::string> parameters() const override { return drawn_.names; }
  std::vector<ParameterRange> ranges() const override { return drawn_.ranges; }

  PdeSample problem(std::vector<double> const &parameters) const override
  {
    check_problem(*this, parameters);
    auto const field = [start = start_, axes = drawn_.axes, parameters](SpaceTimeGrid const &grid,
                                                                        std::span<double> u) {
      require_axes(grid, axes);
      std::vector<std::vector<double>> places;
      for (std::size_t k = 0; k < grid.dimensions(); ++k) places.push_back(grid.centres(k));
      std::vector<Column> columns;
      for (auto const &place : places) columns.push_back({place.data()});
      for (double const &parameter : parameters) columns.push_back({&parameter, true});
      double *const out = u.data();
      start->evaluate(u.size(), columns, {&out, 1});
    };
    SpaceTimeGrid const coarse = coarse_grid();
    std::vector<double> u(coarse.cells);
    field(coarse, u);
    double const middle = std::accumulate(u.begin(), u.end(), 0.) / double(coarse.cells);
    PdeSample sample{std::make_shared<TypedPde>(name_, quantity_, rate_, boundaries(parameters),
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
  /// Shape (axis).
  std::vector<Boundary> boundaries(std::vector<double> const &parameters) const
  {
    std::vector<Boundary> all;
    for (auto const &ends : ends_) {
      std::array<EndRule, 2> rules;
      for (std::size_t i = 0; i < ends.size(); ++i) {
        rules[i].kind = ends[i].kind;
        ends[i].number.evaluate({parameters}, {&rules[i].number, 1});
      }
      all.push_back({rules[0], rules[1], ends.empty()});
    }
    return all;
  }

  /// On which a field is looked at: some thousand cells at most.
  SpaceTimeGrid coarse_grid() const
  {
    constexpr std::array<std::size_t, 3> cells{64, 32, 16};
    std::vector<Axis> axes;
    for (std::size_t k = 0; k < grid_.dimensions(); ++k) {
      axes.push_back({cells[grid_.dimensions() - 1], grid_.axis(k).length});
    }
    return SpaceTimeGrid::over(axes, grid_.levels, grid_.horizon);
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
      auto const u = drawn.start(coarse_grid());
      if (!std::all_of(u.begin(), u.end(), [](double v) { return std::isfinite(v); })) {
        initial.fail("field", "is not a finite number everywhere for " + problem +
                                  "; change the formula or the parameters' ranges");
      }
      auto const frozen = drawn.pde->frozen_rate(Form::rate);
      for (std::size_t k = 0; k < rate_->terms().size(); ++k) {
        TypedTerm const &term = rate_->terms()[k];
        if (term.order != 2 || !(frozen[k + 1] < 0)) continue;
        equation.fail("rate",
                      fmt::format("falls with {} ({:.3g} times it about the mean of the "
                                  "initial field, for {}), and such an equation blows up at "
                                  "once; change a sign",
                                  term.name(), frozen[k + 1], problem));
      }
    }
  }

  std::string name_, quantity_;
  SpaceTimeGrid grid_;
  Drawn drawn_;
  std::shared_ptr<TypedRate const> rate_;
  std::vector<std::vector<TypedEnd>> ends_;  // (axis)
  std::shared_ptr<Program const> start_;
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
