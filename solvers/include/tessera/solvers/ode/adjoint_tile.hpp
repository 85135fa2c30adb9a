#pragma once

#include <tessera/solvers/ode/tile_replay.hpp>

namespace tessera::solvers {

/// Discrete adjoint of a recorded block as LaneAdjoint does it, by a team over a tile. `Field` has,
/// besides what TileIntegrator asks for: Tape make_tape(arena), evaluate(team, x, dx, Tape const
/// *), pull_back(team, Tape, dx_bar, x_bar) and finish_lanes(team, context_bar_of), each with a
/// barrier at its end. context_bar_of(lane) is where the context's cotangent goes, or null.
template <class Field>
class TileAdjoint : TileReplay<typename Field::Number, typename Field::Space> {
  using T = typename Field::Number;
  using Space = typename Field::Space;
  using Base = TileReplay<T, Space>;
  using typename Base::Lane;

 public:
  KOKKOS_FUNCTION TileAdjoint(TileArena &arena, Field &field, OdeBatch<T, Space> const &batch,
                              OdeSolution<T, Space> const &solution,
                              View3<T, Space> const &cotangent, View2<T, Space> const &context_bar)
      : Base(arena, batch, solution, cotangent, context_bar), field_(field)
  {
    for (auto &tape : tape_) tape = field.make_tape(arena.far());
  }

  template <class Team>
  KOKKOS_FUNCTION void run(Team const &team, Block const &block)
  {
    each(team, tile_lanes, [&](int l) { lanes_[l].over = true; });
    each_element(team, d_, [&](int i, int l) { next_bar_(i, l) = k_bar_[0](i, l) = T(0); });
    if (team.team_rank() == 0) queue_->next = block.first;
    while (refill(team, block)) {
      recompute(team);
      seed_lanes(team);
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
        if (lanes_[l].over) lanes_[l].trajectory = next_solved(solution_, queue_->next, block.last);
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

  template <class Team>
  KOKKOS_FUNCTION void seed_lanes(Team const &team)
  {
    Kokkos::kokkos_swap(k_bar_[0], k_bar_[6]);
    each(team, tile_lanes, [&](int l) { seed(l); });
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

  using Base::batch_, Base::context_bar_, Base::d_, Base::h_, Base::k_, Base::k_bar_, Base::lanes_,
      Base::next_bar_, Base::queue_, Base::solution_, Base::stage_bar_, Base::state_, Base::y_,
      Base::y_bar_;
  using Base::begin, Base::load_step, Base::seed;
  Field &field_;
  typename Field::Tape tape_[7];
};

}  // namespace tessera::solvers
