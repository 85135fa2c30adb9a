#pragma once

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>

#include <tessera/core/error.hpp>
#include <tessera/solvers/ode/adjoint_lanes.hpp>
#include <tessera/solvers/ode/integrate_lanes.hpp>
#include <tessera/solvers/ode/tangent_lanes.hpp>

#include "block_gradients.hpp"

/// Runs a vector field's blocks, one thread per block, with scratch memory of the right size.
/// A `Maker` gives the field of one block: make(arena, row, with_pull_back). Two makers give the
/// same field in two forms: a block that fits the lanes of the narrow one takes it and leaves fewer
/// lanes idle. States are the same bits in both; gradients differ by the order of their sums.
namespace tessera::fields {

using solvers::Block, solvers::HostSpace, solvers::LaneArena;
using solvers::OdeBatch, solvers::OdeSolution, solvers::StepControl;
using solvers::View1, solvers::View2, solvers::View3, solvers::View4;

/// Numbers of the blocks, those of most trajectories first: what is left for the end is then short,
/// and no thread waits long for another.
inline View1<int> longest_first(View1<Block> const &blocks)
{
  View1<int> order(Kokkos::view_alloc("tessera::fields::block_order", Kokkos::WithoutInitializing),
                   blocks.extent(0));
  std::iota(order.data(), order.data() + order.size(), 0);
  std::stable_sort(order.data(), order.data() + order.size(), [&](int a, int b) {
    return blocks(a).last - blocks(a).first > blocks(b).last - blocks(b).first;
  });
  return order;
}

template <class Body>
void for_each_block(HostSpace const &space, char const *label, View1<Block> const &blocks,
                    std::size_t bytes, Body const &body)
{
  using Policy = Kokkos::TeamPolicy<HostSpace, Kokkos::Schedule<Kokkos::Dynamic>>;
  int const scratch = static_cast<int>(bytes) + 64;
  Policy policy =
      Policy(space, blocks.extent_int(0), 1, 1).set_scratch_size(1, Kokkos::PerTeam(scratch));
  View1<int> const order = longest_first(blocks);
  Kokkos::parallel_for(label, policy, [=](Policy::member_type const &team) {
    char *memory = static_cast<char *>(team.team_scratch(1).get_shmem_aligned(scratch - 64, 64));
    LaneArena arena(memory, bytes);
    body(order(team.league_rank()), arena);
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

/// Makes every block's field and calls run(number of the block, block, field, arena). `machine` is
/// what will work with the field, machine(arena, field): it is made once without memory to learn
/// how much it takes.
template <class T, class Wide, class Narrow, class Machine, class Run>
void run_blocks(HostSpace const &space, char const *label, Wide const &wide, Narrow const &narrow,
                bool with_pull_back, View2<T> const &rows, View1<Block> const &blocks,
                Machine const &machine, Run const &run)
{
  auto room = [&](auto const &make) {
    LaneArena counter;
    auto probe = make(counter, nullptr, with_pull_back);
    machine(counter, probe);
    return counter.used();
  };
  for_each_block(space, label, blocks, std::max(room(wide), room(narrow)),
                 [=](int b, LaneArena &arena) {
                   Block const block = blocks(b);
                   with_maker_of<T>(block, wide, narrow, [&](auto const &make) {
                     auto field = make(arena, &rows(block.expert, 0), with_pull_back);
                     run(b, block, field, arena);
                   });
                 });
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
  run_blocks<T>(space, "tessera::ode::integrate", wide, narrow, false, rows, batch.blocks,
                integrator, [=](int, Block const &block, auto &field, LaneArena &arena) {
                  integrator(arena, field).run(block);
                });
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
  bool const with_weights = gradient.extent(0) > 0;
  // A row is cleared by the thread that fills it.
  View2<T> parts(
      Kokkos::view_alloc("tessera::fields::block_gradients", Kokkos::WithoutInitializing),
      with_weights ? batch.blocks.extent(0) : 0, gradient.extent(1));
  std::fill_n(context_bar.data(), context_bar.size(), T(0));
  run_blocks<T>(space, "tessera::ode::pull_back", wide, narrow, true, rows, batch.blocks, adjoint,
                [=](int b, Block const &block, auto &field, LaneArena &arena) {
                  if constexpr (requires { field.skip_weights(); }) {
                    if (!with_weights) field.skip_weights();
                  }
                  adjoint(arena, field).run(block);
                  if (!with_weights) return;
                  std::fill_n(&parts(b, 0), parts.extent(1), T(0));
                  field.finish_block(&parts(b, 0));
                });
  if (with_weights) add_block_gradients<T>(space, batch.blocks, parts, gradient);
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
  Kokkos::deep_copy(space, sensitivities, T(0));
  run_blocks<T>(space, "tessera::ode::push_forward", wide, narrow, false, rows, batch.blocks,
                tangent, [=](int, Block const &block, auto &field, LaneArena &arena) {
                  tangent(arena, field).run(block);
                });
}

}  // namespace tessera::fields
