#pragma once

namespace tessera::meta {

/// Where the time of an outer step goes. Seconds of the wall clock.
struct PhaseSeconds {
  double cross = 0;      ///< integrations of the cross losses
  double forward = 0;    ///< integrations of the contributors
  double pull_back = 0;  ///< their gradients
  double assembly = 0;   ///< choosing contributors, batches and losses from solutions
  double clusters = 0;   ///< k-means, matching and gate fit
  double optimizer = 0;  ///< updates of contexts and experts
};

}  // namespace tessera::meta
