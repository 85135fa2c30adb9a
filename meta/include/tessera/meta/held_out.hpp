#pragma once

#include <tessera/domains/trajectories.hpp>

namespace tessera::meta {

/// What is kept from training, to choose by: nothing is chosen on the test split.
enum class HeldOut {
  none,
  trajectory,  ///< one trajectory of each environment, in turn
  tail         ///< the last fifth of the stored times
};

/// Training data in two: what is learnt from, and what choices are made by. With `tail` the held
/// part begins at the last stored time that is learnt from.
struct Division {
  domains::Trajectories train;
  domains::Trajectories held;  ///< without environments where nothing is held out
};

/// Throws InputError where there is too little to divide.
Division hold_out(domains::Trajectories const &data, HeldOut rule);

}  // namespace tessera::meta
