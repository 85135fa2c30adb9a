#include "dynamics_setting.hpp"

#include <tessera/core/error.hpp>

namespace tessera::domains {
namespace {

/// Every pair of a `slow` and a `fast` value, `fast` running first.
ParameterList product(std::vector<double> const &slow, std::vector<double> const &fast, bool swap)
{
  ParameterList list;
  for (double s : slow) {
    for (double f : fast) list.push_back(swap ? std::vector{f, s} : std::vector{s, f});
  }
  return list;
}

/// `count` values from `low` to `high`, both included; the middle of -c and c is 0 to the bit.
std::vector<double> spaced(double low, double high, int count)
{
  std::vector<double> values;
  double const last = count - 1;
  for (int k = 0; k < count; ++k) values.push_back((low * (last - k) + high * k) / last);
  return values;
}

// beta runs faster than delta.
DynamicsSetting lotka_volterra()
{
  return {.name = "lotka_volterra",
          .train = product({0.5, 0.75, 1.0}, {0.5, 0.75, 1.0}, true),
          .adapt = {{0.625, 0.625}, {0.625, 1.125}, {1.125, 0.625}, {1.125, 1.125}},
          .times = spaced(0, 9.5, 20),
          .horizon = 10,
          .low = {1, 1},
          .high = {2, 2},
          .train_starts = 4,
          .test_starts = 32,
          .query_starts = 32,
          .inverted_seeds = false,
          .stiff = false};
}

DynamicsSetting glycolytic()
{
  return {.name = "glycolytic",
          .train = product({100, 90, 80}, {1, 0.75, 0.5}, false),
          .adapt = product({85, 95}, {0.625, 0.875}, false),
          .times = spaced(0, 0.95, 20),
          .horizon = 1,
          .low = {0.15, 0.19, 0.04, 0.10, 0.08, 0.14, 0.05},
          .high = {1.60, 2.16, 0.20, 0.35, 0.30, 2.67, 0.10},
          .train_starts = 32,
          .test_starts = 32,
          .query_starts = 32,
          .inverted_seeds = false,
          .stiff = true};
}

DynamicsSetting selkov()
{
  DynamicsSetting set{.name = "selkov",
                      .adapt = {{-1.25}, {-0.65}, {-0.05}, {0.02}, {0.6}, {1.2}},
                      .times = spaced(0, 40, 11),
                      .horizon = 40,
                      .low = {0, 0},
                      .high = {3, 3},
                      .train_starts = 4,
                      .test_starts = 4,
                      .query_starts = 4,
                      .inverted_seeds = true,
                      .stiff = true};
  // Below, around and above zero the model has other attractors.
  for (auto const &[low, high] : {std::pair{-1.0, -0.25}, {-0.1, 0.1}, {0.25, 1.0}}) {
    for (double b : spaced(low, high, 7)) set.train.push_back({b});
  }
  return set;
}

// Of our own. A third of a time unit between stored times; omega runs faster than a.
DynamicsSetting forced_oscillator()
{
  return {.name = "forced_oscillator",
          .train = product({0.5, 1.0, 1.5}, {0.8, 1.2, 1.6}, false),
          .adapt = product({0.75, 1.25}, {1.0, 1.4}, false),
          .times = spaced(0, 10, 31),
          .horizon = 10,
          .low = {-1, -1},
          .high = {1, 1},
          .train_starts = 4,
          .test_starts = 32,
          .query_starts = 32,
          .inverted_seeds = false,
          .stiff = false};
}

}  // namespace

DynamicsSetting dynamics_setting(std::string const &name)
{
  if (name == "lotka_volterra") return lotka_volterra();
  if (name == "glycolytic") return glycolytic();
  if (name == "selkov") return selkov();
  if (name == "forced_oscillator") return forced_oscillator();
  throw InputError("data.type: unknown set \"" + name +
                   "\"; choose lotka_volterra, glycolytic, selkov or forced_oscillator");
}

}  // namespace tessera::domains
