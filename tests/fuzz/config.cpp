// Config::parse, overrides and a walk over sections. The input is the text of the file, then
// overrides, each behind a NUL byte.

#include <string_view>
#include <vector>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>

#include "check.hpp"

namespace {

using namespace tessera;

/// Asks for keys of every type in the tables that experiments have.
void walk(Config const &config)
{
  Section run = config.section("run");
  run.get_in("seed", 0, 0, 2147483647);
  run.get_in("walltime", 0.0, 0.0, 1e9);
  config.section("experiment").get("name", "run");
  Section train = config.section("train");
  train.choose("selection", "near", {"near", "near_weighted", "all"});
  train.get("fresh", true);
  train.get("rates", std::vector<double>{1e-3});
  train.get("steps", std::vector<int>{1, 2});
  Section gate = config.section("gate");
  gate.get("type", "least_squares");
  gate.section("fit").get_in("ridge", 1e-3, 0.0, 1e6);
  for (Section &pump : config.section("data").sections("pump")) {
    pump.get("rate", "x");
    for (std::string const &key : pump.section("rates").keys()) {
      if (key.find('.') == key.npos) pump.section("rates").get(key, 0.0);
    }
  }
  Section output = config.section("output");
  output.get("sinks", std::vector<std::string>{"pictures"});
  (void)output.has("every");
  (void)output.where("every");
  (void)config.tables();
}

std::string resolved(std::string_view text, std::vector<std::string> const &overrides)
{
  Config const config = Config::parse(text, "fuzz.toml", overrides);
  walk(config);
  config.finish();
  return config.resolved();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const *data, std::size_t size)
{
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < size; ++i) {
    if (data[i] == 0) {
      parts.emplace_back();
    } else {
      parts.back() += static_cast<char>(data[i]);
    }
  }
  std::string once;
  try {
    once = resolved(parts.front(), {parts.begin() + 1, parts.end()});
  } catch (ConfigError const &error) {
    fuzz::check_refusal(error.what());
    return 0;
  }
  // What a run writes down as its config is accepted as it stands, and means the same.
  fuzz::demand(resolved(once, {}) == once, "the resolved config is not its own", once);
  fuzz::demand(config_differences(once, once, {}).empty(), "differs from itself", once);
  return 0;
}
