#pragma once

#include <string>

#include <tessera/core/ordered_sum.hpp>
#include <tessera/experts/expert_bank.hpp>
#include <tessera/solvers/ode/adjoint_lanes.hpp>
#include <tessera/solvers/ode/integrate_lanes.hpp>
#include <tessera/solvers/ode/tangent_lanes.hpp>

/// Runs a vector field's blocks, one thread per block, with scratch memory of the right size.
/// A `Maker` gives the field of one block: make(arena, row, with_pull_back).
namespace tessera::experts {

using solvers::LaneArena;

template <class Body>
void for_each_block(HostSpace const &space, char const *label, View1<Block> const &blocks,
                    std::size_t bytes, Body const &body)
{
  using Policy = Kokkos::TeamPolicy<HostSpace, Kokkos::Schedule<Kokkos::Dynamic>>;
  int const scratch = static_cast<int>(bytes) + 64;
  Policy policy =
      Policy(space, blocks.extent_int(0), 1, 1).set_scratch_size(1, Kokkos::PerTeam(scratch));
  Kokkos::parallel_for(label, policy, [=](Policy::member_type const &team) {
    char *memory = static_cast<char *>(team.team_scratch(1).get_shmem_aligned(scratch - 64, 64));
    LaneArena arena(memory, bytes);
    body(team.league_rank(), arena);
  });
}

template <class T, class Maker>
void integrate_blocks(HostSpace const &space, Maker const &make, View2<T> const &rows,
                      OdeBatch<T> const &batch, StepControl const &control,
                      OdeSolution<T> const &solution)
{
  using Field = decltype(make(std::declval<LaneArena &>(), static_cast<T const *>(nullptr), false));
  LaneArena counter;
  Field probe = make(counter, nullptr, false);
  solvers::LaneIntegrator<Field> counted(counter, probe, batch, solution, control);
  for_each_block(
      space, "tessera::ode::integrate", batch.blocks, counter.used(), [=](int b, LaneArena &arena) {
        Block const block = batch.blocks(b);
        Field field = make(arena, &rows(block.expert, 0), false);
        solvers::LaneIntegrator<Field>(arena, field, batch, solution, control).run(block);
      });
}

/// Every block fills a gradient of its own; those of one expert are added in a fixed tree.
template <class T, class Maker>
void pull_back_blocks(HostSpace const &space, Maker const &make, View2<T> const &rows,
                      OdeBatch<T> const &batch, OdeSolution<T> const &solution,
                      View3<T> const &cotangent, View2<T> const &gradient,
                      View2<T> const &context_bar)
{
  using Field = decltype(make(std::declval<LaneArena &>(), static_cast<T const *>(nullptr), true));
  LaneArena counter;
  Field probe = make(counter, nullptr, true);
  solvers::LaneAdjoint<Field> counted(counter, probe, batch, solution, cotangent, context_bar);
  std::size_t const count = batch.blocks.extent(0);
  View2<T> parts("tessera::experts::block_gradients", count, gradient.extent(1));
  Kokkos::deep_copy(space, context_bar, T(0));
  Kokkos::deep_copy(space, gradient, T(0));
  for_each_block(
      space, "tessera::ode::pull_back", batch.blocks, counter.used(), [=](int b, LaneArena &arena) {
        Block const block = batch.blocks(b);
        Field field = make(arena, &rows(block.expert, 0), true);
        solvers::LaneAdjoint<Field>(arena, field, batch, solution, cotangent, context_bar)
            .run(block);
        field.finish_block(&parts(b, 0));
      });
  for (std::size_t begin = 0; begin < count;) {
    int const expert = batch.blocks(begin).expert;
    std::size_t end = begin;
    while (end < count && batch.blocks(end).expert == expert) ++end;
    ordered_sum(space, parts, begin, end);
    for (std::size_t k = 0; k < gradient.extent(1); ++k) gradient(expert, k) = parts(begin, k);
    begin = end;
  }
}

/// Each trajectory's sensitivities are its own: nothing is added over blocks. `make` gives fields
/// with push_forward.
template <class T, class Maker>
void push_forward_blocks(HostSpace const &space, Maker const &make, View2<T> const &rows,
                         OdeBatch<T> const &batch, OdeSolution<T> const &solution,
                         View4<T> const &sensitivities)
{
  using Field = decltype(make(std::declval<LaneArena &>(), static_cast<T const *>(nullptr), false));
  TESSERA_ASSERT(solution.recorded());
  LaneArena counter;
  Field probe = make(counter, nullptr, false);
  solvers::LaneTangent<Field> counted(counter, probe, batch, solution, sensitivities);
  Kokkos::deep_copy(space, sensitivities, T(0));
  for_each_block(
      space, "tessera::ode::push_forward", batch.blocks, counter.used(),
      [=](int b, LaneArena &arena) {
        Block const block = batch.blocks(b);
        Field field = make(arena, &rows(block.expert, 0), false);
        solvers::LaneTangent<Field>(arena, field, batch, solution, sensitivities).run(block);
      });
}

}  // namespace tessera::experts
