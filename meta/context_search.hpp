#pragma once

#include <cmath>
#include <vector>

#include <tessera/meta/mixture.hpp>
#include <tessera/meta/task_batch.hpp>
#include <tessera/nn/adabelief.hpp>

namespace tessera::meta {

/// Pairs of environments and experts with a context for each.
template <class T>
struct ContextPairs {
  std::vector<Task> tasks;
  std::vector<T> contexts;  ///< (task, rank)
};

/// Moves contexts down their losses with everything else frozen: `steps` of AdaBelief of length
/// rate(step). After each solve, one more than steps, calls visit(batch, losses, bars, recorded):
/// losses (task), bars (task, rank) the losses' gradients, which it may change, zero after the last
/// solve. A component that is not finite moves nothing.
template <class T, class Rate, class Visit>
void search_contexts(Mixture<T> const &mixture, domains::Trajectories const &data,
                     ContextPairs<T> &pairs, experts::StepControl const &control,
                     TaskWorkspace<T> &workspace, int steps, Rate const &rate, Visit const &visit)
{
  auto const rank = static_cast<std::size_t>(mixture.rank());
  nn::AdaBelief<T> optimizer(std::vector<std::size_t>(pairs.tasks.size(), rank));
  std::vector<double> const ones(pairs.tasks.size(), 1.0);
  for (int step = 0; step <= steps; ++step) {
    bool const moves = step < steps;
    TaskBatch<T> batch(data, pairs.tasks, pairs.contexts, workspace);
    batch.solve(mixture.bank(), mixture.rows(), control, moves);
    std::vector<double> const losses = batch.losses();
    std::vector<T> bars(pairs.contexts.size(), T(0));
    if (moves) bars = batch.pull_back_contexts(mixture.bank(), mixture.rows(), ones);
    visit(batch, losses, bars, moves);
    if (!moves) return;
    for (T &bar : bars) {
      if (!std::isfinite(bar)) bar = T(0);
    }
    optimizer.step(pairs.contexts, bars, {}, rate(step));
  }
}

}  // namespace tessera::meta
