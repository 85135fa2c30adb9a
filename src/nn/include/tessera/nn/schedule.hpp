#pragma once

#include <cstddef>
#include <variant>
#include <vector>

#include <tessera/core/config.hpp>

namespace tessera::nn {

/// A rate that is multiplied by `factor` when the counter of steps reaches each boundary,
/// ⌊fraction · total⌋. A factor of 1 keeps it constant.
struct StepSchedule {
  double rate = 1e-3;
  double factor = .4;
  std::size_t total = 0;  ///< steps of the whole training, even where a run stops before
  std::vector<double> boundaries = {1. / 3., 2. / 3.};  ///< as fractions of `total`

  /// The rate of the step after `step` steps.
  double at(std::size_t step) const;
};

/// A rate that grows linearly over the first ⌊warmup · total⌋ steps, then falls along half a cosine
/// to `final_ratio` · rate, which the last step has.
struct CosineSchedule {
  double rate = 1e-3;
  double warmup = 0.;  ///< fraction of `total`
  double final_ratio = .01;
  std::size_t total = 0;

  /// The rate of the step after `step` steps.
  double at(std::size_t step) const;
};

/// A rate multiplied by `factor` every `every` steps, smoothly or at once, down to `lowest`: the
/// schedules of PI-HC-MoE (halved every 800 steps down to 1e-4; 10^-0.15 a thousand steps).
struct DecaySchedule {
  double rate = 1e-3;
  double factor = .5;
  std::size_t every = 800;  ///< steps
  double lowest = 1e-4;
  bool smooth = false;

  /// The rate of the step after `step` steps.
  double at(std::size_t step) const;
};

using Schedule = std::variant<StepSchedule, CosineSchedule, DecaySchedule>;

/// The rate of the step after `step` steps.
double rate_at(Schedule const &schedule, std::size_t step);

/// Reads `type` ("step", "cosine" or "decay") and the options of that schedule: `factor`,
/// `boundaries`; `warmup`, `final_ratio`; or `factor`, `every`, `lowest`, `smooth`. Throws
/// ConfigError on values outside their range.
Schedule read_schedule(Section &section, double rate, std::size_t total);

}  // namespace tessera::nn
