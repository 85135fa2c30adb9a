#pragma once

#include <vector>

#include <tessera/meta/mixture.hpp>
#include <tessera/meta/task_batch.hpp>

namespace tessera::meta {

/// Errors of one split, per environment; definitions in the README.
struct Metrics {
  std::vector<double> mse, rel_l2;  ///< (environment)
  int failed = 0;                   ///< trajectories without a solution, scored as predicting zero

  double mean(std::vector<double> const &values) const;
  double median(std::vector<double> values) const;
  double deviation(std::vector<double> const &values) const;
  /// Share of environments with rel_l2 < 0.1.
  double tprmse() const;
};

/// Predictions of a whole split. Shape (environment, trajectory, time, state), as the data.
struct Prediction {
  std::vector<double> states;  ///< zero where a trajectory could not be followed
  std::vector<Status> status;  ///< (environment, trajectory)
  Metrics metrics;
};

/// Solves every trajectory from its true start over all stored times with the given expert and
/// context (environment, rank) of its environment.
template <class T>
Prediction predict(Mixture<T> const &mixture, domains::Trajectories const &data,
                   std::vector<int> const &expert, std::vector<double> const &contexts,
                   experts::StepControl const &control);

/// The contexts (environment, rank) that the routed experts see.
template <class T>
std::vector<double> routed_contexts(Mixture<T> const &mixture);

}  // namespace tessera::meta
