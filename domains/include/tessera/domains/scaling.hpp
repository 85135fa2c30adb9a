#pragma once

#include <span>
#include <vector>

#include <tessera/domains/trajectories.hpp>

namespace tessera::domains {

/// How states and times of a data set lie to the standardised ones that are computed with:
/// x = offset + scale x', t = time t'. Fields are autonomous: times of an environment are counted
/// from its first.
struct Scaling {
  std::vector<double> offset, scale;  ///< (state); empty: everything as it is
  double time = 1;

  /// Mean and deviation of every component, and the time in which standardised states move by about
  /// their deviation. A component that never moves is divided by its size.
  static Scaling fit(Trajectories const &data);

  bool none() const { return scale.empty(); }
  /// Standardised trajectories; the given ones where there is nothing to do.
  Trajectories apply(Trajectories data) const;
  /// Standardised states back to what they were. Shape (…, state).
  void restore(std::span<double> states) const;
  /// The same of standard deviations.
  void restore_deviations(std::span<double> deviations) const;
};

}  // namespace tessera::domains
