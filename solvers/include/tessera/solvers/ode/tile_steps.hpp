#pragma once

#include <tessera/solvers/ode/tile.hpp>
#include <tessera/solvers/ode/trajectory_steps.hpp>

namespace tessera::solvers {

/// What each lane of a tile does by itself while a block is integrated: it begins a trajectory,
/// accepts, records or rejects its steps, and finishes it. TileIntegrator (integrate_tile.hpp) does
/// what the team does together.
template <class T, class Space>
class TileSteps {
  using R = TileRows<T>;

 protected:
  struct Lane : TrajectorySteps<T> {
    bool over, fresh;  ///< wants another trajectory, has just got one
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
    lane.begin(batch_, t, busy);
    h_(0, l) = lane.next_step();
  }

  // Accepts or rejects the step of lane l; returns false when its trajectory is over.
  KOKKOS_FUNCTION bool advance(int l)
  {
    LaneSlopes<T> const k(k_, l);
    error_factor(d_, control_, h_.lane(l), y_.lane(l), new_.lane(l), k.of, factor_.lane(l));
    auto const dense = [&] {
      dense_polynomials(d_, k.of, dense_.lane(l));
      return dense_.lane(l);
    };
    auto const move = [&](double) {
      for (int i = 0; i < d_; ++i) {
        y_(i, l) = new_(i, l);
        k_[0](i, l) = k_[6](i, l);
      }
    };
    if (!lanes_[l].advance(batch_, solution_, control_, factor_.lane(l), h_(0, l), l, y_.lane(l),
                           dense, move)) {
      return false;
    }
    h_(0, l) = lanes_[l].next_step();
    return true;
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
