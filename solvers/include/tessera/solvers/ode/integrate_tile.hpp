#pragma once

#include <tessera/solvers/ode/tile_steps.hpp>

namespace tessera::solvers {

/// Integrates one block as LaneIntegrator does, by a team over a tile. `Field` has Number, Space
/// and, called by the whole team, load_lanes(team, context_of) and evaluate(team, x, dx); both end
/// with a barrier. context_of(lane) is the context to take in, or null.
template <class Field>
class TileIntegrator : TileSteps<typename Field::Number, typename Field::Space> {
  using T = typename Field::Number;
  using Space = typename Field::Space;
  using Base = TileSteps<T, Space>;
  using R = TileRows<T>;
  using typename Base::Lane;

 public:
  KOKKOS_FUNCTION TileIntegrator(TileArena &arena, Field &field, OdeBatch<T, Space> const &batch,
                                 OdeSolution<T, Space> const &solution, StepControl const &control)
      : Base(arena, batch, solution, control), field_(field)
  {
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
  // Slopes at all starts, kept where the first output will go.
  template <class Team>
  KOKKOS_FUNCTION void first_slopes(Team const &team, Block const &block)
  {
    for (int first = block.first; first < block.last; first += tile_lanes) {
      auto trajectory = [&](int l) { return Kokkos::min(first + l, block.last - 1); };
      each_element(team, d_, [&](int i, int l) { y_(i, l) = batch_.initial(trajectory(l), i); });
      field_.load_lanes(team, [&](int l) { return context(trajectory(l)); });
      field_.evaluate(team, y_, k_[0]);
      each_element(team, d_, [&](int i, int l) {
        if (first + l < block.last) solution_.states(first + l, 0, i) = k_[0](i, l);
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

  using Base::advance, Base::begin, Base::context;
  using Base::batch_, Base::d_, Base::h_, Base::k_, Base::lanes_, Base::new_, Base::queue_,
      Base::solution_, Base::stage_, Base::y_;
  Field &field_;
};

}  // namespace tessera::solvers
