#pragma once

#include <tessera/solvers/ode/lane_entry.hpp>
#include <tessera/solvers/ode/tile.hpp>
#include <tessera/solvers/ode/tsit5_lanes.hpp>

namespace tessera::solvers {

/// What each lane of a tile does by itself while a recorded block is pulled back: it takes a
/// trajectory and loads its steps from the last to the first. TileAdjoint (adjoint_tile.hpp) does
/// what the team does together.
template <class T, class Space>
class TileReplay {
  using R = TileRows<T>;

 protected:
  struct Lane {
    int trajectory, step, point;
    bool over, fresh;  ///< wants another trajectory, has just got one
  };
  struct Queue {
    int next, busy;
    bool fresh;
  };

  KOKKOS_FUNCTION TileReplay(TileArena &arena, OdeBatch<T, Space> const &batch,
                             OdeSolution<T, Space> const &solution,
                             View3<T, Space> const &cotangent, View2<T, Space> const &context_bar)
      : batch_(batch),
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
    }
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
    load_recorded(batch_, solution_, lanes_[l].trajectory, lanes_[l].step, spare, l, h_.lane(l),
                  y_.lane(l));
  }

  // Cotangents of the slopes and of the state at the step's begin, from the outputs inside it.
  KOKKOS_FUNCTION void seed(int l)
  {
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
  }

  OdeBatch<T, Space> const &batch_;
  OdeSolution<T, Space> const &solution_;
  View3<T, Space> const &cotangent_;
  View2<T, Space> const &context_bar_;
  int d_;
  R y_, state_, y_bar_, next_bar_, stage_bar_, dense_bar_, h_, k_[7], k_bar_[7];
  Lane *lanes_;
  Queue *queue_;
};

}  // namespace tessera::solvers
