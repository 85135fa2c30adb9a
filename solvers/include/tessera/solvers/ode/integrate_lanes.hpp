#pragma once

#include <tessera/solvers/ode/lane_entry.hpp>
#include <tessera/solvers/ode/trajectory_steps.hpp>

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
        if (lanes_[l].trajectory >= 0 && !advance(l)) busy -= 1 - refill(l, block.first);
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
    lanes_[l].begin(batch_, t, busy);
    enter_lane(field_, clock_, l, busy, batch_, t);
    for (int i = 0; i < d_; ++i) {
      y_.at(i, l) = batch_.initial(t, i);
      k_[0].at(i, l) = busy ? solution_.states(t, 0, i) : T(0);
      if (busy) solution_.states(t, 0, i) = batch_.initial(t, i);
    }
    h_.at(0, l) = lanes_[l].next_step();
    return busy;
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
    auto const dense = [&] { return dense_; };
    auto const move = [&](double now) {
      for (int i = 0; i < d_; ++i) {
        y_.at(i, l) = new_.at(i, l);
        k_[0].at(i, l) = k_[6].at(i, l);
      }
      clock_.begin(l, now);
    };
    if (!lanes_[l].advance(batch_, solution_, control_, factor_, h_.at(0, l), l, y_, dense, move)) {
      return false;
    }
    h_.at(0, l) = lanes_[l].next_step();
    return true;
  }

  Field &field_;
  OdeBatch<T> const &batch_;
  OdeSolution<T> const &solution_;
  StepControl const &control_;
  int d_;
  R y_, stage_, new_, factor_, dense_, h_, k_[7];
  TrajectorySteps<T> lanes_[L];
  int next_ = 0, last_ = 0;
  [[no_unique_address]] StageClock<Field> clock_;
};

}  // namespace tessera::solvers
