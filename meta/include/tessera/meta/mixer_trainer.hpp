#pragma once

#include <functional>
#include <set>

#include <tessera/core/log.hpp>
#include <tessera/core/state.hpp>
#include <tessera/meta/mixer_options.hpp>
#include <tessera/meta/mixture.hpp>
#include <tessera/meta/phase_seconds.hpp>
#include <tessera/meta/task_batch.hpp>
#include <tessera/nn/adabelief.hpp>
#include <tessera/nn/gradient_clip.hpp>
#include <tessera/nn/schedule.hpp>

namespace tessera::meta {

/// What one outer step did. Losses are means over the contributors of all inner steps.
struct StepReport {
  double loss_context = 0, loss_model = 0;
  int failed = 0;        ///< failed integrations in training
  int gate_failed = 0;   ///< failed or foreign blow-ups in cross evaluation
  int gate_outdone = 0;  ///< integrations of cross evaluation that were given up early
  int gate_updates = 0;  ///< times clusters and gate were fitted
  int rerouted = 0;      ///< environments that changed their expert
  double flops = 0;
  long solves = 0;       ///< integrations of one trajectory
  long evaluations = 0;  ///< of right-hand sides in them, one trajectory each
  PhaseSeconds seconds;
};

/// The state of one training: what `mixer_step` works on.
template <class T>
class MixerTrainer {
 public:
  MixerTrainer(Mixture<T> &mixture, domains::Trajectories const &data, MixerOptions options,
               experts::StepControl control, std::uint64_t seed, Log log);

  /// Loss and gradients of one inner step on its contributors: select, window, solve, pull back;
  /// those of the experts only where the `model` will be updated. Returns the mean loss; gradients
  /// stay inside until the updates. Throws SolverError after five halvings of the rate.
  double gradients(long outer, int inner, bool model, StepReport &report);
  void update_contexts(long outer);
  void update_model(long outer);
  /// Remembers parameters for the proximal terms of this outer step.
  void anchor();

  /// Warm-up is over: k-means++ on the contexts makes one expert per cluster, where they fall into
  /// groups as far as the gate asks for.
  void split_experts(long outer);
  /// Asks the gate who answers for whom; `renew` takes cross losses in any case.
  void update_gate(long outer, int inner, bool renew, StepReport &report);
  bool gate_due(long outer, int inner) const;
  /// Takes out an expert that leads no environment; what is kept of the others goes on as it was,
  /// the gate learns anew. State that was registered before is no longer this one. Throws as
  /// Mixture::remove.
  void remove_expert(int id);

  MixerOptions const &options() const { return options_; }
  /// Outer steps with one expert on all environments, before the others are split off.
  long warmup() const;
  bool split_due(long outer) const;
  Mixture<T> &mixture() { return mixture_; }
  Log const &log() const { return log_; }
  double rate(long outer, double initial) const;
  void register_state(State &state);

 private:
  /// What one inner step solves, and what each loss counts.
  struct Work {
    std::vector<Task> tasks;
    std::vector<double> weights;  ///< (task), sum 1
  };
  Work draw_work(long outer, int inner);
  /// A block of parameters behind the rows, and what moves it.
  struct Trained {
    experts::TrainedBlock block;
    nn::AdaBelief<T> optimizer;
    nn::GradientClip<T> clip;
    std::vector<T> anchor;
  };
  void update_block(Trained &trained, long outer);
  void add_proximal(std::span<T const> now, std::span<T const> old, std::span<T> gradient) const;
  double share_out(TaskBatch<T> const &batch, Work const &work, std::span<double const> losses,
                   std::span<T const> bars);
  void note_failures(TaskBatch<T> const &batch, std::span<Task const> tasks, StepReport &report);
  std::vector<double> cross_losses(long outer, int inner, StepReport &report);
  void reroute(experts::Routes const &routes, StepReport &report);
  void let_gate_learn(long outer, int inner);
  bool stays_one(SlicedPoints const &warm, long outer) const;
  void make_gradients();

  Mixture<T> &mixture_;
  domains::Trajectories data_;  ///< as training sees it
  MixerOptions options_;
  experts::StepControl control_;
  std::uint64_t seed_;
  Log log_;
  nn::Schedule schedule_;
  std::vector<Trained> trained_;
  nn::AdaBelief<T> context_optimizer_;
  nn::GradientClip<T> context_clip_;
  TaskWorkspace<T> workspace_, gate_workspace_;
  Parameters<T> gradient_{{}};  ///< of the mixture's parameters, in the same blocks
  experts::View2<T> row_gradient_, context_gradient_;
  std::vector<std::uint8_t> active_experts_, active_environments_;
  std::vector<T> context_anchor_;
  std::vector<double> previous_losses_;
  std::int64_t halvings_ = 0;    ///< of the rate, so far
  std::int64_t failures_ = 0;    ///< failed integrations, so far
  std::set<std::size_t> named_;  ///< environments whose failure stands in the log
  bool usable_ = false;          ///< the last gradients may be applied
};

/// One outer step of the proximal alternation (MixER, algorithm 1): contexts, then experts, with
/// the gate in between.
template <class T>
StepReport mixer_step(MixerTrainer<T> &trainer, long outer);

extern template class MixerTrainer<float>;
extern template class MixerTrainer<double>;

}  // namespace tessera::meta
