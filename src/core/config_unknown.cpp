#include <algorithm>

#include <fmt/format.h>

#include "config_state.hpp"

namespace tessera {

namespace {

std::string last_part(std::string const &path)
{
  return path.substr(path.rfind('.') + 1);
}

bool is_direct_child(std::string const &path, std::string const &table)
{
  std::size_t const begin = table.empty() ? 0 : table.size() + 1;
  if (path.size() <= begin) return false;
  if (!table.empty() && !path.starts_with(table + ".")) return false;
  return path.find('.', begin) == std::string::npos;
}

}  // namespace

std::vector<std::string> Config::State::known_in(std::string const &table) const
{
  std::vector<std::string> names;
  for (auto const *known : {&known_keys_, &known_tables_}) {
    for (std::string const &path : *known) {
      if (is_direct_child(path, table)) names.push_back(last_part(path));
    }
  }
  return names;
}

std::string Config::State::unknown_key(std::string const &table, toml::key const &key) const
{
  std::string const path = join(table, key.str());
  bool const in_file = !override_around(path) && key.source().begin;
  std::string const at = in_file ? place(key.source()) : where(path);
  std::string line = at + ": unknown key " + path;
  std::vector<std::string> const known = known_in(table);
  if (auto const near = nearest_word(key.str(), known)) {
    return line + " (did you mean \"" + *near + "\"?)";
  }
  for (std::string const &other : known_keys_) {
    if (last_part(other) == key.str()) return line + " (did you mean \"" + other + "\"?)";
  }
  if (table.empty())
    return line + "; every key stands in a table: " + fmt::format("{}", fmt::join(known, ", "));
  constexpr std::size_t few = 16;
  if (!known.empty() && known.size() <= few) {
    line += fmt::format("; [{}] knows {}", table, fmt::join(known, ", "));
  }
  return line;
}

std::string Config::State::unknown_table(std::string const &path, toml::key const &key,
                                         std::vector<std::string> const &known) const
{
  // A table that only overrides made has no place in the file.
  std::string at = place(key.source());
  for (auto const &[overridden, argument] : overrides_) {
    bool const inside = overridden.starts_with(path + ".");
    if (inside && !key.source().begin) at = "override \"" + argument + "\"";
  }
  std::string line = at + ": unknown table [" + path + "]";
  if (auto const near = nearest_word(path, known)) {
    return line + " (did you mean [" + *near + "]?)";
  }
  return line + fmt::format("; known are {}", fmt::join(known, ", "));
}

void Config::State::unknown_in(toml::table const &table, std::string const &path,
                               std::vector<std::string> &lines) const
{
  std::vector<std::string> const known(known_tables_.begin(), known_tables_.end());
  // What the file says for another type, or score of a gate, has no meaning for the one that was
  // put in its place.
  bool const retyped =
      override_of(join(path, "type")) != nullptr || override_of(join(path, "score")) != nullptr;
  for (auto const &[key, node] : table) {
    std::string const inner = join(path, key.str());
    if (retyped && !node.is_table() && !known_keys_.contains(inner) && !override_of(inner))
      continue;
    toml::table const *inner_table = node.as_table();
    toml::array const *array = node.as_array();
    if (array && known_tables_.contains(inner)) {
      for (std::size_t i = 0; i < array->size(); ++i) {
        unknown_in(*array->get(i)->as_table(), join(inner, std::to_string(i)), lines);
      }
    } else if (inner_table && known_tables_.contains(inner)) {
      unknown_in(*inner_table, inner, lines);
    } else if (inner_table) {
      lines.push_back(unknown_table(inner, key, known));
    } else if (!known_keys_.contains(inner)) {
      lines.push_back(unknown_key(path, key));
    }
  }
}

std::vector<std::string> Config::State::tables() const
{
  std::vector<std::string> names;
  for (auto const &[key, node] : root_) {
    if (node.is_table()) names.emplace_back(key.str());
  }
  return names;
}

std::vector<std::string> Config::State::tables_not_in(std::vector<std::string> const &known) const
{
  std::vector<std::string> lines;
  for (auto const &[key, node] : root_) {
    std::string const name(key.str());
    bool const listed = std::find(known.begin(), known.end(), name) != known.end();
    if (node.is_table() && !listed) lines.push_back(unknown_table(name, key, known));
  }
  return lines;
}

std::vector<std::string> Config::State::unknown() const
{
  std::vector<std::string> lines;
  unknown_in(root_, {}, lines);
  return lines;
}

}  // namespace tessera
