#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include <tessera/core/progress.hpp>
#include <tessera/meta/adaptation.hpp>
#include <tessera/meta/mixture.hpp>

namespace tessera::meta {

/// What a trained mixture knows of its own errors, learnt on training systems alone, in the units
/// that it is trained in. Nothing is known where experts have no push_forward.
struct Doubt {
  static constexpr std::size_t parts = 10;  ///< of a horizon, each with a drift of its own

  std::size_t dimension = 0;  ///< state size
  std::vector<double> noise;  ///< (expert, state): deviation that data are measured with
  std::vector<double> drift;  ///< (expert, part, state): deviation of solutions in its middle
  /// (expert, part, state): what rivals say otherwise of starts that a system was not seen from,
  /// in deviations (rivals.hpp); empty where training has seen several of each system.
  std::vector<double> elsewhere = {};
  std::vector<double> horizon;  ///< (expert): time that its systems were followed for
  /// What deviations of contexts are multiplied with so that 90 % of rehearsals lie in their bands.
  double factor = 1;
  /// (expert): of a system that is not foreign to it.
  std::vector<double> most_misfit, most_distance;

  bool known() const { return !noise.empty(); }
  double noise_of(int expert, std::size_t state) const
  {
    return noise[static_cast<std::size_t>(expert) * dimension + state];
  }
  /// Deviation of an expert's solutions from the truth, `time` after their start, where the context
  /// is right; beyond the horizon it goes on growing.
  double drift_at(int expert, double time, std::size_t state) const
  {
    return at(drift, expert, time, state);
  }
  /// The part that a time since the start lies in, `span` being the parts' own.
  static std::size_t part_of(double time, double span)
  {
    return std::min(static_cast<std::size_t>(double(parts) * time / span), parts - 1);
  }
  /// Drift, and what rivals add to it: all that a prediction is in doubt by where its context is
  /// not.
  double beside_context(int expert, double time, std::size_t state) const;

 private:
  double at(std::vector<double> const &values, int expert, double time, std::size_t state) const;
};

/// Learns how large errors are. `seen` has the mixture's environments. Every one of its
/// trajectories, up to about two hundred, is taken for a new system of which its first third is
/// known; what is found is compared with what the trained mixture says of that system. Then again
/// without the expert that was trained on it: where experts describe each other's systems, these
/// are as new to them as anything that a user may bring, and count too; where they do not, they
/// show what foreign systems look like.
template <class T>
Doubt rehearse(Mixture<T> const &mixture, domains::Trajectories const &seen,
               AdaptOptions const &options, experts::StepControl const &control,
               Progress progress = {});

/// Fills covariance, misfit and foreign of what was found from `support`: Laplace's approximation
/// at the contexts found, of data with the noise of each state in every value and in the start, and
/// of solutions that drift. Does nothing where nothing is known.
template <class T>
void tell_doubt(Mixture<T> const &mixture, Doubt const &doubt, domains::Trajectories const &support,
                AdaptOptions const &options, experts::StepControl const &control, Adapted &found);

/// Standard deviations of the states that `predict` gives, the starts taken as exact: covariances
/// (environment, rank, rank) pushed through the sensitivities, and drift. NaN where a trajectory
/// cannot be followed. Shape (environment, trajectory, time, state), as `data`.
template <class T>
std::vector<double> deviations(Mixture<T> const &mixture, Doubt const &doubt,
                               domains::Trajectories const &data, std::vector<int> const &expert,
                               std::vector<double> const &contexts,
                               std::vector<double> const &covariance,
                               experts::StepControl const &control);

/// The same of systems that experts were trained on, whose contexts are not in doubt.
std::vector<double> trained_deviations(Doubt const &doubt, domains::Trajectories const &data,
                                       std::vector<int> const &expert);

}  // namespace tessera::meta
