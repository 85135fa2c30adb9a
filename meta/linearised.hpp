#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include <tessera/meta/mixture.hpp>
#include <tessera/meta/task_batch.hpp>

namespace tessera::meta {

/// Solutions of tasks on whole trajectories, and what contexts and starts do to them.
template <class T>
class Linearised {
 public:
  /// Without `starts`, by_start is not there.
  Linearised(Mixture<T> const &mixture, domains::Trajectories const &data,
             std::vector<Task> const &tasks, std::span<double const> contexts,
             experts::StepControl const &control, bool starts);

  /// Whether solution and sensitivities of a trajectory are numbers.
  bool usable(std::size_t task, std::size_t trajectory) const
  {
    return batch_.usable(task, trajectory, sensitivities_);
  }
  double state(std::size_t task, std::size_t trajectory, std::size_t time, std::size_t i) const
  {
    return batch_.predicted(task, trajectory, time)[i];
  }
  /// Predicted minus given.
  double error(std::size_t task, std::size_t trajectory, std::size_t time, std::size_t i) const
  {
    return state(task, trajectory, time, i) -
           data_.state(tasks_[task].environment, trajectory, time)[i];
  }
  /// Derivatives of a state by the context. Shape (rank).
  T const *by_context(std::size_t task, std::size_t trajectory, std::size_t time,
                      std::size_t i) const
  {
    return &sensitivities_(batch_.position(task, trajectory), time, i, 0);
  }
  /// Its derivative by component l of the start, by differences; 0 where these failed.
  double by_start(std::size_t task, std::size_t trajectory, std::size_t time, std::size_t i,
                  std::size_t l) const
  {
    std::size_t const d = data_.dimension;
    return moved_[l][((task * data_.count + trajectory) * data_.points + time) * d + i];
  }
  /// Variance of a state where contexts have this covariance. Shape (rank, rank).
  double variance(std::size_t task, std::size_t trajectory, std::size_t time, std::size_t i,
                  std::span<double const> covariance) const
  {
    std::size_t const rank = sensitivities_.extent(3);
    T const *slope = by_context(task, trajectory, time, i);
    double sum = 0;
    for (std::size_t r = 0; r < rank; ++r) {
      for (std::size_t c = 0; c < rank; ++c) {
        sum += double(slope[r]) * covariance[r * rank + c] * double(slope[c]);
      }
    }
    return std::max(sum, 0.0);
  }

 private:
  std::vector<double> move_starts(Mixture<T> const &mixture, std::span<T const> contexts,
                                  experts::StepControl const &control, std::size_t l) const;

  domains::Trajectories const &data_;
  std::vector<Task> tasks_;
  std::vector<T> contexts_;
  TaskWorkspace<T> workspace_;
  TaskBatch<T> batch_;
  experts::View4<T> sensitivities_;
  std::vector<std::vector<double>> moved_;  // (state of the start), (task, trajectory, time, state)
};

}  // namespace tessera::meta
