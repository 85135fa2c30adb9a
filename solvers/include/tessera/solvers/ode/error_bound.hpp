#pragma once

#include <tessera/solvers/ode/ode_batch.hpp>

namespace tessera::solvers {

/// How far one trajectory's outputs are from the truth of its batch so far: what decides whether
/// an integration is given up (Status::outdone). Nothing is added where the batch has no bound.
template <class T>
struct ErrorBound {
  T squares = 0;

  /// Adds the squared error of the output just written at `point`.
  template <class Batch, class Solution>
  KOKKOS_FUNCTION void add(Batch const &batch, Solution const &solution, int trajectory, int point)
  {
    if (!batch.bounded()) return;
    for (int i = 0; i < batch.state(); ++i) {
      T const error = solution.states(trajectory, point, i) - batch.truth(trajectory, point, i);
      squares += error * error;
    }
  }

  /// True as well where the sum is NaN.
  template <class Batch>
  KOKKOS_FUNCTION bool exceeded(Batch const &batch, int trajectory) const
  {
    return batch.bounded() && !(squares <= batch.bound(trajectory));
  }
};

}  // namespace tessera::solvers
