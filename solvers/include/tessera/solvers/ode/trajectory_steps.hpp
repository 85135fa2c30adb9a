#pragma once

#include <tessera/solvers/ode/error_bound.hpp>
#include <tessera/solvers/ode/tsit5_lanes.hpp>

namespace tessera::solvers {

/// One trajectory on its way through its steps: how large the next one is, whether it counts, what
/// it leaves behind and when all is over. The same for a lane of packs and for a lane of a tile.
template <class T>
struct TrajectorySteps {
  int trajectory = -1;  ///< −1: a lane that stands still
  int point = 1, attempted = 0, accepted = 0;
  bool final = false;  ///< in its last step
  double time = 0, end = 0;
  T wanted = 0;
  ErrorBound<T> error;

  /// Stands where trajectory t begins, and goes on from there if it is `busy`.
  template <class Batch>
  KOKKOS_FUNCTION void begin(Batch const &batch, int t, bool busy)
  {
    trajectory = busy ? t : -1;
    time = batch.times(t, 0);
    end = batch.times(t, batch.points(t) - 1);
    wanted = busy ? batch.times(t, 1) - batch.times(t, 0) : T(0);
    point = 1, attempted = accepted = 0;
    error = {};
  }

  /// Size of the next step; the last one ends at the last time.
  KOKKOS_FUNCTION T next_step()
  {
    double const left = end - time;
    final = double(wanted) >= left;
    return final && trajectory >= 0 ? static_cast<T>(left) : wanted;
  }

  /// Accepts or rejects the step of size h that lane l has tried from y, by what `error_factor`
  /// says of it; false when the trajectory is over, as `solution` then tells. dense() gives the
  /// step's polynomials; move(now) takes the new state, once nothing asks for the old one.
  template <class R, class Batch, class Solution, class Dense, class Move>
  KOKKOS_FUNCTION bool advance(Batch const &batch, Solution const &solution,
                               StepControl const &control, R factor, T h, int l, R y,
                               Dense const &dense, Move const &move)
  {
    ++attempted;
    StepDecision<T> const step = decide(factor.at(0, l), factor.at(1, l), control);
    if (step.accept) {
      take(batch, solution, h, l, y, dense());
      move(time);
      if (final) return close(solution, Status::ok);
      if (error.exceeded(batch, trajectory)) return close(solution, Status::outdone);
    }
    wanted = h * step.factor;
    if (attempted >= control.max_steps) return close(solution, Status::step_limit);
    if (time + double(wanted) == time) {
      return close(solution, step.finite ? Status::step_too_small : Status::not_finite);
    }
    if (!step.finite && double(wanted) < 1e-10 * end) return close(solution, Status::not_finite);
    return true;
  }

 private:
  // Records the step and writes the outputs inside it.
  template <class R, class Batch, class Solution>
  KOKKOS_FUNCTION void take(Batch const &batch, Solution const &solution, T h, int l, R y, R dense)
  {
    solution.record(trajectory, accepted++, time, h, [&](int i) { return y.at(i, l); });
    double const now = final ? end : time + double(h);
    point = write_outputs(batch, solution, trajectory, point, l, time, now, h, y, dense, error);
    time = now;
  }

  template <class Solution>
  KOKKOS_FUNCTION bool close(Solution const &solution, Status status) const
  {
    solution.close(trajectory, status, attempted, accepted);
    return false;
  }
};

}  // namespace tessera::solvers
