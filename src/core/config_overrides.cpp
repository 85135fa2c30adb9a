#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>
#include <tessera/core/trimmed.hpp>

#include "config_state.hpp"

namespace tessera {

namespace {

[[noreturn]] void reject(std::string const &argument, std::string const &what)
{
  throw ConfigError(printable("override \"" + argument + "\": " + what));
}

bool is_bare_key(std::string const &key)
{
  auto const bare = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; };
  return !key.empty() && std::all_of(key.begin(), key.end(), bare);
}

// Text in TOML is UTF-8: its reader says of a comment whether it is.
bool is_utf8(std::string text)
{
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x80; }, ' ');
  try {
    (void)toml::parse(std::string_view("# " + text));
    return true;
  } catch (toml::parse_error const &) {
    return false;
  }
}

// The value as TOML; what is none is a string, unless it begins like a quoted string, array or
// table, where a bracket or quote is missing.
toml::table parsed(std::string const &argument, std::string const &value)
{
  try {
    return toml::parse(std::string_view("value = " + value));
  } catch (toml::parse_error const &problem) {
    if (value.empty()) reject(argument, "has no value; write key=value");
    if (std::string_view("\"'[{").find(value.front()) != std::string_view::npos) {
      reject(argument, fmt::format("the value is not TOML: {}; quote the whole argument for the "
                                   "shell",
                                   std::string(problem.description())));
    }
    if (!is_utf8(value)) reject(argument, "the value is not UTF-8 text; write it as that");
    return toml::table{{"value", value}};
  }
}

}  // namespace

toml::table &Config::State::table_for(std::vector<std::string> const &tables,
                                      std::string const &argument)
{
  toml::node *node = &root_;
  std::string path;
  for (std::string const &part : tables) {
    if (toml::table *table = node->as_table()) {
      table->insert(part, toml::table{});  // does nothing where the key exists
    }
    node = child(*node, part);
    if (!node) reject(argument, path + " has no entry " + part + "; they are counted from 0");
    path = join(path, part);
    if (!node->is_table() && !node->is_array()) {
      reject(argument, path + " is a value, not a table; override it as " + path + "=…");
    }
  }
  if (!node->is_table()) {
    reject(argument, path + " is a list; name one of its entries, or set it as " + path + "=…");
  }
  return *node->as_table();
}

void Config::State::apply(std::string const &argument)
{
  std::size_t const equals = argument.find('=');
  if (equals == std::string::npos) reject(argument, "has no \"=\"; write key=value");
  std::string const path(trimmed(std::string_view(argument).substr(0, equals)));
  std::vector<std::string> parts = split(path);
  for (std::string const &part : parts) {
    if (!is_bare_key(part)) reject(argument, "write it as table.key=value");
  }
  if (auto const [first, is_new] = overrides_.emplace(path, argument); !is_new) {
    reject(argument, "\"" + first->second + "\" sets the same key; keep one of them");
  }
  toml::table const holder =
      parsed(argument, std::string(trimmed(std::string_view(argument).substr(equals + 1))));
  if (holder.size() != 1) reject(argument, "one key=value for each argument");
  toml::node const &value = holder.begin()->second;
  std::string const key = parts.back();
  parts.pop_back();
  toml::table &table = table_for(parts, argument);
  bool const is_table = table.contains(key) && table.get(key)->is_table();
  if (is_table || value.is_table()) {
    reject(argument, "a table cannot be set as a whole; give " + path + ".key=value for each key");
  }
  value.visit([&](auto const &concrete) { table.insert_or_assign(key, concrete); });
}

}  // namespace tessera
