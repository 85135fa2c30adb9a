#pragma once

#include <chrono>

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

/// Seconds between its own calls.
class Lap {
 public:
  /// Seconds since the last call, or since it was made.
  double operator()()
  {
    auto const now = Clock::now();
    std::chrono::duration<double> const spent = now - last_;
    last_ = now;
    return spent.count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point last_ = Clock::now();
};

}  // namespace tessera::meta
