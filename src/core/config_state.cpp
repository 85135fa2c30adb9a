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
    toml::table const *table = node->as_table();
    node = table ? table->get(part) : nullptr;
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

std::string Config::State::where(std::string const &path) const
{
  if (std::string const *argument = override_of(path)) return "override \"" + *argument + "\"";
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

void Config::State::fail(std::string const &path, std::string const &what) const
{
  throw ConfigError(printable(where(path) + ": " + path + " " + what));
}

toml::table &Config::State::used_table(std::string const &path)
{
  toml::table *table = &used;
  for (std::string const &part : split(path)) {
    table->insert(part, toml::table{});
    table = table->get(part)->as_table();
  }
  return *table;
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

}  // namespace tessera
