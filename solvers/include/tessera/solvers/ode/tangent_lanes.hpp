#pragma once

#include <tessera/solvers/ode/lane_entry.hpp>
#include <tessera/solvers/ode/tsit5_lanes.hpp>

namespace tessera::solvers {

/// Sensitivities of a recorded block to its contexts, one tangent per context component: the
/// accepted steps are taken again with their sizes as constants, as in LaneAdjoint, of which this
/// is the transpose. `Field` has, besides load_lane: Tape make_tape(arena), evaluate(x, dx, Tape),
/// push_forward(Tape, count, x_dot, xi_dot, dx_dot).
/// Slope 7 of a step is slope 1 of the next; a lane that is refilled starts all lanes' slopes
/// afresh, with the same bits.
template <class Field>
class LaneTangent {
  using T = typename Field::Number;
  static constexpr int NV = Field::packs, L = NV * Pack<T>::width;
  using R = Rows<T, NV>;

 public:
  /// `sensitivities` is (trajectory, point, state, component); only what a trajectory reaches is
  /// written, so it must come in as zeros.
  KOKKOS_FUNCTION LaneTangent(LaneArena &arena, Field &field, OdeBatch<T> const &batch,
                              OdeSolution<T> const &solution, View4<T> const &sensitivities)
      : field_(field),
        batch_(batch),
        solution_(solution),
        sensitivities_(sensitivities),
        d_(batch.state()),
        count_(batch.contexts.extent_int(1)),
        tape_(field.make_tape(arena)),
        y_(arena, d_),
        state_(arena, d_),
        y_dot_(arena, count_ * d_),
        state_dot_(arena, count_ * d_),
        dense_dot_(arena, dense_powers * count_ * d_),
        xi_dot_(arena, count_ * count_),
        h_(arena, 1),
        clock_(arena)
  {
    for (int s = 0; s < 7; ++s) {
      k_[s] = R(arena, d_);
      k_dot_[s] = R(arena, count_ * d_);
    }
  }

  KOKKOS_FUNCTION void run(Block const &block)
  {
    next_ = spare_ = block.first, last_ = block.last;
    fill(xi_dot_, count_ * count_, T(0));
    for (int r = 0; r < count_; ++r) fill(xi_dot_.from(r * count_ + r), 1, T(1));
    int busy = 0;
    for (int l = 0; l < L; ++l) busy += refill(l);
    while (busy > 0) {
      step();
      for (int l = 0; l < L; ++l) {
        if (trajectory_[l] < 0) continue;
        write(l);
        if (++step_[l] == solution_.accepted(trajectory_[l]))
          busy -= 1 - refill(l);
        else
          load_step(l);
      }
      if (!fresh_) carry();
    }
  }

 private:
  // Takes the next trajectory that was solved; an idle lane stands still where the block begins.
  KOKKOS_FUNCTION int refill(int l)
  {
    trajectory_[l] = next_solved(solution_, next_, last_);
    bool const busy = trajectory_[l] >= 0;
    step_[l] = 0, point_[l] = 1;
    int const t = busy ? trajectory_[l] : spare_;
    clock_.enter(l, batch_, t);
    field_.load_lane(l, &batch_.contexts(batch_.context_row(t), 0));
    for (int i = 0; i < count_ * d_; ++i) y_dot_.at(i, l) = T(0);
    load_step(l);
    fresh_ = fresh_ || busy;
    return busy;
  }

  KOKKOS_FUNCTION void load_step(int l)
  {
    int const t = trajectory_[l], n = step_[l];
    if (t >= 0) clock_.begin(l, solution_.tape_time(t, n));
    load_recorded(batch_, solution_, t, n, spare_, l, h_, y_);
  }

  KOKKOS_FUNCTION void slope(R x, R x_dot, int s)
  {
    clock_.evaluate(field_, s, h_, x, k_[s], tape_);
    field_.push_forward(tape_, count_, x_dot, xi_dot_, k_dot_[s]);
  }

  KOKKOS_FUNCTION void step()
  {
    if (fresh_) slope(y_, y_dot_, 0);
    fresh_ = false;
    for (int s = 1; s < 7; ++s) {
      stage_state(s, d_, y_, h_, k_, state_);
      stage_state(s, count_ * d_, y_dot_, h_, k_dot_, state_dot_);
      slope(state_, state_dot_, s);
    }
    dense_polynomials(count_ * d_, k_dot_, dense_dot_);
  }

  // The wanted points inside the step of lane l, then its new tangents.
  KOKKOS_FUNCTION void write(int l)
  {
    int const t = trajectory_[l], n = step_[l];
    bool const final = n + 1 == solution_.accepted(t);
    double const begin = solution_.tape_time(t, n);
    T const h = solution_.tape_step(t, n);
    double const per_step = 1 / double(h);
    int &k = point_[l];
    for (; k < batch_.points(t); ++k) {
      if (!final && double(batch_.times(t, k)) > solution_.tape_time(t, n + 1)) break;
      T const theta = static_cast<T>((double(batch_.times(t, k)) - begin) * per_step);
      for (int r = 0; r < count_; ++r) {
        for (int i = 0; i < d_; ++i) {
          sensitivities_(t, k, i, r) =
              dense_state(r * d_ + i, count_ * d_, l, h, theta, y_dot_, dense_dot_);
        }
      }
    }
    for (int i = 0; i < count_ * d_; ++i) y_dot_.at(i, l) = state_dot_.at(i, l);
  }

  KOKKOS_FUNCTION void carry()
  {
    Kokkos::kokkos_swap(k_[0], k_[6]);
    Kokkos::kokkos_swap(k_dot_[0], k_dot_[6]);
  }

  Field &field_;
  OdeBatch<T> const &batch_;
  OdeSolution<T> const &solution_;
  View4<T> const &sensitivities_;
  int d_, count_;
  typename Field::Tape tape_;
  R y_, state_, y_dot_, state_dot_, dense_dot_, xi_dot_, h_, k_[7], k_dot_[7];
  int trajectory_[L], step_[L], point_[L];
  int next_ = 0, last_ = 0, spare_ = 0;
  bool fresh_ = true;
  [[no_unique_address]] StageClock<Field> clock_;
};

}  // namespace tessera::solvers
