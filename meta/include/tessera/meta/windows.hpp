#pragma once

#include <cstdint>
#include <memory>

#include <tessera/domains/trajectories.hpp>

namespace tessera::meta {

/// Stored times of a trajectory that a training step looks at.
struct Window {
  int first = 0, points = 0;
};

/// What training looks at, `train.window`.
class Windows {
 public:
  virtual ~Windows() = default;
  /// The trajectories that windows are of, made once. Throws InputError where they are too short.
  virtual domains::Trajectories prepare(domains::Trajectories const &data,
                                        std::uint64_t seed) const = 0;
  /// The window of an inner step in `stored` times of an environment, from (seed, step,
  /// environment) alone.
  virtual Window draw(std::uint64_t seed, std::uint64_t step, std::size_t environment,
                      int stored) const = 0;
};

/// Drawn anew for every inner step, `least` to `most` stored times long.
std::shared_ptr<Windows const> make_fresh_windows(int least = 8, int most = 25);

}  // namespace tessera::meta
