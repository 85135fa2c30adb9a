#pragma once

#include <tessera/solvers/ode/error_bound.hpp>
#include <tessera/solvers/ode/tile.hpp>
#include <tessera/solvers/ode/tsit5_lanes.hpp>

namespace tessera::solvers {

/// What each lane of a tile does by itself while a block is integrated: it begins a trajectory,
/// accepts, records or rejects its steps, and finishes it. TileIntegrator (integrate_tile.hpp) does
/// what the team does together.
template <class T, class Space>
class TileSteps {
  using R = TileRows<T>;

 protected:
  struct Lane {
    int trajectory, point, attempted, accepted;
    bool over, fresh, final;  ///< wants another trajectory, has just got one, is in its last step
    double time, end;
    T wanted;
    ErrorBound<T> error;
  };
  struct Queue {
    int next, busy;
  };

  KOKKOS_FUNCTION TileSteps(TileArena &arena, OdeBatch<T, Space> const &batch,
                            OdeSolution<T, Space> const &solution, StepControl const &control)
      : batch_(batch),
        solution_(solution),
        control_(control),
        d_(batch.state()),
        y_(arena, d_),
        stage_(arena, d_),
        new_(arena, d_),
        factor_(arena, 2),
        dense_(arena, dense_powers * d_),
        h_(arena, 1),
        lanes_(arena.take<Lane>(tile_lanes)),
        queue_(arena.take<Queue>(1))
  {
    for (R &slope : k_) slope = R(arena, d_);
  }

  KOKKOS_FUNCTION T const *context(int t) const
  {
    return &batch_.contexts(batch_.context_row(t), 0);
  }

  KOKKOS_FUNCTION void begin(int l, int spare)
  {
    Lane &lane = lanes_[l];
    bool const busy = lane.trajectory >= 0;
    int const t = busy ? lane.trajectory : spare;
    for (int i = 0; i < d_; ++i) {
      y_(i, l) = batch_.initial(t, i);
      k_[0](i, l) = busy ? solution_.states(t, 0, i) : T(0);
      if (busy) solution_.states(t, 0, i) = batch_.initial(t, i);
    }
    lane.time = batch_.times(t, 0);
    lane.end = batch_.times(t, batch_.points(t) - 1);
    lane.wanted = busy ? batch_.times(t, 1) - batch_.times(t, 0) : T(0);
    lane.point = 1, lane.attempted = lane.accepted = 0;
    lane.error = {};
    shorten(l);
  }

  // The last step ends at the last time.
  KOKKOS_FUNCTION void shorten(int l)
  {
    Lane &lane = lanes_[l];
    double const left = lane.end - lane.time;
    lane.final = double(lane.wanted) >= left;
    h_(0, l) = lane.final && lane.trajectory >= 0 ? static_cast<T>(left) : lane.wanted;
  }

  // Accepts or rejects the step of lane l; returns false when its trajectory is over.
  KOKKOS_FUNCTION bool advance(int l)
  {
    Lane &lane = lanes_[l];
    LaneSlopes<T> const k(k_, l);
    error_factor(d_, control_, h_.lane(l), y_.lane(l), new_.lane(l), k.of, factor_.lane(l));
    ++lane.attempted;
    auto const decision = decide(factor_(0, l), factor_(1, l), control_);
    T const h = h_(0, l);
    if (decision.accept && !take(l, h, k)) return finish(l, Status::ok);
    if (decision.accept && lane.error.exceeded(batch_, lane.trajectory)) {
      return finish(l, Status::outdone);
    }
    lane.wanted = h * decision.factor;
    if (lane.attempted >= control_.max_steps) return finish(l, Status::step_limit);
    if (lane.time + double(lane.wanted) == lane.time) {
      return finish(l, decision.finite ? Status::step_too_small : Status::not_finite);
    }
    if (!decision.finite && double(lane.wanted) < 1e-10 * lane.end) {
      return finish(l, Status::not_finite);
    }
    shorten(l);
    return true;
  }

  // Records the step, writes the outputs inside it and moves on; false at the last time.
  KOKKOS_FUNCTION bool take(int l, T h, LaneSlopes<T> const &k)
  {
    Lane &lane = lanes_[l];
    int const t = lane.trajectory;
    solution_.record(t, lane.accepted++, lane.time, h, [&](int i) { return y_(i, l); });
    double const now = lane.final ? lane.end : lane.time + double(h), per_step = 1 / double(h);
    dense_polynomials(d_, k.of, dense_.lane(l));
    for (; lane.point < batch_.points(t) && double(batch_.times(t, lane.point)) <= now;
         ++lane.point) {
      T const theta = static_cast<T>((double(batch_.times(t, lane.point)) - lane.time) * per_step);
      for (int i = 0; i < d_; ++i) {
        solution_.states(t, lane.point, i) =
            dense_state(i, d_, l, h, theta, y_.lane(l), dense_.lane(l));
      }
      lane.error.add(batch_, solution_, t, lane.point);
    }
    for (int i = 0; i < d_; ++i) {
      y_(i, l) = new_(i, l);
      k_[0](i, l) = k_[6](i, l);
    }
    lane.time = now;
    return !lane.final;
  }

  KOKKOS_FUNCTION bool finish(int l, Status status)
  {
    Lane const &lane = lanes_[l];
    solution_.close(lane.trajectory, status, lane.attempted, lane.accepted);
    return false;
  }

  OdeBatch<T, Space> const &batch_;
  OdeSolution<T, Space> const &solution_;
  StepControl const &control_;
  int d_;
  R y_, stage_, new_, factor_, dense_, h_, k_[7];
  Lane *lanes_;
  Queue *queue_;
};

}  // namespace tessera::solvers
