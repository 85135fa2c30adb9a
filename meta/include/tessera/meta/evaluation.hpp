#pragma once

#include <span>
#include <vector>

#include <tessera/meta/mixture.hpp>
#include <tessera/meta/task_batch.hpp>

namespace tessera::meta {

/// Errors of one split, per environment; definitions in the README.
struct Metrics {
  std::vector<double> mse, rel_l2;  ///< (environment)
  /// Root mean square error in deviations of each component, and variance-weighted R², minus
  /// infinity where a trajectory failed. Shape (environment); empty where no deviations are known.
  std::vector<double> nrmse, r2;
  double floored = 0;  ///< share of stored times where rel_l2's floor outweighs the true state
  int failed = 0;      ///< trajectories without a solution, scored as predicting zero

  double mean(std::vector<double> const &values) const;
  double median(std::vector<double> values) const;
  double deviation(std::vector<double> const &values) const;
  /// Share of environments with rel_l2 < 0.1.
  double tprmse() const;
  /// Share of environments with R² > 0.9, every trajectory followed.
  double r2_share() const;
};

/// Predictions of a whole split. Shape (environment, trajectory, time, state), as the data.
struct Prediction {
  std::vector<double> states;  ///< zero where a trajectory could not be followed
  std::vector<Status> status;  ///< (environment, trajectory)
  Metrics metrics;
};

/// Fills `metrics` from states and status. `deviation` (state): of each component in the training
/// split; empty: nrmse and r2 stay unknown.
void score(Prediction &prediction, domains::Trajectories const &truth,
           std::span<double const> deviation = {});

/// Deviations on either side of the mean that hold 90 % of a normal distribution.
inline constexpr double nine_tenths = 1.6448536269514722;

/// Share of the true states behind the starts that lie in their bands of 90 %: predicted `states`
/// and `nine_tenths` of their deviations on either side, both shaped as the data. States without a
/// deviation do not count; NaN where none has one.
double coverage(std::span<double const> states, std::span<double const> deviation,
                domains::Trajectories const &truth);

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
