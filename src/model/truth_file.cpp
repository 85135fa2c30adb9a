#include "truth_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include <tessera/core/printable.hpp>

namespace tessera::model {
namespace {

std::string trimmed(std::string const &text)
{
  constexpr char const *blank = " \t\r";
  std::size_t const begin = text.find_first_not_of(blank);
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

std::map<std::string, std::string> lines_of(std::string const &text)
{
  std::map<std::string, std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::size_t const colon = line.find(':');
    if (colon == std::string::npos) continue;
    lines[trimmed(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
  }
  return lines;
}

/// A number where all of the text is one.
double number_of(std::string const &text)
{
  char *end = nullptr;
  double const value = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' ? value : std::nan("");
}

bool same(std::string const &found, std::string const &wanted)
{
  double const a = number_of(found), b = number_of(wanted);
  if (std::isfinite(a) && std::isfinite(b)) {
    return std::abs(a - b) <= 1e-6 * std::max(std::abs(a), std::abs(b));
  }
  // PDEBench's generators write "1d_diff-sorp" and its like.
  std::string word = found;
  std::replace(word.begin(), word.end(), '_', '-');
  return word.find(wanted) != std::string::npos;
}

}  // namespace

std::string other_truth(std::string const &found, std::string const &wanted, std::uint64_t seed)
{
  auto const is = lines_of(found);
  for (auto const &[key, value] : lines_of(wanted)) {
    auto const at = is.find(key);
    if (at == is.end() && key == "name") return "does not say which equation it solves";
    if (at == is.end() || value.empty() || same(at->second, value)) continue;
    return fmt::format("is of {} = {}, not {}", key, printable(at->second), value);
  }
  auto const made = is.find("seed");
  if (!is.contains("solver") || made == is.end()) return {};
  if (made->second == std::to_string(seed)) return {};
  return fmt::format("has the samples of seed {}, not of test.seed = {}", printable(made->second),
                     seed);
}

}  // namespace tessera::model
