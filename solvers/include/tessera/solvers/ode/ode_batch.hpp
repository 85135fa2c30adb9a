#pragma once

#include <cstddef>

#include <Kokkos_Core.hpp>

#include <tessera/core/config.hpp>
#include <tessera/core/status.hpp>

namespace tessera::solvers {

using HostSpace = Kokkos::DefaultHostExecutionSpace;
template <class T, class Space = HostSpace>
using View1 = Kokkos::View<T *, Kokkos::LayoutRight, Space>;
template <class T, class Space = HostSpace>
using View2 = Kokkos::View<T **, Kokkos::LayoutRight, Space>;
template <class T, class Space = HostSpace>
using View3 = Kokkos::View<T ***, Kokkos::LayoutRight, Space>;
template <class T, class Space = HostSpace>
using View4 = Kokkos::View<T ****, Kokkos::LayoutRight, Space>;

/// Step control of the batched integrator: integral controller on the RMS error norm (Hairer,
/// Norsett and Wanner, Solving Ordinary Differential Equations I, II.4).
struct StepControl {
  double rtol = 1e-3;
  double atol = 1e-6;
  int max_steps = 4096;  ///< attempted steps of one trajectory
  double safety = 0.9;
  double min_factor = 0.2;  ///< after a rejected step
  double max_factor = 10;   ///< after an accepted one
  static StepControl read(Section &section);
};

/// A run of trajectories of one expert: what one thread takes at a time. Its trajectories
/// [first, last) wait in that order for a free lane.
struct Block {
  int expert = 0;
  int first = 0, last = 0;
};

/// Many initial value problems x' = f(x; expert, context), or f(t, x; …), each on its own times.
template <class T, class Space = HostSpace>
struct OdeBatch {
  View2<T, Space> initial;        ///< (trajectory, state), the state at times(trajectory, 0)
  View2<T, Space> times;          ///< (trajectory, point), increasing
  View1<int, Space> points;       ///< (trajectory): how many of its times are used, at least 2
  View2<T, Space> contexts;       ///< (row, component)
  View1<int, Space> context_row;  ///< (trajectory)
  View1<Block, Space> blocks;     ///< all trajectories, grouped by expert
  /// True states (trajectory, point, state), and how large the sum of squared errors against them
  /// may grow: beyond it an integration ends as Status::outdone. Both may be empty.
  View3<T, Space> truth;
  View1<T, Space> bound;
  /// (trajectory): the time that `times` are counted from, so that they stay near zero, where float
  /// is finest; for fields that take time alone. Empty: zero.
  View1<double, Space> origin;
  KOKKOS_FUNCTION bool bounded() const { return bound.extent(0) > 0; }
  KOKKOS_FUNCTION std::size_t size() const { return initial.extent(0); }
  KOKKOS_FUNCTION int state() const { return initial.extent_int(1); }
};

/// Solutions at the wanted times and, where the tape has room, the accepted steps.
template <class T, class Space = HostSpace>
struct OdeSolution {
  View3<T, Space> states;       ///< (trajectory, point, state); point 0 is the initial state
  View1<Status, Space> status;  ///< (trajectory)
  View1<int, Space> attempted;  ///< (trajectory): steps tried
  View1<int, Space> accepted;   ///< (trajectory): steps taken
  View2<double, Space>
      tape_time;               ///< (trajectory, step): where the step began; empty: not recorded
  View2<T, Space> tape_step;   ///< (trajectory, step): its size
  View3<T, Space> tape_state;  ///< (trajectory, step, state): where it began

  /// Room for `trajectories` of `points` times; with `tape_steps` > 0 the steps are recorded.
  OdeSolution(std::size_t trajectories, std::size_t points, std::size_t state,
              std::size_t tape_steps);
  OdeSolution() = default;
  KOKKOS_FUNCTION bool recorded() const { return tape_step.extent(0) > 0; }
  /// Puts accepted step n of trajectory t on the tape; begin(i) is component i of its first state.
  template <class Begin>
  KOKKOS_FUNCTION void record(int t, int n, double time, T size, Begin const &begin) const
  {
    if (!recorded()) return;
    tape_time(t, n) = time, tape_step(t, n) = size;
    for (int i = 0; i < tape_state.extent_int(2); ++i) tape_state(t, n, i) = begin(i);
  }
  /// Notes how the integration of trajectory t ended.
  KOKKOS_FUNCTION void close(int t, Status how, int tried, int taken) const
  {
    status(t) = how, attempted(t) = tried, accepted(t) = taken;
  }
};

}  // namespace tessera::solvers
