#include "equation_setting.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <tessera/core/printable.hpp>
#include <tessera/domains/expression.hpp>

namespace tessera::domains {
namespace {

constexpr double largest = 1e300;  // every finite number that a config may ask for

std::string entry(std::string const &list, std::size_t i)
{
  return list + "." + std::to_string(i);
}

void check_name(Section &table, std::string const &key, std::string const &name)
{
  std::string reason = why_no_variable(name);
  if (name == "t") reason = "is the time in formulas; choose another name";
  if (!reason.empty()) table.fail(key, "= \"" + name + "\" " + reason);
}

void read_states(Section &table, EquationSetting &s)
{
  s.states = table.get("states", std::vector<std::string>());
  if (s.states.empty()) {
    table.fail("states", "is missing; name the states, for instance states = [\"x\", \"v\"]");
  }
  for (std::size_t i = 0; i < s.states.size(); ++i) {
    std::string const key = entry("states", i);
    check_name(table, key, s.states[i]);
    if (std::find(s.states.begin(), s.states.begin() + static_cast<std::ptrdiff_t>(i),
                  s.states[i]) != s.states.begin() + static_cast<std::ptrdiff_t>(i)) {
      table.fail(key, "= \"" + s.states[i] + "\" is a state already; choose another name");
    }
  }
  s.equations = table.get("equations", std::vector<std::string>());
  if (s.equations.size() != s.states.size()) {
    table.fail("equations",
               fmt::format("has {} rate{} for {} state{} ({}); write one for each "
                           "state, in their order",
                           s.equations.size(), s.equations.size() == 1 ? "" : "s", s.states.size(),
                           s.states.size() == 1 ? "" : "s", fmt::join(s.states, ", ")));
  }
}

std::vector<double> read_range(Section range)
{
  for (char const *key : {"from", "to", "count"}) {
    if (!range.has(key)) {
      range.fail(key, "is missing; write { from = 0.5, to = 1.5, count = 5 }");
    }
  }
  double const from = range.get_in("from", 0.0, -largest, largest);
  double const to = range.get_in("to", 0.0, -largest, largest);
  int const count = range.get_in("count", 2, 2, 10000);
  if (!(from < to)) range.fail("to", fmt::format("must be above from = {}, found {}", from, to));
  std::vector<double> values;
  for (int k = 0; k < count; ++k) values.push_back(from + (to - from) * k / (count - 1));
  return values;
}

std::vector<double> read_values(Section &parameters, std::string const &name)
{
  if (parameters.has_table(name)) return read_range(parameters.section(name));
  auto const values = parameters.get(name, std::vector<double>());
  if (values.empty()) parameters.fail(name, "has no values; give it one at least");
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!std::isfinite(values[k]) || (k > 0 && values[k] <= values[k - 1])) {
      parameters.fail(entry(name, k), "is not finite or not above the value before it; sort them");
    }
  }
  return values;
}

void read_parameters(Section &table, EquationSetting &s)
{
  constexpr double most = 10000;  // systems of a family
  Section parameters = table.section("parameters");
  double systems = 1;
  for (std::string const &name : parameters.keys()) {
    check_name(parameters, name, name);
    if (std::find(s.states.begin(), s.states.end(), name) != s.states.end()) {
      parameters.fail(name, "is the name of a state as well; choose another one");
    }
    if (!parameters.has_list(name) && !parameters.has_table(name)) {
      s.constants[name] = parameters.get_in(name, 0.0, -largest, largest);
      continue;
    }
    s.parameters.push_back(name);
    s.values.push_back(read_values(parameters, name));
    systems *= static_cast<double>(s.values.back().size());
  }
  if (systems > most) {
    table.fail("parameters",
               fmt::format("make {} systems, every value with every other; at most {} "
                           "are taken: give fewer values",
                           systems, most));
  }
}

void read_starts(Section &table, EquationSetting &s)
{
  Section start = table.section("start");
  for (std::string const &state : s.states) {
    if (!start.has(state)) {
      start.fail(state, "is missing; give a box [low, high], or one number, for every state");
    }
    if (!start.has_list(state)) {
      s.low.push_back(start.get_in(state, 0.0, -largest, largest));
      s.high.push_back(s.low.back());
      continue;
    }
    auto const box = start.get(state, std::vector<double>());
    if (box.size() != 2 || !(box[0] <= box[1]) || !std::isfinite(box[1] - box[0])) {
      start.fail(state, "must be a box [low, high] of finite numbers, low first");
    }
    s.low.push_back(box[0]);
    s.high.push_back(box[1]);
  }
  if (s.low == s.high) {
    table.fail("start",
               "leaves one start alone, and trajectories need different ones; give a state "
               "a box [low, high]");
  }
}

std::string numbers(std::vector<double> const &values)
{
  return fmt::format("[{}]", fmt::join(values, ", "));
}

}  // namespace

EquationSetting EquationSetting::read(Section &table)
{
  EquationSetting s;
  s.name = table.get("name", "");
  if (s.name.empty()) table.fail("name", "is missing; say what the family is called");
  read_states(table, s);
  read_parameters(table, s);
  read_starts(table, s);
  s.horizon = table.get("horizon", 10.0);
  if (!(s.horizon > 0) || s.horizon > largest) {
    table.fail("horizon", fmt::format("must be positive and finite, found {}", s.horizon));
  }
  s.stiff = table.get("stiff", false);
  Section units = table.section("units");
  for (auto const *names : {&s.states, &s.parameters}) {
    for (std::string const &name : *names) s.units.push_back(units.get(name, "1"));
  }
  // Those of constants are for whoever reads the file.
  for (auto const &[name, value] : s.constants) {
    if (units.has(name)) units.get(name, "1");
  }
  return s;
}

std::string EquationSetting::line() const
{
  std::string text =
      fmt::format("{}: {}' = {}", name, fmt::join(states, ", "), fmt::join(equations, "; "));
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    text += "; " + parameters[p] + " = " + numbers(values[p]);
  }
  for (auto const &[constant, value] : constants) text += fmt::format("; {} = {}", constant, value);
  text += fmt::format("; start {} to {}; horizon {}; stiff {}; units {}", numbers(low),
                      numbers(high), horizon, stiff, fmt::join(units, ", "));
  return printable(text);
}

}  // namespace tessera::domains
