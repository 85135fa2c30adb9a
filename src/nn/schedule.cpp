#include <tessera/nn/schedule.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tessera::nn {
namespace {

/// ⌊fraction · total⌋, with .29 · 100 = 29 in spite of the rounding of .29.
std::size_t steps_of(double fraction, std::size_t total)
{
  return static_cast<std::size_t>(fraction * static_cast<double>(total) + 1e-9);
}

}  // namespace

double StepSchedule::at(std::size_t step) const
{
  double value = rate;
  for (double fraction : boundaries) {
    if (step >= steps_of(fraction, total)) value *= factor;
  }
  return value;
}

double CosineSchedule::at(std::size_t step) const
{
  std::size_t const rising = steps_of(warmup, total);
  if (step < rising) return rate * static_cast<double>(step + 1) / static_cast<double>(rising);
  double const falling = total > rising + 1 ? static_cast<double>(total - 1 - rising) : 1.;
  double const share = std::min(static_cast<double>(step - rising) / falling, 1.);
  double const wave = .5 * (1. + std::cos(std::numbers::pi * share));
  return rate * (final_ratio + (1. - final_ratio) * wave);
}

double DecaySchedule::at(std::size_t step) const
{
  double const passed = static_cast<double>(step) / static_cast<double>(every);
  return std::max(rate * std::pow(factor, smooth ? passed : std::floor(passed)), lowest);
}

double rate_at(Schedule const &schedule, std::size_t step)
{
  return std::visit([&](auto const &kind) { return kind.at(step); }, schedule);
}

Schedule read_schedule(Section &section, double rate, std::size_t total)
{
  std::string const type = section.choose("type", "step", {"step", "cosine", "decay"});
  if (type == "decay") {
    DecaySchedule decay{.rate = rate};
    decay.factor = section.get_in("factor", decay.factor, 0., 1.);
    decay.every = static_cast<std::size_t>(section.get_in("every", 800, 1, 1 << 30));
    decay.lowest = section.get_in("lowest", decay.lowest, 0., 1e6);
    decay.smooth = section.get("smooth", decay.smooth);
    return decay;
  }
  if (type == "cosine") {
    CosineSchedule cosine{.rate = rate, .total = total};
    cosine.warmup = section.get_in("warmup", cosine.warmup, 0., 1.);
    cosine.final_ratio = section.get_in("final_ratio", cosine.final_ratio, 0., 1.);
    return cosine;
  }
  StepSchedule stepped{.rate = rate, .total = total};
  stepped.factor = section.get_in("factor", stepped.factor, 0., 1.);
  stepped.boundaries = section.get("boundaries", stepped.boundaries);
  bool const inside = std::all_of(stepped.boundaries.begin(), stepped.boundaries.end(),
                                  [](double f) { return f >= 0. && f <= 1.; });
  if (!inside) section.fail("boundaries", "boundaries are fractions of the training, in [0, 1]");
  return stepped;
}

}  // namespace tessera::nn
