#include <tessera/train/trainer.hpp>

#include <tessera/core/stop.hpp>

namespace tessera::train {

StopReason run_steps(TrainerOptions const &options, long first, TrainerHooks const &hooks,
                     Progress progress, std::string const &label)
{
  progress.start(label, static_cast<std::size_t>(options.steps));
  StopReason reason = StopReason::finished;
  long done = first;
  long saved = -1;
  while (done < options.steps) {
    if (options.stop_after > 0 && done >= options.stop_after) {
      reason = StopReason::stop_after;
      break;
    }
    if (stop_requested()) {
      reason = WallTime::is_over() ? StopReason::walltime : StopReason::signal;
      break;
    }
    std::string const note = hooks.step(done++);
    progress.update(static_cast<std::size_t>(done), note);
    if (done == 1 || (options.checkpoint_every > 0 && done % options.checkpoint_every == 0)) {
      hooks.checkpoint(done);
      saved = done;
    }
  }
  progress.finish();
  if (saved != done && done > first) hooks.checkpoint(done);
  return reason;
}

}  // namespace tessera::train
