#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tessera/core/error.hpp>

#include "run_start.hpp"

namespace tessera::model {
namespace {

/// "11:50:00" as {11, 50, 0}.
std::optional<std::vector<double>> numbers(std::string_view text)
{
  std::vector<double> values;
  for (;;) {
    unsigned value = 0;
    auto const [next, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || value > 10000000) return std::nullopt;
    values.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(next - text.data()));
    if (text.empty()) return values;
    if (text.front() != ':') return std::nullopt;
    text.remove_prefix(1);
  }
}

/// Seconds of minutes, minutes:seconds, hours:minutes:seconds; behind days- of hours,
/// hours:minutes, hours:minutes:seconds.
std::optional<double> slurm_seconds(std::string_view text)
{
  std::size_t const dash = text.find('-');
  bool const days = dash != text.npos;
  auto const day = days ? numbers(text.substr(0, dash)) : std::vector<double>{0};
  auto const clock = numbers(days ? text.substr(dash + 1) : text);
  if (!day || day->size() != 1 || !clock || clock->size() > 3) return std::nullopt;
  double unit = days || clock->size() == 3 ? 3600 : 60, seconds = 86400 * day->front();
  for (double const value : *clock) {
    seconds += unit * value;
    unit /= 60;
  }
  return seconds;
}

}  // namespace

double read_walltime(Section &run)
{
  bool number = true;
  double seconds = 0;
  try {
    seconds = run.get("walltime", 0.0);
  } catch (ConfigError const &) {
    number = false;
  }
  if (number && std::isfinite(seconds) && seconds >= 0) return seconds;
  std::optional<double> time;
  if (!number) {
    try {
      time = slurm_seconds(run.get("walltime", ""));
    } catch (ConfigError const &) {
    }
  }
  if (time) return *time;
  run.fail("walltime",
           "must be a number of seconds, or in quotes a time as Slurm reads it: "
           "\"minutes\", \"minutes:seconds\", \"hours:minutes:seconds\", "
           "\"days-hours\", \"days-hours:minutes\" or \"days-hours:minutes:seconds\"");
}

}  // namespace tessera::model
