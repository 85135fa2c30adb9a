#include <algorithm>
#include <map>
#include <sstream>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>

#include "config_state.hpp"

namespace tessera {

namespace {

using Values = std::map<std::string, std::string>;  ///< dotted key -> value as TOML

void flatten(toml::table const &table, std::string const &path, Values &values)
{
  for (auto const &[key, node] : table) {
    std::string const inner = join(path, key.str());
    if (toml::table const *inner_table = node.as_table()) {
      flatten(*inner_table, inner, values);
      continue;
    }
    if (toml::array const *array = node.as_array(); array && array->is_array_of_tables()) {
      for (std::size_t i = 0; i < array->size(); ++i) {
        flatten(*array->get(i)->as_table(), join(inner, std::to_string(i)), values);
      }
      continue;
    }
    std::ostringstream text;
    node.visit(
        [&](auto const &value) { text << toml::toml_formatter(value, toml::format_flags::none); });
    values[inner] = text.str();
  }
}

Values values_of(std::string_view text)
{
  Values values;
  try {
    flatten(toml::parse(text), {}, values);
  } catch (toml::parse_error const &problem) {
    throw ConfigError("a resolved config is not TOML: " + std::string(problem.description()));
  }
  return values;
}

bool is_ignored(std::string const &key, std::vector<std::string> const &ignored)
{
  return std::any_of(ignored.begin(), ignored.end(), [&](std::string const &name) {
    return key == name || key.starts_with(name + ".");
  });
}

}  // namespace

std::vector<std::string> config_differences(std::string_view before, std::string_view now,
                                            std::vector<std::string> const &ignored)
{
  Values const old_values = values_of(before), new_values = values_of(now);
  Values both = old_values;
  both.insert(new_values.begin(), new_values.end());
  std::vector<std::string> lines;
  for (auto const &[key, any] : both) {
    auto const was = old_values.find(key), is = new_values.find(key);
    bool const there = is != new_values.end(), there_before = was != old_values.end();
    if (is_ignored(key, ignored)) continue;
    if (there && there_before && was->second == is->second) continue;
    lines.push_back(printable(key + (there ? " = " + is->second : "") + " (was " +
                              (there_before ? was->second : "absent") + ")"));
  }
  return lines;
}

}  // namespace tessera
