#pragma once

#include <tessera/solvers/ode/tile.hpp>
#include <tessera/solvers/ode/tsit5_lanes.hpp>

namespace tessera::solvers {

/// Discrete adjoint of a recorded block as LaneAdjoint does it, by a team over a tile. `Field` has,
/// besides what TileIntegrator asks for: Tape make_tape(arena), evaluate(team, x, dx, Tape const
/// *), pull_back(team, Tape, dx_bar, x_bar) and finish_lanes(team, context_bar_of), each with a
/// barrier at its end. context_bar_of(lane) is where the context's cotangent goes, or null.
template <class Field>
class TileAdjoint {
  using T = typename Field::Number;
  using Space = typename Field::Space;
  using R = TileRows<T>;

 public:
  KOKKOS_FUNCTION TileAdjoint(TileArena &arena, Field &field, OdeBatch<T, Space> const &batch,
                              OdeSolution<T, Space> const &solution,
                              View3<T, Space> const &cotangent, View2<T, Space> const &context_bar)
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
        lanes_(arena.take<Lane>(tile_lanes)),
        queue_(arena.take<Queue>(1))
  {
    for (int s = 0; s < 7; ++s) {
      k_[s] = R(arena, d_);
      k_bar_[s] = R(arena, d_);
      tape_[s] = field.make_tape(arena.far());
    }
  }

  template <class Team>
  KOKKOS_FUNCTION void run(Team const &team, Block const &block)
  {
    each(team, tile_lanes, [&](int l) { lanes_[l].over = true; });
    each_element(team, d_, [&](int i, int l) { next_bar_(i, l) = k_bar_[0](i, l) = T(0); });
    if (team.team_rank() == 0) queue_->next = block.first;
    while (refill(team, block)) {
      recompute(team);
      seed(team);
      sweep(team);
      each(team, tile_lanes, [&](int l) {
        Lane &lane = lanes_[l];
        lane.over = lane.trajectory >= 0 && --lane.step < -1;
        if (lane.trajectory >= 0 && !lane.over) load_step(l, block.first);
      });
      team.team_barrier();
      field_.finish_lanes(team, [&](int l) -> T * {
        return lanes_[l].over ? &context_bar_(lanes_[l].trajectory, 0) : nullptr;
      });
    }
  }

 private:
  struct Lane {
    int trajectory, step, point;
    bool over, fresh;  ///< wants another trajectory, has just got one
  };
  struct Queue {
    int next, busy;
    bool fresh;
  };

  // Hands the next trajectories that were solved to the free lanes, in their order; false when
  // none is left anywhere.
  template <class Team>
  KOKKOS_FUNCTION bool refill(Team const &team, Block const &block)
  {
    team.team_barrier();
    if (team.team_rank() == 0) {
      *queue_ = {queue_->next, 0, false};
      for (int l = 0; l < tile_lanes; ++l) {
        lanes_[l].fresh = lanes_[l].over;
        if (lanes_[l].over) lanes_[l].trajectory = next_solved(block.last);
        lanes_[l].over = false;
        queue_->busy += lanes_[l].trajectory >= 0;
        queue_->fresh = queue_->fresh || lanes_[l].fresh;
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
      int const t = lane.trajectory >= 0 ? lane.trajectory : block.first;
      return &batch_.contexts(batch_.context_row(t), 0);
    });
    return true;
  }

  KOKKOS_FUNCTION int next_solved(int last)
  {
    while (queue_->next < last && solution_.status(queue_->next) != Status::ok) ++queue_->next;
    return queue_->next < last ? queue_->next++ : -1;
  }

  KOKKOS_FUNCTION void begin(int l, int spare)
  {
    Lane &lane = lanes_[l];
    bool const busy = lane.trajectory >= 0;
    lane.step = busy ? solution_.accepted(lane.trajectory) - 1 : -1;
    lane.point = busy ? batch_.points(lane.trajectory) - 1 : 0;
    for (int i = 0; i < d_; ++i) next_bar_(i, l) = k_bar_[0](i, l) = T(0);
    load_step(l, spare);
  }

  KOKKOS_FUNCTION void load_step(int l, int spare)
  {
    int const t = lanes_[l].trajectory, n = lanes_[l].step;
    bool const real = t >= 0 && n >= 0;
    h_(0, l) = real ? solution_.tape_step(t, n) : T(0);
    for (int i = 0; i < d_; ++i) {
      y_(i, l) = real ? solution_.tape_state(t, n, i) : batch_.initial(t >= 0 ? t : spare, i);
    }
  }

  // Stages 1 to 6, and stage 7 only where it is not stage 1 of the step done before.
  template <class Team>
  KOKKOS_FUNCTION void recompute(Team const &team)
  {
    Kokkos::kokkos_swap(tape_[0], tape_[6]);
    bool const fresh = queue_->fresh;
    field_.evaluate(team, y_, k_[0], &tape_[0]);
    for (int s = 1; s < 7; ++s) {
      each(team, tile_lanes, [&](int l) {
        stage_state(s, d_, y_.lane(l), h_.lane(l), LaneSlopes<T>(k_, l).of, state_.lane(l));
      });
      team.team_barrier();
      if (s < 6 || fresh) field_.evaluate(team, state_, k_[s], &tape_[s]);
    }
  }

  // Cotangents of the slopes and of the state at the step's begin, from the outputs inside it.
  template <class Team>
  KOKKOS_FUNCTION void seed(Team const &team)
  {
    Kokkos::kokkos_swap(k_bar_[0], k_bar_[6]);
    each(team, tile_lanes, [&](int l) {
      for (int i = 0; i < d_; ++i) {
        for (int s = 0; s < 6; ++s) k_bar_[s](i, l) = T(0);
        y_bar_(i, l) = T(0);
      }
      Lane &lane = lanes_[l];
      int const t = lane.trajectory, n = lane.step;
      if (t < 0 || n < 0) return;
      LaneRows<T> const dense_bar = dense_bar_.lane(l);
      for (int i = 0; i < dense_powers * d_; ++i) dense_bar(i, 0) = T(0);
      lane.point = outputs_bar(batch_, cotangent_, t, lane.point, l, solution_.tape_time(t, n),
                               solution_.tape_step(t, n), y_bar_.lane(l), dense_bar);
      dense_polynomials_bar(d_, dense_bar, LaneSlopes<T>(k_bar_, l).of);
    });
    team.team_barrier();
  }

  // Through the stages from the last to the second; stage 1 is carried to the step before.
  template <class Team>
  KOKKOS_FUNCTION void sweep(Team const &team)
  {
    for (int s = 6; s >= 1; --s) {
      field_.pull_back(team, tape_[s], k_bar_[s], stage_bar_);
      each(team, tile_lanes, [&](int l) {
        for (int i = 0; s == 6 && i < d_; ++i) stage_bar_(i, l) += next_bar_(i, l);
        stage_state_bar(s, d_, h_.lane(l), stage_bar_.lane(l), y_bar_.lane(l),
                        LaneSlopes<T>(k_bar_, l).of);
      });
      team.team_barrier();
    }
    Kokkos::kokkos_swap(next_bar_, y_bar_);
  }

  Field &field_;
  OdeBatch<T, Space> const &batch_;
  OdeSolution<T, Space> const &solution_;
  View3<T, Space> const &cotangent_;
  View2<T, Space> const &context_bar_;
  int d_;
  R y_, state_, y_bar_, next_bar_, stage_bar_, dense_bar_, h_, k_[7], k_bar_[7];
  Lane *lanes_;
  Queue *queue_;
  typename Field::Tape tape_[7];
};

}  // namespace tessera::solvers
