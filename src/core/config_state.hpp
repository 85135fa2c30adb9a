#pragma once

#include <charconv>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include <tessera/core/config.hpp>

namespace tessera {

/// What stands behind Config and Section: the parsed tree and the record of what was asked for.
/// Tables and keys are named by their dotted paths.
class Config::State {
 public:
  State(std::string_view text, std::string_view name, std::vector<std::string> const &overrides);

  toml::node const *find(std::string const &path) const;
  /// nullptr where the table is absent; ConfigError where something else stands there.
  toml::table const *find_table(std::string const &path) const;
  /// The place of a value: the override that set it, or file:line:column, or that of the nearest
  /// table around an absent one.
  std::string where(std::string const &path) const;
  /// The place of one character of a text, where the file has the text as it is on one line; else
  /// that of the text.
  std::string where_in(std::string const &path, std::size_t character) const;
  /// The argument that set this path, or something inside it; nullptr where the file did.
  std::string const *override_of(std::string const &path) const;
  /// The same, or the one that set the list around it.
  std::string const *override_around(std::string const &path) const;
  [[noreturn]] void fail(std::string const &path, std::string const &what) const;

  /// Makes a key known and records the value in use.
  template <class T>
  void use(std::string const &table, std::string const &key, T &&value);
  /// Makes a table known.
  void use_table(std::string const &path);
  /// Makes the tables of an array known and tells how many there are, 0 where it is absent;
  /// ConfigError where something else stands there.
  std::size_t use_tables(std::string const &path);
  /// Names of the outermost tables.
  std::vector<std::string> tables() const;
  /// One line for each outermost table that is none of `known`.
  std::vector<std::string> tables_not_in(std::vector<std::string> const &known) const;
  /// One line for each thing that nobody asked for.
  std::vector<std::string> unknown() const;

  std::string const text;
  toml::table used;

 private:
  void apply(std::string const &argument);
  toml::table &table_for(std::vector<std::string> const &tables, std::string const &argument);
  toml::table &used_table(std::string const &path);
  std::string place(toml::source_region const &region) const;
  void unknown_in(toml::table const &table, std::string const &path,
                  std::vector<std::string> &lines) const;
  std::string unknown_key(std::string const &table, toml::key const &key) const;
  std::string unknown_table(std::string const &path, toml::key const &key,
                            std::vector<std::string> const &known) const;
  std::vector<std::string> known_in(std::string const &table) const;

  std::string name_;
  toml::table root_;
  std::map<std::string, std::string> overrides_;  ///< dotted key -> the argument as given
  std::set<std::string> known_keys_, known_tables_;
};

/// "gate.fit" and "rate" make "gate.fit.rate".
inline std::string join(std::string const &table, std::string_view key)
{
  return table.empty() ? std::string(key) : table + "." + std::string(key);
}

std::vector<std::string> split(std::string const &path);

/// What a table has by that name, an array by that number from 0; nullptr where there is none.
template <class Node>
auto child(Node &node, std::string const &part) -> decltype(node.as_table()->get(part))
{
  if (auto *table = node.as_table()) return table->get(part);
  std::size_t index = 0;
  char const *end = part.data() + part.size();
  auto const [read, error] = std::from_chars(part.data(), end, index);
  auto *array = node.as_array();
  return array && error == std::errc() && read == end ? array->get(index) : nullptr;
}

template <class T>
void Config::State::use(std::string const &table, std::string const &key, T &&value)
{
  known_keys_.insert(join(table, key));
  used_table(table).insert_or_assign(key, std::forward<T>(value));
}

}  // namespace tessera
