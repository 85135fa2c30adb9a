#pragma once

#include <vector>

#include <tessera/core/progress.hpp>
#include <tessera/meta/mixture.hpp>
#include <tessera/meta/task_batch.hpp>

namespace tessera::meta {

/// Contexts found for tasks, the best seen of each. Shapes (task, rank), (task), (task).
template <class T>
struct FoundContexts {
  std::vector<T> contexts;
  std::vector<double> loss;       ///< of the support trajectories
  std::vector<double> objective;  ///< with the prior
};

/// Minimises every task's loss + weight · (distance to the expert's training contexts)² over its
/// context by Levenberg-Marquardt (Marquardt's scaling; Nocedal, Wright, Numerical Optimization,
/// 10.3). All tasks go in one batch, each with a damping of its own, and leave it when their step
/// promises less than a thousandth of the objective; `most` solves of the batch at most.
template <class T>
FoundContexts<T> levenberg_marquardt(Mixture<T> const &mixture,
                                     domains::Trajectories const &support,
                                     std::vector<Task> const &tasks, std::vector<T> const &start,
                                     experts::StepControl const &control, double weight, int most,
                                     Progress &progress);

}  // namespace tessera::meta
