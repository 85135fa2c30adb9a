#pragma once

#include <tessera/solvers/ode/lane_entry.hpp>
#include <tessera/solvers/ode/tsit5_lanes.hpp>

namespace tessera::solvers {

/// Discrete adjoint of a recorded block: accepted steps are constants, stages are recomputed.
/// `Field` has, besides load_lane: Tape make_tape(arena), evaluate(x, dx, Tape), pull_back(Tape,
/// dx_bar, x_bar), finish_lane(lane, context_bar). Slope 7 of a step is slope 1 of the next: its
/// cotangent is carried, its tape swapped; a first step's is pulled back with the step itself.
template <class Field>
class LaneAdjoint {
  using T = typename Field::Number;
  static constexpr int NV = Field::packs, L = NV * Pack<T>::width;
  using R = Rows<T, NV>;

 public:
  KOKKOS_FUNCTION LaneAdjoint(LaneArena &arena, Field &field, OdeBatch<T> const &batch,
                              OdeSolution<T> const &solution, View3<T> const &cotangent,
                              View2<T> const &context_bar)
      : field_(field),
        batch_(batch),
        solution_(solution),
        cotangent_(cotangent),
        context_bar_(context_bar),
        d_(batch.state()),
        y_(arena, d_),
        state_(arena, d_),
        y_bar_(arena, d_),
        next_bar_(arena, d_),
        stage_bar_(arena, d_),
        dense_bar_(arena, dense_powers * d_),
        h_(arena, 1),
        clock_(arena)
  {
    for (int s = 0; s < 7; ++s) {
      k_[s] = R(arena, d_);
      k_bar_[s] = R(arena, d_);
      tape_[s] = field.make_tape(arena);
    }
  }

  KOKKOS_FUNCTION void run(Block const &block)
  {
    next_ = spare_ = block.first, last_ = block.last;
    fill(k_bar_[0], d_, T(0));
    fill(next_bar_, d_, T(0));
    int busy = 0;
    for (int l = 0; l < L; ++l) busy += refill(l);
    while (busy > 0) {
      recompute();
      seed();
      sweep();
      for (int l = 0; l < L; ++l) {
        if (trajectory_[l] < 0) continue;
        if (--step_[l] >= 0) {
          load_step(l);
        } else {
          field_.finish_lane(l, &context_bar_(trajectory_[l], 0));
          busy -= 1 - refill(l);
        }
      }
    }
  }

 private:
  // Takes the next trajectory that was solved.
  KOKKOS_FUNCTION int refill(int l)
  {
    trajectory_[l] = next_solved(solution_, next_, last_);
    bool const busy = trajectory_[l] >= 0;
    int const t = busy ? trajectory_[l] : spare_;
    step_[l] = busy ? solution_.accepted(t) - 1 : 0;
    point_[l] = busy ? batch_.points(t) - 1 : 0;
    enter_lane(field_, clock_, l, busy, batch_, t);
    for (int i = 0; i < d_; ++i) {
      next_bar_.at(i, l) = T(0);
      k_bar_[0].at(i, l) = T(0);
    }
    load_step(l);
    fresh_ = true;
    return busy;
  }

  KOKKOS_FUNCTION void load_step(int l)
  {
    int const t = trajectory_[l], n = step_[l];
    if (t >= 0) clock_.begin(l, solution_.tape_time(t, n));
    load_recorded(batch_, solution_, t, n, spare_, l, h_, y_);
  }

  // Stages 1 to 6, and stage 7 only where it is not stage 1 of the step done before.
  KOKKOS_FUNCTION void recompute()
  {
    Kokkos::kokkos_swap(tape_[0], tape_[6]);
    clock_.evaluate(field_, 0, h_, y_, k_[0], tape_[0]);
    for (int s = 1; s < 7; ++s) {
      stage_state(s, d_, y_, h_, k_, state_);
      if (s < 6 || fresh_) clock_.evaluate(field_, s, h_, state_, k_[s], tape_[s]);
    }
    fresh_ = false;
  }

  // Cotangents of the slopes and of the state at the step's begin, from the outputs inside it.
  KOKKOS_FUNCTION void seed()
  {
    Kokkos::kokkos_swap(k_bar_[0], k_bar_[6]);
    for (int s = 0; s < 6; ++s) fill(k_bar_[s], d_, T(0));
    fill(y_bar_, d_, T(0));
    fill(dense_bar_, dense_powers * d_, T(0));
    for (int l = 0; l < L; ++l) {
      int const t = trajectory_[l], n = step_[l];
      if (t < 0) continue;
      point_[l] = outputs_bar(batch_, cotangent_, t, point_[l], l, solution_.tape_time(t, n),
                              solution_.tape_step(t, n), y_bar_, dense_bar_);
    }
    dense_polynomials_bar(d_, dense_bar_, k_bar_);
  }

  // Through the stages from the last to the second; stage 1 is carried to the step before it.
  KOKKOS_FUNCTION void sweep()
  {
    for (int s = 6; s >= 1; --s) {
      field_.pull_back(tape_[s], k_bar_[s], stage_bar_);
      if (s == 6) add(next_bar_, stage_bar_, d_);
      stage_state_bar(s, d_, h_, stage_bar_, y_bar_, k_bar_);
    }
    Kokkos::kokkos_swap(next_bar_, y_bar_);
    auto const begins = [this](int l) { return trajectory_[l] >= 0 && step_[l] == 0; };
    if (keep_lanes(k_bar_[0], d_, begins, y_bar_)) {
      field_.pull_back(tape_[0], y_bar_, stage_bar_);
    }
  }

  Field &field_;
  OdeBatch<T> const &batch_;
  OdeSolution<T> const &solution_;
  View3<T> const &cotangent_;
  View2<T> const &context_bar_;
  int d_;
  R y_, state_, y_bar_, next_bar_, stage_bar_, dense_bar_, h_, k_[7], k_bar_[7];
  typename Field::Tape tape_[7];
  int trajectory_[L], step_[L], point_[L];
  int next_ = 0, last_ = 0, spare_ = 0;
  bool fresh_ = true;
  [[no_unique_address]] StageClock<Field> clock_;
};

}  // namespace tessera::solvers
