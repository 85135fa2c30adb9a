#pragma once

#include <tessera/solvers/ode/lane_arena.hpp>

/// Vector fields that see the time (solvers/ode/stage_clock.hpp), made of those that do not.
namespace tessera::fields {

/// A `Field` whose network is made for one number more than the state has: its last input is the
/// time, and of its last output nothing is used. The layout that it is given counts that number.
template <class Field>
class TimedField : public Field {
 public:
  using R = typename Field::R;
  using Tape = typename Field::Tape;

  /// `most`: how many tangents, for a field that has them.
  template <class Layout, class T, class... Most>
  KOKKOS_FUNCTION TimedField(solvers::LaneArena &arena, Layout const &layout, T const *row,
                             bool with_pull_back, Most... most)
      : Field(arena, layout, row, with_pull_back, most...),
        state_(layout.shape.state - 1),
        in_(arena, state_ + 1),
        out_(arena, state_ + 1),
        in_dot_(arena, (0 + ... + most) * (state_ + 1)),
        out_dot_(arena, (0 + ... + most) * (state_ + 1))
  {
  }

  KOKKOS_FUNCTION void set_time(R time) { copy(time, in_.from(state_), 1); }

  KOKKOS_FUNCTION void evaluate(R x, R dx)
  {
    copy(x, in_, state_);
    Field::evaluate(in_, out_);
    copy(out_, dx, state_);
  }

  KOKKOS_FUNCTION void evaluate(R x, R dx, Tape const &tape)
  {
    copy(x, in_, state_);
    Field::evaluate(in_, out_, tape);
    copy(out_, dx, state_);
  }

  /// The time is no variable: its cotangent is left out.
  KOKKOS_FUNCTION void pull_back(Tape const &tape, R dx_bar, R x_bar)
  {
    copy(dx_bar, out_, state_);
    fill(out_.from(state_), 1, typename Field::Number(0));
    Field::pull_back(tape, out_, in_);
    copy(in_, x_bar, state_);
  }

  /// Rows (tangent, state) and (tangent, rank), as Field's.
  KOKKOS_FUNCTION void push_forward(Tape const &tape, int count, R x_dot, R xi_dot, R dx_dot)
  {
    int const inner = state_ + 1;
    for (int t = 0; t < count; ++t) {
      copy(x_dot.from(t * state_), in_dot_.from(t * inner), state_);
      fill(in_dot_.from(t * inner + state_), 1, typename Field::Number(0));
    }
    Field::push_forward(tape, count, in_dot_, xi_dot, out_dot_);
    for (int t = 0; t < count; ++t) {
      copy(out_dot_.from(t * inner), dx_dot.from(t * state_), state_);
    }
  }

 private:
  int state_;
  R in_, out_, in_dot_, out_dot_;
};

/// The fields of a kind, seeing the time.
template <class Fields>
struct TimedFields {
  using Layout = typename Fields::Layout;
  using Wide = TimedField<typename Fields::Wide>;
  using Tangents = TimedField<typename Fields::Tangents>;
  using Narrow = TimedField<typename Fields::Narrow>;
  using NarrowTangents = TimedField<typename Fields::NarrowTangents>;
};

}  // namespace tessera::fields
