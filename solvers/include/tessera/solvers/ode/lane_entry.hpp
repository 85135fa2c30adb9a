#pragma once

#include <tessera/core/number_math.hpp>
#include <tessera/solvers/ode/stage_clock.hpp>

/// What lanes take up: trajectories of a block's queue, or steps that were recorded.
namespace tessera::solvers {

/// Lane l takes up trajectory t with its context, or stays idle for now: a field that can leave
/// lanes out (idle_lane) is told so, any other gets the context all the same.
template <class Field, class T>
KOKKOS_FUNCTION inline void enter_lane(Field &field, StageClock<Field> &clock, int l, bool busy,
                                       OdeBatch<T> const &batch, int t)
{
  clock.enter(l, batch, t);
  if constexpr (requires { field.idle_lane(l); }) {
    if (!busy) return field.idle_lane(l);
  }
  field.load_lane(l, &batch.contexts(batch.context_row(t), 0));
}

/// Slopes at the starts of a block, in full packs, kept where the first output will go: so that a
/// lane that is refilled later costs no evaluation of its own.
template <class Field, class T, int NV>
KOKKOS_FUNCTION inline void first_slopes(Field &field, StageClock<Field> &clock,
                                         OdeBatch<T> const &batch, Block const &block,
                                         Rows<T, NV> y, Rows<T, NV> slope,
                                         OdeSolution<T> const &solution)
{
  constexpr int lanes = Rows<T, NV>::lanes;
  int const d = batch.state();
  for (int begin = block.first; begin < block.last; begin += lanes) {
    for (int l = 0; l < lanes; ++l) {
      int const t = Kokkos::min(begin + l, block.last - 1);
      enter_lane(field, clock, l, begin + l < block.last, batch, t);
      for (int i = 0; i < d; ++i) y.at(i, l) = batch.initial(t, i);
    }
    clock.evaluate(field, 0, Rows<T, NV>(), y, slope);
    for (int l = 0; l < lanes && begin + l < block.last; ++l) {
      for (int i = 0; i < d; ++i) solution.states(begin + l, 0, i) = slope.at(i, l);
    }
  }
}

/// The next trajectory before `last` that was solved, taken off the queue; −1 without one. A failed
/// one has no gradient.
template <class Solution>
KOKKOS_FUNCTION inline int next_solved(Solution const &solution, int &next, int last)
{
  while (next < last && solution.status(next) != Status::ok) ++next;
  return next < last ? next++ : -1;
}

/// Lane l takes up recorded step n of trajectory t: its size and its first state. Without a
/// trajectory (t < 0) it stands still where `spare` begins, and before the first step (n < 0) where
/// its own does.
template <class R, class Batch, class Solution>
KOKKOS_FUNCTION inline void load_recorded(Batch const &batch, Solution const &solution, int t,
                                          int n, int spare, int l, R h, R y)
{
  using T = typename R::Number;
  bool const real = t >= 0 && n >= 0;
  h.at(0, l) = real ? solution.tape_step(t, n) : T(0);
  for (int i = 0; i < batch.state(); ++i) {
    y.at(i, l) = real ? solution.tape_state(t, n, i) : batch.initial(t >= 0 ? t : spare, i);
  }
}

}  // namespace tessera::solvers
