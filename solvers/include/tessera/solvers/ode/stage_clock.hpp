#pragma once

#include <tessera/solvers/ode/lane_arena.hpp>
#include <tessera/solvers/ode/ode_batch.hpp>
#include <tessera/solvers/ode/tsit5.hpp>

namespace tessera::solvers {

/// A vector field x' = f(t, x) has set_time(Rows t), one number per lane: the time of all that is
/// evaluated from then on.
template <class Field>
concept TakesTime = requires(Field &field, Rows<typename Field::Number, Field::packs> t)
{
  field.set_time(t);
};

/// Evaluates a field at the stages of all lanes' steps. A field that takes time is told it first;
/// for any other the clock is nothing.
template <class Field>
class StageClock {
  using T = typename Field::Number;

 public:
  KOKKOS_FUNCTION explicit StageClock(LaneArena &) {}
  KOKKOS_FUNCTION void enter(int, OdeBatch<T> const &, int) {}
  KOKKOS_FUNCTION void begin(int, double) {}

  template <class R, class... Arguments>
  KOKKOS_FORCEINLINE_FUNCTION void evaluate(Field &field, int, R, Arguments const &...arguments)
  {
    field.evaluate(arguments...);
  }
};

/// The sum that a time is runs in double precision and is rounded once: a step that is taken again
/// has the times it had, bit for bit, and its last stage that of the next one's first.
template <TakesTime Field>
class StageClock<Field> {
  using T = typename Field::Number;
  using R = Rows<T, Field::packs>;

 public:
  KOKKOS_FUNCTION explicit StageClock(LaneArena &arena) : now_(arena, 1) {}

  /// Lane l stands where trajectory t begins.
  KOKKOS_FUNCTION void enter(int l, OdeBatch<T> const &batch, int t)
  {
    origin_[l] = batch.origin.extent(0) > 0 ? batch.origin(t) : 0;
    begin(l, batch.times(t, 0));
  }

  /// The step of lane l begins at a time of its trajectory.
  KOKKOS_FUNCTION void begin(int l, double time) { begin_[l] = time; }

  /// field.evaluate(arguments) at stage s of steps h; stage 0 asks for no h.
  template <class... Arguments>
  KOKKOS_FUNCTION void evaluate(Field &field, int s, R h, Arguments const &...arguments)
  {
    double const node = Tsit5<T>::node[s];
    for (int l = 0; l < R::lanes; ++l) {
      double const past = s == 0 ? 0 : node * double(h.at(0, l));
      now_.at(0, l) = static_cast<T>(origin_[l] + (begin_[l] + past));
    }
    field.set_time(now_);
    field.evaluate(arguments...);
  }

 private:
  R now_;
  double origin_[R::lanes], begin_[R::lanes];
};

}  // namespace tessera::solvers
