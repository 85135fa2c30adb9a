#pragma once

#include <tessera/solvers/ode/error_bound.hpp>
#include <tessera/solvers/ode/tile.hpp>
#include <tessera/solvers/ode/tsit5_lanes.hpp>

namespace tessera::solvers {

/// Integrates one block as LaneIntegrator does, by a team over a tile. `Field` has Number, Space
/// and, called by the whole team, load_lanes(team, context_of) and evaluate(team, x, dx); both end
/// with a barrier. context_of(lane) is the context to take in, or null.
template <class Field>
class TileIntegrator {
  using T = typename Field::Number;
  using Space = typename Field::Space;
  using R = TileRows<T>;

 public:
  KOKKOS_FUNCTION TileIntegrator(TileArena &arena, Field &field, OdeBatch<T, Space> const &batch,
                                 OdeSolution<T, Space> const &solution, StepControl const &control)
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
        lanes_(arena.take<Lane>(tile_lanes)),
        queue_(arena.take<Queue>(1))
  {
    for (R &slope : k_) slope = R(arena, d_);
  }

  template <class Team>
  KOKKOS_FUNCTION void run(Team const &team, Block const &block)
  {
    first_slopes(team, block);
    each(team, tile_lanes, [&](int l) { lanes_[l].over = true; });
    if (team.team_rank() == 0) queue_->next = block.first;
    while (refill(team, block)) {
      for (int s = 1; s < 7; ++s) {
        R const target = s < 6 ? stage_ : new_;
        each(team, tile_lanes, [&](int l) {
          stage_state(s, d_, y_.lane(l), h_.lane(l), LaneSlopes<T>(k_, l).of, target.lane(l));
        });
        team.team_barrier();
        field_.evaluate(team, target, k_[s]);
      }
      each(team, tile_lanes, [&](int l) {
        if (lanes_[l].trajectory >= 0) lanes_[l].over = !advance(l);
      });
    }
  }

 private:
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

  // Slopes at all starts, kept where the first output will go.
  template <class Team>
  KOKKOS_FUNCTION void first_slopes(Team const &team, Block const &block)
  {
    for (int begin = block.first; begin < block.last; begin += tile_lanes) {
      auto trajectory = [&](int l) { return Kokkos::min(begin + l, block.last - 1); };
      each_element(team, d_, [&](int i, int l) { y_(i, l) = batch_.initial(trajectory(l), i); });
      field_.load_lanes(team, [&](int l) { return context(trajectory(l)); });
      field_.evaluate(team, y_, k_[0]);
      each_element(team, d_, [&](int i, int l) {
        if (begin + l < block.last) solution_.states(begin + l, 0, i) = k_[0](i, l);
      });
      team.team_barrier();
    }
  }

  // Hands the next trajectories to the lanes that are free, in their order; false when none is
  // left anywhere. A lane without one idles at step size zero on the block's first start.
  template <class Team>
  KOKKOS_FUNCTION bool refill(Team const &team, Block const &block)
  {
    team.team_barrier();
    if (team.team_rank() == 0) {
      queue_->busy = 0;
      for (int l = 0; l < tile_lanes; ++l) {
        Lane &lane = lanes_[l];
        lane.fresh = lane.over;
        if (lane.over) lane.trajectory = queue_->next < block.last ? queue_->next++ : -1;
        lane.over = false;
        queue_->busy += lane.trajectory >= 0;
      }
    }
    team.team_barrier();
    if (queue_->busy == 0) return false;
    each(team, tile_lanes, [&](int l) {
      if (lanes_[l].fresh) begin(l, block.first);
    });
    field_.load_lanes(team, [&](int l) -> T const * {
      Lane const &lane = lanes_[l];
      if (!lane.fresh) return nullptr;
      return context(lane.trajectory >= 0 ? lane.trajectory : block.first);
    });
    return true;
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

  Field &field_;
  OdeBatch<T, Space> const &batch_;
  OdeSolution<T, Space> const &solution_;
  StepControl const &control_;
  int d_;
  R y_, stage_, new_, factor_, dense_, h_, k_[7];
  Lane *lanes_;
  Queue *queue_;
};

}  // namespace tessera::solvers
