#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>

#include "config_state.hpp"

namespace tessera {

namespace {

char const *name_of(toml::node_type type)
{
  switch (type) {
    case toml::node_type::boolean:
      return "a truth value";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::table:
      return "a table";
    default:
      return "a date or time";
  }
}

// Kind of value and the value itself, cut to a length that fits on a line.
std::string found(toml::node const &node)
{
  constexpr std::size_t longest = 40;
  std::ostringstream text;
  text << toml::toml_formatter(node, toml::format_flags::none);
  std::string value = text.str();
  if (node.is_table()) return "a table";
  if (value.size() > longest || value.find('\n') != std::string::npos) return name_of(node.type());
  return std::string(name_of(node.type())) + " (" + value + ")";
}

[[noreturn]] void wrong(Section const &section, std::string const &key, std::string const &expected,
                        toml::node const &node)
{
  section.fail(key, "must be " + expected + ", found " + found(node));
}

// One value out of a node; the name of the kind is what messages say was expected.
template <class T>
struct Reader;

template <>
struct Reader<bool> {
  static constexpr char const *one = "true or false", *many = "an array of true or false";
  static std::optional<bool> read(toml::node const &node) { return node.value_exact<bool>(); }
};

template <>
struct Reader<int> {
  static constexpr char const *one = "an integer", *many = "an array of integers";
  static std::optional<int> read(toml::node const &node)
  {
    auto const wide = node.value_exact<std::int64_t>();
    if (!wide || *wide < std::numeric_limits<int>::min() || *wide > std::numeric_limits<int>::max())
      return std::nullopt;
    return static_cast<int>(*wide);
  }
};

template <>
struct Reader<double> {
  static constexpr char const *one = "a number", *many = "an array of numbers";
  static std::optional<double> read(toml::node const &node)
  {
    if (auto const integer = node.value_exact<std::int64_t>()) return static_cast<double>(*integer);
    return node.value_exact<double>();
  }
};

template <>
struct Reader<std::string> {
  static constexpr char const *one = "a string", *many = "an array of strings";
  static std::optional<std::string> read(toml::node const &node)
  {
    return node.value_exact<std::string>();
  }
};

template <class T>
T read_one(Section const &section, std::string const &key, toml::node const *node,
           T const &fallback)
{
  if (!node) return fallback;
  std::optional<T> const value = Reader<T>::read(*node);
  if (std::is_same_v<T, int> && !value && node->is_integer()) {
    wrong(section, key, "an integer below 2^31 in size", *node);
  }
  if (!value) wrong(section, key, Reader<T>::one, *node);
  return *value;
}

template <class T>
std::vector<T> read_many(Section const &section, std::string const &key, toml::node const *node,
                         std::vector<T> const &fallback)
{
  if (!node) return fallback;
  toml::array const *array = node->as_array();
  if (!array) wrong(section, key, Reader<T>::many, *node);
  std::vector<T> values;
  for (toml::node const &element : *array) {
    std::optional<T> const value = Reader<T>::read(element);
    if (!value) {
      section.fail(key, fmt::format("must be {}, but element {} is {}", Reader<T>::many,
                                    values.size() + 1, found(element)));
    }
    values.push_back(*value);
  }
  return values;
}

template <class T>
toml::array as_array(std::vector<T> const &values)
{
  toml::array array;
  for (T const &value : values) array.push_back(value);
  return array;
}

}  // namespace

bool Section::get(std::string const &key, bool fallback)
{
  bool const value = read_one<bool>(*this, key, state_->find(join(path_, key)), fallback);
  state_->use(path_, key, value);
  return value;
}

int Section::get(std::string const &key, int fallback)
{
  int const value = read_one<int>(*this, key, state_->find(join(path_, key)), fallback);
  state_->use(path_, key, value);
  return value;
}

double Section::get(std::string const &key, double fallback)
{
  double const value = read_one<double>(*this, key, state_->find(join(path_, key)), fallback);
  state_->use(path_, key, value);
  return value;
}

std::string Section::get(std::string const &key, std::string const &fallback)
{
  std::string const path = join(path_, key);
  toml::node const *node = state_->find(path);
  std::string const *argument = state_->override_of(path);
  bool const is_clock = node && (node->is_date() || node->is_time() || node->is_date_time());
  // run.walltime=11:50:00 would be a TOML time; who asks for a string gets the word as given.
  std::string const value = argument && is_clock ? argument->substr(argument->find('=') + 1)
                                                 : read_one(*this, key, node, fallback);
  state_->use(path_, key, value);
  return value;
}

std::vector<int> Section::get(std::string const &key, std::vector<int> const &fallback)
{
  auto values = read_many(*this, key, state_->find(join(path_, key)), fallback);
  state_->use(path_, key, as_array(values));
  return values;
}

std::vector<double> Section::get(std::string const &key, std::vector<double> const &fallback)
{
  auto values = read_many(*this, key, state_->find(join(path_, key)), fallback);
  state_->use(path_, key, as_array(values));
  return values;
}

std::vector<std::string> Section::get(std::string const &key,
                                      std::vector<std::string> const &fallback)
{
  auto values = read_many(*this, key, state_->find(join(path_, key)), fallback);
  state_->use(path_, key, as_array(values));
  return values;
}

std::string Section::choose(std::string const &key, std::string const &fallback,
                            std::vector<std::string> const &allowed)
{
  std::string value = get(key, fallback);
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return value;
  std::string text = "= \"" + value + "\" is not known";
  if (auto const near = nearest_word(value, allowed)) text += " (did you mean \"" + *near + "\"?)";
  fail(key, text + "; choose one of " + fmt::format("{}", fmt::join(allowed, ", ")));
}

int Section::get_in(std::string const &key, int fallback, int low, int high)
{
  int const value = get(key, fallback);
  if (value >= low && value <= high) return value;
  if (high == std::numeric_limits<int>::max()) {
    fail(key, fmt::format("must be at least {}, found {}", low, value));
  }
  fail(key, fmt::format("must lie in [{}, {}], found {}", low, high, value));
}

double Section::get_in(std::string const &key, double fallback, double low, double high)
{
  double const value = get(key, fallback);
  if (!std::isfinite(value)) fail(key, fmt::format("must be finite, found {}", value));
  if (value >= low && value <= high) return value;
  if (high >= std::numeric_limits<double>::max()) {
    fail(key, fmt::format("must be at least {}, found {}", low, value));
  }
  fail(key, fmt::format("must lie in [{}, {}], found {}", low, high, value));
}

Section Section::section(std::string const &name)
{
  std::string const path = join(path_, name);
  state_->find_table(path);
  state_->use_table(path);
  return Section(state_, path);
}

std::vector<Section> Section::sections(std::string const &name)
{
  std::string const path = join(path_, name);
  std::vector<Section> tables;
  for (std::size_t i = 0, count = state_->use_tables(path); i < count; ++i) {
    tables.push_back(Section(state_, join(path, std::to_string(i))));
  }
  return tables;
}

std::vector<std::string> Section::keys() const
{
  std::vector<std::string> names;
  if (toml::table const *table = state_->find_table(path_)) {
    for (auto const &[key, node] : *table) names.emplace_back(key.str());
  }
  return names;
}

Section Section::top(std::string const &name) const
{
  return Section(state_, {}).section(name);
}

bool Section::has(std::string const &key) const
{
  return state_->find(join(path_, key)) != nullptr;
}

bool Section::has_list(std::string const &key) const
{
  toml::node const *node = state_->find(join(path_, key));
  return node && node->is_array();
}

bool Section::has_table(std::string const &key) const
{
  toml::node const *node = state_->find(join(path_, key));
  return node && node->is_table();
}

std::string Section::where(std::string const &key) const
{
  return state_->where(key.empty() ? path_ : join(path_, key));
}

void Section::fail(std::string const &key, std::string const &what) const
{
  state_->fail(key.empty() ? path_ : join(path_, key), what);
}

void Section::fail_in(std::string const &key, std::size_t character, std::string const &what) const
{
  std::string const path = join(path_, key);
  throw ConfigError(printable(state_->where_in(path, character) + ": " + path + " " + what));
}

}  // namespace tessera
