#pragma once

#include <algorithm>
#include <type_traits>
#include <utility>

#include <tessera/core/ordered_sum.hpp>
#include <tessera/experts/expert_bank.hpp>
#include <tessera/solvers/ode/adjoint_lanes.hpp>
#include <tessera/solvers/ode/integrate_lanes.hpp>
#include <tessera/solvers/ode/tangent_lanes.hpp>

/// Runs a vector field's blocks, one thread per block, with scratch memory of the right size.
/// A `Maker` gives the field of one block: make(arena, row, with_pull_back). Two makers give the
/// same field in two widths: a block that fits the lanes of the narrow one takes it and leaves
/// fewer lanes idle. Every lane is computed alike in both, so results do not depend on the choice.
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
using FieldOf =
    decltype(std::declval<Maker const &>()(std::declval<LaneArena &>(), (T const *)nullptr, true));

/// run(maker) with the narrow maker where a block fits its lanes, with the wide one elsewhere.
template <class T, class Wide, class Narrow, class Run>
void with_maker_of(Block const &block, Wide const &wide, Narrow const &narrow, Run const &run)
{
  if (block.last - block.first <= FieldOf<T, Narrow>::lanes) {
    run(narrow);
  } else {
    run(wide);
  }
}

template <class T, class Wide, class Narrow>
void integrate_blocks(HostSpace const &space, Wide const &wide, Narrow const &narrow,
                      View2<T> const &rows, OdeBatch<T> const &batch, StepControl const &control,
                      OdeSolution<T> const &solution)
{
  auto integrator = [=](LaneArena &arena, auto &field) {
    return solvers::LaneIntegrator<std::decay_t<decltype(field)>>(arena, field, batch, solution,
                                                                  control);
  };
  auto room = [&](auto const &make) {
    LaneArena counter;
    auto probe = make(counter, nullptr, false);
    integrator(counter, probe);
    return counter.used();
  };
  for_each_block(space, "tessera::ode::integrate", batch.blocks, std::max(room(wide), room(narrow)),
                 [=](int b, LaneArena &arena) {
                   Block const block = batch.blocks(b);
                   with_maker_of<T>(block, wide, narrow, [&](auto const &make) {
                     auto field = make(arena, &rows(block.expert, 0), false);
                     integrator(arena, field).run(block);
                   });
                 });
}

template <class T, class Maker>
void integrate_blocks(HostSpace const &space, Maker const &make, View2<T> const &rows,
                      OdeBatch<T> const &batch, StepControl const &control,
                      OdeSolution<T> const &solution)
{
  integrate_blocks<T>(space, make, make, rows, batch, control, solution);
}

/// gradient(expert) = the sum of its blocks' parts (block, parameter), in a fixed tree.
template <class T>
void add_block_gradients(HostSpace const &space, View1<Block> const &blocks, View2<T> const &parts,
                         View2<T> const &gradient)
{
  std::size_t const count = blocks.extent(0);
  for (std::size_t begin = 0; begin < count;) {
    int const expert = blocks(begin).expert;
    std::size_t end = begin;
    while (end < count && blocks(end).expert == expert) ++end;
    ordered_sum(space, parts, begin, end);
    for (std::size_t k = 0; k < gradient.extent(1); ++k) gradient(expert, k) = parts(begin, k);
    begin = end;
  }
}

/// Every block fills a gradient of its own; those of one expert are added in a fixed tree. Without
/// a `gradient` (no rows) only the contexts' cotangents are made: a field that has skip_weights()
/// is told so and leaves its weight products out.
template <class T, class Wide, class Narrow>
void pull_back_blocks(HostSpace const &space, Wide const &wide, Narrow const &narrow,
                      View2<T> const &rows, OdeBatch<T> const &batch,
                      OdeSolution<T> const &solution, View3<T> const &cotangent,
                      View2<T> const &gradient, View2<T> const &context_bar)
{
  auto adjoint = [=](LaneArena &arena, auto &field) {
    return solvers::LaneAdjoint<std::decay_t<decltype(field)>>(arena, field, batch, solution,
                                                               cotangent, context_bar);
  };
  auto room = [&](auto const &make) {
    LaneArena counter;
    auto probe = make(counter, nullptr, true);
    adjoint(counter, probe);
    return counter.used();
  };
  bool const with_weights = gradient.extent(0) > 0;
  View2<T> parts("tessera::experts::block_gradients", with_weights ? batch.blocks.extent(0) : 0,
                 gradient.extent(1));
  Kokkos::deep_copy(space, context_bar, T(0));
  Kokkos::deep_copy(space, gradient, T(0));
  for_each_block(space, "tessera::ode::pull_back", batch.blocks, std::max(room(wide), room(narrow)),
                 [=](int b, LaneArena &arena) {
                   Block const block = batch.blocks(b);
                   with_maker_of<T>(block, wide, narrow, [&](auto const &make) {
                     auto field = make(arena, &rows(block.expert, 0), true);
                     if constexpr (requires { field.skip_weights(); }) {
                       if (!with_weights) field.skip_weights();
                     }
                     adjoint(arena, field).run(block);
                     if (with_weights) field.finish_block(&parts(b, 0));
                   });
                 });
  if (with_weights) add_block_gradients<T>(space, batch.blocks, parts, gradient);
}

template <class T, class Maker>
void pull_back_blocks(HostSpace const &space, Maker const &make, View2<T> const &rows,
                      OdeBatch<T> const &batch, OdeSolution<T> const &solution,
                      View3<T> const &cotangent, View2<T> const &gradient,
                      View2<T> const &context_bar)
{
  pull_back_blocks<T>(space, make, make, rows, batch, solution, cotangent, gradient, context_bar);
}

/// Each trajectory's sensitivities are its own: nothing is added over blocks. The makers give
/// fields with push_forward.
template <class T, class Wide, class Narrow>
void push_forward_blocks(HostSpace const &space, Wide const &wide, Narrow const &narrow,
                         View2<T> const &rows, OdeBatch<T> const &batch,
                         OdeSolution<T> const &solution, View4<T> const &sensitivities)
{
  TESSERA_ASSERT(solution.recorded());
  auto tangent = [=](LaneArena &arena, auto &field) {
    return solvers::LaneTangent<std::decay_t<decltype(field)>>(arena, field, batch, solution,
                                                               sensitivities);
  };
  auto room = [&](auto const &make) {
    LaneArena counter;
    auto probe = make(counter, nullptr, false);
    tangent(counter, probe);
    return counter.used();
  };
  Kokkos::deep_copy(space, sensitivities, T(0));
  for_each_block(space, "tessera::ode::push_forward", batch.blocks,
                 std::max(room(wide), room(narrow)), [=](int b, LaneArena &arena) {
                   Block const block = batch.blocks(b);
                   with_maker_of<T>(block, wide, narrow, [&](auto const &make) {
                     auto field = make(arena, &rows(block.expert, 0), false);
                     tangent(arena, field).run(block);
                   });
                 });
}

}  // namespace tessera::experts
