#pragma once

#include <functional>
#include <string>

#include <tessera/core/config.hpp>
#include <tessera/core/progress.hpp>

namespace tessera::train {

/// When a run stops, looks and saves.
struct TrainerOptions {
  long steps = 100;           ///< the whole schedule
  long stop_after = 0;        ///< stop with a checkpoint after this many steps; 0: never
  int checkpoint_every = 10;  ///< and one after the first step and at the end
};

enum class StopReason { finished, stop_after, signal, walltime };

/// What the loop asks of a run. `step` does one step and returns the note for the progress bar;
/// `checkpoint` saves everything with state.
struct TrainerHooks {
  std::function<std::string(long step)> step;
  std::function<void(long done)> checkpoint;
};

/// The one run loop: steps first … options.steps - 1, with checkpoints, one more where a stop is
/// asked for (core/stop.hpp). Exceptions of `step` pass through; what was saved stays.
StopReason run_steps(TrainerOptions const &options, long first, TrainerHooks const &hooks,
                     Progress progress, std::string const &label);

}  // namespace tessera::train
