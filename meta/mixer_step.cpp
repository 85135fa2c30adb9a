#include <tessera/core/stopwatch.hpp>
#include <tessera/meta/mixer_trainer.hpp>

namespace tessera::meta {

template <class T>
StepReport mixer_step(MixerTrainer<T> &trainer, long outer)
{
  StepReport report;
  MixerOptions const &o = trainer.options();
  if (trainer.split_due(outer)) trainer.split_experts(outer);
  // One expert on everything has nothing to alternate with: its contexts and weights move together.
  bool const joint = o.update == "joint" || outer < trainer.warmup();

  trainer.anchor();
  for (int k = 0; k < o.inner_context; ++k) {
    report.loss_context += trainer.gradients(outer, k, joint, report) / o.inner_context;
    Phase phase("tessera::mixer::update", report.seconds.optimizer);
    trainer.update_contexts(outer);
    if (joint) trainer.update_model(outer);
    phase.next("tessera::mixer::gate", report.seconds.clusters);
    if (trainer.gate_due(outer, k)) trainer.update_gate(outer, k, false, report);
  }
  for (int k = o.inner_context; k < o.inner_context + o.inner_model; ++k) {
    report.loss_model += trainer.gradients(outer, k, true, report) / o.inner_model;
    Phase phase("tessera::mixer::update", report.seconds.optimizer);
    trainer.update_model(outer);
    if (joint) trainer.update_contexts(outer);
    phase.next("tessera::mixer::gate", report.seconds.clusters);
    if (trainer.gate_due(outer, k)) trainer.update_gate(outer, k, false, report);
  }
  return report;
}

template StepReport mixer_step(MixerTrainer<float> &, long);
template StepReport mixer_step(MixerTrainer<double> &, long);

}  // namespace tessera::meta
