#pragma once

#include <tessera/solvers/ode/lane_entry.hpp>
#include <tessera/solvers/ode/tsit5_lanes.hpp>

namespace tessera::solvers {

/// Integrates one block: every lane holds a trajectory with its own step size; a lane that is
/// done takes the next trajectory of the block's queue. `Field` is a vector field on packs:
///   load_lane(lane, context), evaluate(Rows x, Rows dx), with Number and packs as members,
/// and set_time(Rows t) where it is one of time as well (TakesTime).
template <class Field>
class LaneIntegrator {
  using T = typename Field::Number;
  static constexpr int NV = Field::packs, W = Pack<T>::width, L = NV * W;
  using R = Rows<T, NV>;

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
        dense_(arena, dense_powers * d_),
        h_(arena, 1),
        clock_(arena)
  {
    for (R &slope : k_) slope = R(arena, d_);
  }

  KOKKOS_FUNCTION void run(Block const &block)
  {
    first_slopes(field_, clock_, batch_, block, y_, k_[0], solution_);
    next_ = block.first, last_ = block.last;
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
  // Takes the next trajectory into lane l; without one the lane idles at step size zero on the
  // block's first start, a state that is certainly there. Returns whether the lane is busy.
  KOKKOS_FUNCTION int refill(int l, int spare)
  {
    bool const busy = next_ < last_;
    int const t = busy ? next_++ : spare;
    trajectory_[l] = busy ? t : -1;
    enter_lane(field_, clock_, l, busy, batch_, t);
    for (int i = 0; i < d_; ++i) {
      y_.at(i, l) = batch_.initial(t, i);
      k_[0].at(i, l) = busy ? solution_.states(t, 0, i) : T(0);
      if (busy) solution_.states(t, 0, i) = batch_.initial(t, i);
    }
    time_[l] = batch_.times(t, 0);
    end_[l] = batch_.times(t, batch_.points(t) - 1);
    wanted_[l] = busy ? batch_.times(t, 1) - batch_.times(t, 0) : T(0);
    shorten(l);
    point_[l] = 1, attempted_[l] = accepted_[l] = 0;
    error_[l] = {};
    return busy;
  }

  // The last step ends at the last time.
  KOKKOS_FUNCTION void shorten(int l)
  {
    double const left = end_[l] - time_[l];
    final_[l] = double(wanted_[l]) >= left;
    h_.at(0, l) = final_[l] && trajectory_[l] >= 0 ? static_cast<T>(left) : wanted_[l];
  }

  // One attempted step in every lane.
  KOKKOS_FUNCTION void step()
  {
    for (int s = 1; s < 7; ++s) {
      R const target = s < 6 ? stage_ : new_;
      stage_state(s, d_, y_, h_, k_, target);
      clock_.evaluate(field_, s, h_, target, k_[s]);
    }
    error_factor(d_, control_, h_, y_, new_, k_, factor_);
    dense_polynomials(d_, k_, dense_);
  }

  // Accepts or rejects the step of lane l; returns false when its trajectory is over.
  KOKKOS_FUNCTION bool advance(int l)
  {
    ++attempted_[l];
    auto const [accept, finite, factor] = decide(factor_.at(0, l), factor_.at(1, l), control_);
    T const h = h_.at(0, l);
    if (accept && !take(l, h)) return finish(l, Status::ok);
    if (accept && error_[l].exceeded(batch_, trajectory_[l])) return finish(l, Status::outdone);
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
    solution_.record(t, accepted_[l]++, time_[l], h, [&](int i) { return y_.at(i, l); });
    double const now = final_[l] ? end_[l] : time_[l] + double(h);
    point_[l] =
        write_outputs(batch_, solution_, t, point_[l], l, time_[l], now, h, y_, dense_, error_[l]);
    for (int i = 0; i < d_; ++i) {
      y_.at(i, l) = new_.at(i, l);
      k_[0].at(i, l) = k_[6].at(i, l);
    }
    time_[l] = now;
    clock_.begin(l, now);
    return !final_[l];
  }

  KOKKOS_FUNCTION bool finish(int l, Status status)
  {
    solution_.close(trajectory_[l], status, attempted_[l], accepted_[l]);
    return false;
  }

  Field &field_;
  OdeBatch<T> const &batch_;
  OdeSolution<T> const &solution_;
  StepControl const &control_;
  int d_;
  R y_, stage_, new_, factor_, dense_, h_, k_[7];
  int trajectory_[L], point_[L], attempted_[L], accepted_[L], next_ = 0, last_ = 0;
  double time_[L], end_[L];
  T wanted_[L];
  ErrorBound<T> error_[L];
  bool final_[L];
  [[no_unique_address]] StageClock<Field> clock_;
};

}  // namespace tessera::solvers
