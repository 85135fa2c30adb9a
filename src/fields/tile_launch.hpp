#pragma once

#include <vector>

#include <tessera/fields/geps_tiles.hpp>
#include <tessera/solvers/ode/adjoint_tile.hpp>
#include <tessera/solvers/ode/integrate_tile.hpp>

#include "block_gradients.hpp"

/// Teams with the memory their tiles need, and batches in the memory of an execution space.
namespace tessera::fields {

using solvers::Block, solvers::HostSpace, solvers::View1;
using solvers::LaneArena;
using solvers::TileArena;

template <class Space>
constexpr bool on_host =
    Kokkos::SpaceAccessibility<Kokkos::HostSpace, typename Space::memory_space>::accessible;

/// Bytes of one team, near and far.
struct TileMemory {
  std::size_t near = 0, far = 0;

  template <class Team>
  KOKKOS_FUNCTION TileArena arena(Team const &team) const
  {
    return {LaneArena(team.team_scratch(0).get_shmem_aligned(near, 64), near), near,
            LaneArena(team.team_scratch(1).get_shmem_aligned(far, 64), far)};
  }
};

/// Calls kernel(team) for every block; `Kernel` has `memory` and counts it by count(arena).
template <class Space, class Kernel>
void for_each_tile(Space const &space, char const *label, int blocks, TileOptions const &options,
                   Kernel kernel)
{
  using Policy = Kokkos::TeamPolicy<Space>;
  if (blocks == 0) return;
  int const team_size = options.team_size > 0 ? options.team_size : on_host<Space> ? 1 : 256;
  Policy policy(space, blocks, team_size);
  std::size_t const most = policy.scratch_size_max(0) - 64;
  TileArena counter(LaneArena(), most, LaneArena());
  kernel.count(counter);
  kernel.memory = {counter.near_used(), counter.far_used()};
  policy.set_scratch_size(0, Kokkos::PerTeam(static_cast<int>(kernel.memory.near + 64)))
      .set_scratch_size(1, Kokkos::PerTeam(static_cast<int>(kernel.memory.far + 64)));
  Kokkos::parallel_for(label, policy, kernel);
}

/// Blocks of at most `queue` trajectories, in the same order.
inline View1<Block> split_blocks(View1<Block> const &blocks, int queue)
{
  std::vector<Block> split;
  for (std::size_t b = 0; b < blocks.extent(0); ++b) {
    for (int first = blocks(b).first; first < blocks(b).last; first += queue) {
      split.push_back({blocks(b).expert, first, std::min(first + queue, blocks(b).last)});
    }
  }
  View1<Block> view("tessera::fields::tile_blocks", split.size());
  std::copy(split.begin(), split.end(), view.data());
  return view;
}

/// The view itself where `Space` reads the host's memory, else a copy.
template <class Space, class HostView>
auto copied_to(Space const &, HostView const &view)
{
  return Kokkos::create_mirror_view_and_copy(typename Space::memory_space(), view);
}
/// The view itself, or room for it.
template <class Space, class HostView>
auto room_in(Space const &, HostView const &view)
{
  return Kokkos::create_mirror_view(
      Kokkos::view_alloc(typename Space::memory_space(), Kokkos::WithoutInitializing), view);
}

template <class T, class Space>
OdeBatch<T, Space> batch_in(Space const &space, OdeBatch<T> const &batch, int queue)
{
  return {copied_to(space, batch.initial),
          copied_to(space, batch.times),
          copied_to(space, batch.points),
          copied_to(space, batch.contexts),
          copied_to(space, batch.context_row),
          copied_to(space, split_blocks(batch.blocks, queue > 0 ? queue : solvers::tile_lanes)),
          copied_to(space, batch.truth),
          copied_to(space, batch.bound)};
}

/// Calls change(view of `to`, view of `from`) for every pair of fields.
template <class To, class From, class Change>
void for_each_field(To &to, From const &from, Change const &change)
{
  change(to.states, from.states);
  change(to.status, from.status);
  change(to.attempted, from.attempted);
  change(to.accepted, from.accepted);
  change(to.tape_time, from.tape_time);
  change(to.tape_step, from.tape_step);
  change(to.tape_state, from.tape_state);
}

}  // namespace tessera::fields
