#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tessera {

class Section;

/// A strict TOML file with `key=value` overrides. Every key that is read becomes known;
/// `finish` rejects the rest. Messages carry file:line:column (or the override) and a
/// suggestion. Throws ConfigError.
class Config {
 public:
  /// Reads `file`; each override is `dotted.key=value`, its value parsed as TOML (a bare word is
  /// a string); the same key twice is an error.
  static Config load(std::filesystem::path const &file,
                     std::vector<std::string> const &overrides = {});
  /// As load, from text; `name` stands for the file in messages.
  static Config parse(std::string_view text, std::string_view name,
                      std::vector<std::string> const &overrides = {});

  /// The table of that name; an absent table reads as an empty one.
  Section section(std::string const &name) const;
  /// Names of its outermost tables, those of overrides included, in alphabetical order.
  std::vector<std::string> tables() const;
  /// Rejects outermost tables that are none of `known`, before any of them is read.
  void require_tables(std::vector<std::string> const &known) const;
  /// Rejects tables and keys that nobody asked for. Call it once all parts have been read. Where
  /// an override sets the `type` of a table, the file's keys for the other type are left aside.
  void finish() const;
  /// The config as it is used: every key that was read, defaults included, as TOML.
  std::string resolved() const;
  /// The file as given, before overrides.
  std::string const &text() const;

  class State;

 private:
  explicit Config(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

/// One table of a Config. Reading a key makes it known and records the value used.
class Section {
 public:
  bool get(std::string const &key, bool fallback);
  int get(std::string const &key, int fallback);
  double get(std::string const &key, double fallback);  ///< an integer is taken as a number
  std::string get(std::string const &key, std::string const &fallback);
  std::string get(std::string const &key, char const *fallback)
  {
    return get(key, std::string(fallback));
  }
  std::vector<int> get(std::string const &key, std::vector<int> const &fallback);
  std::vector<double> get(std::string const &key, std::vector<double> const &fallback);
  std::vector<std::string> get(std::string const &key, std::vector<std::string> const &fallback);

  /// One of the allowed words, or an error that lists them and the nearest.
  std::string choose(std::string const &key, std::string const &fallback,
                     std::vector<std::string> const &allowed);
  /// The value of one of the words, as choose.
  template <class Value>
  requires(!std::is_convertible_v<Value, std::string>) Value
      choose(std::string const &key, Value fallback,
             std::vector<std::pair<std::string, Value>> const &words)
  {
    std::string usual;
    std::vector<std::string> allowed;
    for (auto const &[word, value] : words) {
      allowed.push_back(word);
      if (value == fallback) usual = word;
    }
    std::string const chosen = choose(key, usual, allowed);
    for (auto const &[word, value] : words) {
      if (word == chosen) return value;
    }
    return fallback;
  }
  /// As get, and the value must lie in [low, high].
  int get_in(std::string const &key, int fallback, int low, int high);
  double get_in(std::string const &key, double fallback, double low, double high);

  /// A nested table.
  Section section(std::string const &name);
  /// The tables of an array, [[path.name]] in the file, in its order; their keys are
  /// path.name.0.key and so on, in messages and overrides. An absent one has none.
  std::vector<Section> sections(std::string const &name);
  /// Names of the keys that the table has, in alphabetical order: for tables whose keys are names
  /// of the user's own. Makes none of them known.
  std::vector<std::string> keys() const;
  /// An outermost table of the whole config, whatever this one is.
  Section top(std::string const &name) const;
  bool has(std::string const &key) const;
  bool has_list(std::string const &key) const;
  bool has_table(std::string const &key) const;
  /// file:line:column of a key (or of the table), for errors found later.
  std::string where(std::string const &key = {}) const;
  /// The dotted name of this table.
  std::string const &path() const { return path_; }
  /// A ConfigError about one key of this table, its place in front.
  [[noreturn]] void fail(std::string const &key, std::string const &what) const;
  /// The same about one character (from 0) of the text that stands there.
  [[noreturn]] void fail_in(std::string const &key, std::size_t character,
                            std::string const &what) const;

 private:
  friend class Config;
  Section(std::shared_ptr<Config::State> state, std::string path)
      : state_(std::move(state)), path_(std::move(path))
  {
  }
  std::shared_ptr<Config::State> state_;
  std::string path_;
};

/// What differs between two resolved configs, as "key = value (was value)", without the keys and
/// tables in `ignored`. Throws ConfigError where one of them is not TOML.
std::vector<std::string> config_differences(std::string_view before, std::string_view now,
                                            std::vector<std::string> const &ignored);

/// The entry of `known` nearest to `word` (edit distance at most 2, or a third of its length).
std::optional<std::string> nearest_word(std::string_view word,
                                        std::vector<std::string> const &known);

}  // namespace tessera
