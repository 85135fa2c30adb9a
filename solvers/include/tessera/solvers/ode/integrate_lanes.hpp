#pragma once

#include <tessera/core/pack_math.hpp>
#include <tessera/solvers/ode/lane_arena.hpp>
#include <tessera/solvers/ode/ode_batch.hpp>
#include <tessera/solvers/ode/tsit5.hpp>

namespace tessera::solvers {

/// Integrates one block: every lane holds a trajectory with its own step size; a lane that is
/// done takes the next trajectory of the block's queue. `Field` is a vector field on packs:
///   load_lane(lane, context), evaluate(Rows x, Rows dx), with Number and packs as members.
template <class Field>
class LaneIntegrator {
  using T = typename Field::Number;
  static constexpr int NV = Field::packs, W = Pack<T>::width, L = NV * W;
  using R = Rows<T, NV>;
  using Method = Tsit5<T>;

 public:
  KOKKOS_FUNCTION LaneIntegrator(LaneArena &arena, Field &field, OdeBatch<T> const &batch,
                                 OdeSolution<T> const &solution, StepControl const &control)
      : field_(field),
        batch_(batch),
        solution_(solution),
        control_(control),
        d_(batch.state()),
        y_(arena, d_),
        stage_(arena, d_),
        new_(arena, d_),
        factor_(arena, 2),
        h_(arena, 1)
  {
    for (R &slope : k_) slope = R(arena, d_);
  }

  KOKKOS_FUNCTION void run(Block const &block)
  {
    first_slopes(block);
    next_ = block.first;
    last_ = block.last;
    int busy = 0;
    for (int l = 0; l < L; ++l) busy += refill(l, block.first);
    while (busy > 0) {
      step();
      for (int l = 0; l < L; ++l) {
        if (trajectory_[l] >= 0 && !advance(l)) busy -= 1 - refill(l, block.first);
      }
    }
  }

 private:
  // Slopes at the starts, in full packs, kept where the first output will go: so that a lane
  // that is refilled later costs no evaluation of its own.
  KOKKOS_FUNCTION void first_slopes(Block const &block)
  {
    for (int begin = block.first; begin < block.last; begin += L) {
      for (int l = 0; l < L; ++l) {
        int const t = Kokkos::min(begin + l, block.last - 1);
        field_.load_lane(l, &batch_.contexts(batch_.context_row(t), 0));
        for (int i = 0; i < d_; ++i) y_.at(i, l) = batch_.initial(t, i);
      }
      field_.evaluate(y_, k_[0]);
      for (int l = 0; l < L && begin + l < block.last; ++l) {
        for (int i = 0; i < d_; ++i) solution_.states(begin + l, 0, i) = k_[0].at(i, l);
      }
    }
  }

  // Takes the next trajectory into lane l; without one the lane idles at step size zero on the
  // block's first start, a state that is certainly there. Returns whether the lane is busy.
  KOKKOS_FUNCTION int refill(int l, int spare)
  {
    bool const busy = next_ < last_;
    int const t = busy ? next_++ : spare;
    trajectory_[l] = busy ? t : -1;
    field_.load_lane(l, &batch_.contexts(batch_.context_row(t), 0));
    for (int i = 0; i < d_; ++i) {
      y_.at(i, l) = batch_.initial(t, i);
      k_[0].at(i, l) = busy ? solution_.states(t, 0, i) : T(0);
      if (busy) solution_.states(t, 0, i) = batch_.initial(t, i);
    }
    time_[l] = batch_.times(t, 0);
    end_[l] = batch_.times(t, batch_.points(t) - 1);
    wanted_[l] = busy ? batch_.times(t, 1) - batch_.times(t, 0) : T(0);
    shorten(l);
    point_[l] = 1;
    attempted_[l] = accepted_[l] = 0;
    return busy;
  }

  // The last step ends at the last time.
  KOKKOS_FUNCTION void shorten(int l)
  {
    double const left = end_[l] - time_[l];
    final_[l] = double(wanted_[l]) >= left;
    h_.at(0, l) = final_[l] && trajectory_[l] >= 0 ? static_cast<T>(left) : wanted_[l];
  }

  // One attempted step in every lane: stages, new state, error norm, factor for the step size.
  KOKKOS_FUNCTION void step()
  {
    for (int s = 1; s < Method::stages; ++s) {
      R const target = s + 1 < Method::stages ? stage_ : new_;
      for (int i = 0; i < d_; ++i) {
        for (int v = 0; v < NV; ++v) {
          Pack<T> sum = Pack<T>(Method::a[s][0]) * k_[0](i, v);
          for (int j = 1; j < s; ++j) sum = fma(Pack<T>(Method::a[s][j]), k_[j](i, v), sum);
          target(i, v) = fma(h_(0, v), sum, y_(i, v));
        }
      }
      field_.evaluate(target, k_[s]);
    }
    for (int v = 0; v < NV; ++v) control_factor(v);
  }

  // Row 0: squared error norm; row 1: safety · norm^(-1/5), not yet clipped.
  KOKKOS_FUNCTION void control_factor(int v)
  {
    Pack<T> squares(T(0));
    for (int i = 0; i < d_; ++i) {
      Pack<T> sum = Pack<T>(Method::error[0]) * k_[0](i, v);
      for (int j = 1; j < 7; ++j) sum = fma(Pack<T>(Method::error[j]), k_[j](i, v), sum);
      Pack<T> const scale = fma(Pack<T>(T(control_.rtol)), max(abs(y_(i, v)), abs(new_(i, v))),
                                Pack<T>(T(control_.atol)));
      Pack<T> const ratio = h_(0, v) * sum / scale;
      squares = fma(ratio, ratio, squares);
    }
    squares = squares * Pack<T>(T(1) / T(d_));
    factor_(0, v) = squares;
    Pack<T> const floor = max(Pack<T>(T(1e-20)), squares);
    factor_(1, v) = Pack<T>(T(control_.safety)) * exp(Pack<T>(T(-0.1)) * log(floor));
  }

  // Accepts or rejects the step of lane l; returns false when its trajectory is over.
  KOKKOS_FUNCTION bool advance(int l)
  {
    ++attempted_[l];
    T const squares = factor_.at(0, l);
    bool const finite = squares < T(1e30);  // false for NaN as well
    bool const accept = squares < T(1);
    T factor = finite ? factor_.at(1, l) : T(control_.min_factor);
    factor = Kokkos::max(factor, accept ? T(1) : T(control_.min_factor));
    factor = Kokkos::min(factor, accept ? T(control_.max_factor) : T(control_.safety));
    T const h = h_.at(0, l);
    if (accept && !take(l, h)) return finish(l, Status::ok);
    wanted_[l] = h * factor;
    if (attempted_[l] >= control_.max_steps) return finish(l, Status::step_limit);
    if (time_[l] + double(wanted_[l]) == time_[l]) {
      return finish(l, finite ? Status::step_too_small : Status::not_finite);
    }
    if (!finite && double(wanted_[l]) < 1e-10 * end_[l]) return finish(l, Status::not_finite);
    shorten(l);
    return true;
  }

  // Records the step, writes the outputs inside it and moves on; false at the last time.
  KOKKOS_FUNCTION bool take(int l, T h)
  {
    int const t = trajectory_[l];
    if (solution_.recorded()) {
      solution_.tape_time(t, accepted_[l]) = time_[l];
      solution_.tape_step(t, accepted_[l]) = h;
      for (int i = 0; i < d_; ++i) solution_.tape_state(t, accepted_[l], i) = y_.at(i, l);
    }
    ++accepted_[l];
    double const now = final_[l] ? end_[l] : time_[l] + double(h);
    int const points = batch_.points(t);
    for (; point_[l] < points && double(batch_.times(t, point_[l])) <= now; ++point_[l]) {
      T const theta = static_cast<T>((double(batch_.times(t, point_[l])) - time_[l]) / double(h));
      for (int i = 0; i < d_; ++i) {
        T sum = 0;
        for (int s = 0; s < 7; ++s) sum += Method::dense_weight(s, theta) * k_[s].at(i, l);
        solution_.states(t, point_[l], i) = y_.at(i, l) + h * sum;
      }
    }
    for (int i = 0; i < d_; ++i) {
      y_.at(i, l) = new_.at(i, l);
      k_[0].at(i, l) = k_[6].at(i, l);
    }
    time_[l] = now;
    return !final_[l];
  }

  KOKKOS_FUNCTION bool finish(int l, Status status)
  {
    int const t = trajectory_[l];
    solution_.status(t) = status;
    solution_.attempted(t) = attempted_[l];
    solution_.accepted(t) = accepted_[l];
    return false;
  }

  Field &field_;
  OdeBatch<T> const &batch_;
  OdeSolution<T> const &solution_;
  StepControl const &control_;
  int d_;
  R y_, stage_, new_, factor_, h_, k_[7];
  int trajectory_[L], point_[L], attempted_[L], accepted_[L];
  double time_[L], end_[L];
  T wanted_[L];
  bool final_[L];
  int next_ = 0, last_ = 0;
};

}  // namespace tessera::solvers
