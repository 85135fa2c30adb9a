#include "config_state.hpp"

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>

namespace tessera {

std::vector<std::string> split(std::string const &path)
{
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t dot; (dot = path.find('.', begin)) != std::string::npos; begin = dot + 1) {
    parts.push_back(path.substr(begin, dot - begin));
  }
  parts.push_back(path.substr(begin));
  return parts;
}

Config::State::State(std::string_view given, std::string_view name,
                     std::vector<std::string> const &overrides)
    : text(given), name_(name)
{
  try {
    root_ = toml::parse(given, name);
  } catch (toml::parse_error const &problem) {
    throw ConfigError(printable(fmt::format("{}: not TOML: {}", place(problem.source()),
                                            std::string(problem.description()))));
  }
  for (std::string const &argument : overrides) apply(argument);
}

std::string Config::State::place(toml::source_region const &region) const
{
  if (!region.begin) return name_;
  return fmt::format("{}:{}:{}", name_, region.begin.line, region.begin.column);
}

toml::node const *Config::State::find(std::string const &path) const
{
  toml::node const *node = &root_;
  for (std::string const &part : split(path)) {
    node = child(*node, part);
    if (!node) return nullptr;
  }
  return node;
}

toml::table const *Config::State::find_table(std::string const &path) const
{
  toml::node const *node = find(path);
  if (node && !node->is_table()) {
    fail(path, fmt::format("is read as a table; write [{}] and its keys below it", path));
  }
  return node ? node->as_table() : nullptr;
}

std::string const *Config::State::override_of(std::string const &path) const
{
  if (auto const exact = overrides_.find(path); exact != overrides_.end()) return &exact->second;
  return nullptr;
}

std::string const *Config::State::override_around(std::string const &path) const
{
  for (std::string at = path;; at.resize(at.rfind('.'))) {
    if (std::string const *argument = override_of(at)) return argument;
    if (at.find('.') == std::string::npos) return nullptr;
  }
}

std::string Config::State::where(std::string const &path) const
{
  if (std::string const *argument = override_around(path)) {
    return "override \"" + *argument + "\"";
  }
  if (toml::node const *node = find(path); node && !node->source().begin) {
    // A table that only overrides made.
    auto const inside = overrides_.lower_bound(path + ".");
    if (inside != overrides_.end() && inside->first.starts_with(path + ".")) {
      return "override \"" + inside->second + "\"";
    }
  }
  for (std::string at = path;;) {
    toml::node const *node = find(at);
    if (node && node->source().begin) return place(node->source());
    std::size_t const dot = at.rfind('.');
    if (dot == std::string::npos) return name_;
    at.resize(dot);
  }
}

std::string Config::State::where_in(std::string const &path, std::size_t character) const
{
  toml::node const *node = find(path);
  if (!node || !node->is_string() || !node->source().begin || override_around(path)) {
    return where(path);
  }
  auto [line, column] = node->source().begin;
  std::string_view rest = text;
  for (; line > 1; --line) rest.remove_prefix(rest.find('\n') + 1);
  // Columns count characters: bytes 10xxxxxx go on with one.
  auto const goes_on = [&] { return !rest.empty() && (rest.front() & 0xC0) == 0x80; };
  for (auto left = column; left > 1 && !rest.empty(); --left) {
    do rest.remove_prefix(1);
    while (goes_on());
  }
  std::string const &value = node->as_string()->get();
  bool const as_it_is = rest.size() > value.size() + 1 && rest.front() == rest[value.size() + 1] &&
                        rest.substr(1, value.size()) == value;
  if (!as_it_is) return where(path);
  return fmt::format("{}:{}:{}", name_, node->source().begin.line, column + 1 + character);
}

void Config::State::fail(std::string const &path, std::string const &what) const
{
  throw ConfigError(printable(where(path) + ": " + path + " " + what));
}

toml::table &Config::State::used_table(std::string const &path)
{
  toml::node *node = &used;
  for (std::string const &part : split(path)) {
    // Does nothing where the key exists; an array has its tables from use_tables.
    if (toml::table *table = node->as_table()) table->insert(part, toml::table{});
    node = child(*node, part);
  }
  return *node->as_table();
}

void Config::State::use_table(std::string const &path)
{
  known_tables_.insert(path);
  // The tables around a known one are known too: [gate.fit] needs no reader of [gate].
  for (std::size_t dot = path.rfind('.'); dot != std::string::npos;
       dot = path.rfind('.', dot - 1)) {
    known_tables_.insert(path.substr(0, dot));
  }
}

std::size_t Config::State::use_tables(std::string const &path)
{
  use_table(path);
  toml::node const *node = find(path);
  if (!node) return 0;
  toml::array const *array = node->as_array();
  if (!array || !array->is_array_of_tables()) {
    fail(path, fmt::format("is read as a list of tables; write [[{}]] and its keys below it for "
                           "each of them",
                           path));
  }
  toml::array tables;
  for (std::size_t i = 0; i < array->size(); ++i) {
    tables.push_back(toml::table{});
    use_table(join(path, std::to_string(i)));
  }
  std::size_t const dot = path.rfind('.');
  toml::table &around = dot == std::string::npos ? used : used_table(path.substr(0, dot));
  around.insert(path.substr(dot + 1), std::move(tables));  // does nothing the second time
  return array->size();
}

}  // namespace tessera
