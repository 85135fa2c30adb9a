#pragma once

#include <vector>

#include <tessera/core/progress.hpp>
#include <tessera/meta/mixer_options.hpp>
#include <tessera/meta/mixture.hpp>
#include <tessera/meta/task_batch.hpp>

namespace tessera::meta {

/// What was found for new environments.
struct Adapted {
  std::vector<int> expert;           ///< (environment): the one with the least support loss
  std::vector<double> contexts;      ///< (environment, rank): what that expert sees
  std::vector<double> support_loss;  ///< (environment)
  std::vector<int> gate_word;        ///< (environment): what the gate says to the found context
  double gate_agreement = 0;         ///< share of environments where it names the expert found
  /// How sure that is; empty where nothing is known of it (doubt.hpp).
  std::vector<double> covariance;  ///< (environment, rank, rank): of the contexts
  /// (environment): squares of the errors on the support over those that are to be expected;
  /// infinite where it could not be followed.
  std::vector<double> misfit;
  /// (environment): of the context from those its expert was trained with, in their deviations.
  std::vector<double> distance;
  std::vector<char> foreign;  ///< (environment): whether none of the experts describes it
};

/// Finds contexts for new environments from their support trajectories, experts and gate frozen:
/// from the mean context of every expert (and more starts), best by support loss: AdaBelief, then
/// polished, or Levenberg-Marquardt on sensitivities. `start = "zero"` follows the published way:
/// context zero, the gate chooses, no second try. Throws InputError where experts without
/// push_forward are to be adapted by Levenberg-Marquardt. `without` (environment): an expert that
/// is not tried, for rehearsals, which start at centroids; empty: all are. `word`: what the work is
/// called as it goes.
template <class T>
Adapted adapt(Mixture<T> const &mixture, domains::Trajectories const &support,
              AdaptOptions const &options, experts::StepControl const &control,
              Progress progress = {}, std::vector<int> const &without = {},
              char const *word = "adapt");

}  // namespace tessera::meta
