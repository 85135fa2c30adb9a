#include "bench.hpp"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/median.hpp>
#include <tessera/io/versions.hpp>

#include "bench_parts.hpp"

namespace tessera::benchmarks {
namespace {

double smallest(std::vector<double> const &v)
{
  return *std::min_element(v.begin(), v.end());
}
double largest(std::vector<double> const &v)
{
  return *std::max_element(v.begin(), v.end());
}

/// What speed depends on besides the machine: arch and pack_abi, and their values.
std::vector<std::pair<std::string, std::string>> build_of_packs()
{
  auto facts = io::build_description();
  std::erase_if(facts, [](auto const &f) { return f.first != "arch" && f.first != "pack_abi"; });
  return facts;
}

std::string as_table(std::string const &name, BenchResult const &result)
{
  std::string text = fmt::format("bench {}: {}\n", name, result.note);
  for (auto const &[fact, value] : build_of_packs()) text += fmt::format("{:<28}{}\n", fact, value);
  text += fmt::format("{:<28}{:>12}{:>12}{:>12}  unit\n", "", "min", "median", "max");
  for (auto const &f : result.figures) {
    text += fmt::format("{:<28}{:>12.4g}{:>12.4g}{:>12.4g}  {}\n", f.name, smallest(f.values),
                        median(f.values), largest(f.values), f.unit);
  }
  return text;
}

void write_json(std::string const &file, std::string const &name, BenchResult const &result)
{
  nlohmann::ordered_json json{{"bench", name}, {"note", result.note}};
  for (auto const &[fact, value] : build_of_packs()) json[fact] = value;
  for (auto const &f : result.figures) {
    json[f.name] = median(f.values);
    json[f.name + "_spread"] = {smallest(f.values), largest(f.values)};
  }
  std::ofstream out(file);
  out << json.dump(2) << "\n";
  out.close();
  if (!out) throw IoError(file + ": cannot be written; name another file with --json");
}

}  // namespace

std::string bench(std::string const &name, std::vector<std::string> const &overrides,
                  std::string const &json_file, Progress progress)
{
  BenchResult result;
  if (name == "ode") {
    result = bench_ode(overrides, progress);
  } else if (name == "peak") {
    result = bench_peak(overrides, progress);
  } else if (name == "pihcmoe") {
    result = bench_pihcmoe(overrides, progress);
  } else if (name == "truth") {
    result = bench_truth(overrides, progress);
  } else {
    auto const near = nearest_word(name, {"ode", "pihcmoe", "peak", "truth"});
    throw InputError("there is no benchmark \"" + name + "\"; known are ode, pihcmoe, peak, truth" +
                     (near ? " (did you mean \"" + *near + "\"?)" : ""));
  }
  if (!json_file.empty()) write_json(json_file, name, result);
  return as_table(name, result);
}

}  // namespace tessera::benchmarks
