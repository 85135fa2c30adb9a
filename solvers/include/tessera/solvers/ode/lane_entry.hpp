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

/// Lane l takes up recorded step n of trajectory t: its size, its first state, its time. Without a
/// trajectory (t < 0) it stands still where trajectory `spare` begins.
template <class Field, class T, int NV>
KOKKOS_FUNCTION inline void load_recorded(StageClock<Field> &clock, OdeBatch<T> const &batch,
                                          OdeSolution<T> const &solution, int t, int n, int spare,
                                          int l, Rows<T, NV> h, Rows<T, NV> y)
{
  h.at(0, l) = t >= 0 ? solution.tape_step(t, n) : T(0);
  if (t >= 0) clock.begin(l, solution.tape_time(t, n));
  for (int i = 0; i < batch.state(); ++i) {
    y.at(i, l) = t >= 0 ? solution.tape_state(t, n, i) : batch.initial(spare, i);
  }
}

}  // namespace tessera::solvers
