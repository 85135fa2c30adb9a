#pragma once

#include <tessera/solvers/ode/lane_arena.hpp>
#include <tessera/solvers/ode/ode_batch.hpp>
#include <tessera/solvers/ode/tsit5.hpp>

namespace tessera::solvers {

/// Discrete adjoint of a recorded block: the accepted steps are constants, every stage is
/// recomputed by the code that made it, and cotangents of the outputs flow back through the
/// interpolant, the stages and the vector field. `Field` has, besides load_lane:
///   Tape make_tape(arena), evaluate(Rows x, Rows dx, Tape), pull_back(Tape, Rows dx_bar, Rows
///   x_bar) and finish_lane(lane, context_bar).
///
/// Slope 7 of a step is slope 1 of the next: its cotangent is carried, its tape swapped. A
/// trajectory takes one round per accepted step and a last one of size zero, in which slope 1
/// of the first step is pulled back as "slope 7" of nothing.
template <class Field>
class LaneAdjoint {
  using T = typename Field::Number;
  static constexpr int NV = Field::packs, L = NV * Pack<T>::width;
  using R = Rows<T, NV>;
  using Method = Tsit5<T>;

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
        h_(arena, 1)
  {
    for (int s = 0; s < 7; ++s) {
      k_[s] = R(arena, d_);
      k_bar_[s] = R(arena, d_);
      tape_[s] = field.make_tape(arena);
    }
  }

  KOKKOS_FUNCTION void run(Block const &block)
  {
    next_ = block.first;
    last_ = block.last;
    spare_ = block.first;
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
        if (--step_[l] >= -1) {
          load_step(l);
        } else {
          field_.finish_lane(l, &context_bar_(trajectory_[l], 0));
          busy -= 1 - refill(l);
        }
      }
    }
  }

 private:
  // Takes the next trajectory that was solved; a failed one has no gradient.
  KOKKOS_FUNCTION int refill(int l)
  {
    while (next_ < last_ && solution_.status(next_) != Status::ok) ++next_;
    bool const busy = next_ < last_;
    int const t = busy ? next_++ : spare_;
    trajectory_[l] = busy ? t : -1;
    step_[l] = busy ? solution_.accepted(t) - 1 : -1;
    point_[l] = busy ? batch_.points(t) - 1 : 0;
    field_.load_lane(l, &batch_.contexts(batch_.context_row(t), 0));
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
    bool const real = t >= 0 && n >= 0;
    h_.at(0, l) = real ? solution_.tape_step(t, n) : T(0);
    for (int i = 0; i < d_; ++i) {
      y_.at(i, l) = real ? solution_.tape_state(t, n, i) : batch_.initial(t >= 0 ? t : spare_, i);
    }
  }

  // Stages 1 to 6, and stage 7 only where it is not stage 1 of the step done before.
  KOKKOS_FUNCTION void recompute()
  {
    auto first = tape_[0];
    tape_[0] = tape_[6];
    tape_[6] = first;
    bool const fresh = fresh_;
    fresh_ = false;
    field_.evaluate(y_, k_[0], tape_[0]);
    for (int s = 1; s < 7; ++s) {
      for (int i = 0; i < d_; ++i) {
        for (int v = 0; v < NV; ++v) {
          Pack<T> sum = Pack<T>(Method::a[s][0]) * k_[0](i, v);
          for (int j = 1; j < s; ++j) sum = fma(Pack<T>(Method::a[s][j]), k_[j](i, v), sum);
          state_(i, v) = fma(h_(0, v), sum, y_(i, v));
        }
      }
      if (s < 6 || fresh) field_.evaluate(state_, k_[s], tape_[s]);
    }
  }

  // Cotangents of the slopes and of the state at the step's begin, from the outputs inside it.
  KOKKOS_FUNCTION void seed()
  {
    R carried = k_bar_[0];
    k_bar_[0] = k_bar_[6];
    k_bar_[6] = carried;
    for (int s = 0; s < 6; ++s) fill(k_bar_[s], d_, T(0));
    fill(y_bar_, d_, T(0));
    for (int l = 0; l < L; ++l) {
      int const t = trajectory_[l], n = step_[l];
      if (t < 0 || n < 0) continue;
      double const begin = solution_.tape_time(t, n);
      T const h = solution_.tape_step(t, n);
      for (; point_[l] > 0 && double(batch_.times(t, point_[l])) > begin; --point_[l]) {
        T const theta = static_cast<T>((double(batch_.times(t, point_[l])) - begin) / double(h));
        for (int i = 0; i < d_; ++i) {
          T const bar = cotangent_(t, point_[l], i);
          y_bar_.at(i, l) += bar;
          for (int s = 0; s < 7; ++s)
            k_bar_[s].at(i, l) += h * Method::dense_weight(s, theta) * bar;
        }
      }
    }
  }

  // Through the stages from the last to the second; stage 1 is carried to the step before.
  KOKKOS_FUNCTION void sweep()
  {
    for (int s = 6; s >= 1; --s) {
      field_.pull_back(tape_[s], k_bar_[s], stage_bar_);
      for (int i = 0; i < d_; ++i) {
        for (int v = 0; v < NV; ++v) {
          Pack<T> bar = stage_bar_(i, v);
          if (s == 6) bar = bar + next_bar_(i, v);
          y_bar_(i, v) = y_bar_(i, v) + bar;
          bar = bar * h_(0, v);
          for (int j = 0; j < s; ++j) {
            k_bar_[j](i, v) = fma(Pack<T>(Method::a[s][j]), bar, k_bar_[j](i, v));
          }
        }
      }
    }
    R const swap = next_bar_;
    next_bar_ = y_bar_;
    y_bar_ = swap;
  }

  Field &field_;
  OdeBatch<T> const &batch_;
  OdeSolution<T> const &solution_;
  View3<T> const &cotangent_;
  View2<T> const &context_bar_;
  int d_;
  R y_, state_, y_bar_, next_bar_, stage_bar_, h_, k_[7], k_bar_[7];
  typename Field::Tape tape_[7];
  int trajectory_[L], step_[L], point_[L];
  int next_ = 0, last_ = 0, spare_ = 0;
  bool fresh_ = true;
};

}  // namespace tessera::solvers
