#include <tessera/fields/geps_tiles.hpp>

#include <algorithm>

#include "geps_tile.hpp"
#include "tile_launch.hpp"

namespace tessera::fields {
namespace {

template <class T, class Space>
struct IntegrateTiles {
  using Team = typename Kokkos::TeamPolicy<Space>::member_type;
  using Field = GepsTile<T, Space>;
  GepsLayout layout;
  View2<T, Space> rows;
  OdeBatch<T, Space> batch;
  StepControl control;
  OdeSolution<T, Space> solution;
  TileMemory memory;

  void count(TileArena &arena) const
  {
    Field field(arena, layout, nullptr, false);
    solvers::TileIntegrator<Field> counted(arena, field, batch, solution, control);
  }
  KOKKOS_FUNCTION void operator()(Team const &team) const
  {
    TileArena arena = memory.arena(team);
    Block const block = batch.blocks(team.league_rank());
    Field field(arena, layout, &rows(block.expert, 0), false);
    field.prepare(team);
    solvers::TileIntegrator<Field>(arena, field, batch, solution, control).run(team, block);
  }
};

template <class T, class Space>
struct PullBackTiles {
  using Team = typename Kokkos::TeamPolicy<Space>::member_type;
  using Field = GepsTile<T, Space>;
  GepsLayout layout;
  View2<T, Space> rows;
  OdeBatch<T, Space> batch;
  OdeSolution<T, Space> solution;
  View3<T, Space> cotangent;
  View2<T, Space> context_bar;
  View2<T, Space> parts;  ///< (block, parameter): the gradients, before they are added
  TileMemory memory;

  void count(TileArena &arena) const
  {
    Field field(arena, layout, nullptr, true);
    solvers::TileAdjoint<Field> counted(arena, field, batch, solution, cotangent, context_bar);
  }
  KOKKOS_FUNCTION void operator()(Team const &team) const
  {
    TileArena arena = memory.arena(team);
    int const b = team.league_rank();
    Block const block = batch.blocks(b);
    Field field(arena, layout, &rows(block.expert, 0), true, &parts(b, 0));
    field.prepare(team);
    solvers::TileAdjoint<Field>(arena, field, batch, solution, cotangent, context_bar)
        .run(team, block);
  }
};

}  // namespace

template <class T, class Space>
void integrate_on(Space const &space, GepsLayout const &layout, View2<T> const &rows,
                  OdeBatch<T> const &batch, StepControl const &control,
                  OdeSolution<T> const &solution, TileOptions const &options)
{
  OdeBatch<T, Space> const there = batch_in(space, batch, options.queue);
  OdeSolution<T, Space> result;
  for_each_field(result, solution, [&](auto &to, auto const &from) { to = room_in(space, from); });
  IntegrateTiles<T, Space> kernel{layout, copied_to(space, rows), there, control, result, {}};
  for_each_tile(space, "tessera::ode::integrate_tiles", there.blocks.extent_int(0), options,
                kernel);
  for_each_field(result, solution,
                 [&](auto &from, auto const &to) { Kokkos::deep_copy(space, to, from); });
  space.fence("tessera::ode::integrate_tiles");
}

template <class T, class Space>
void pull_back_on(Space const &space, GepsLayout const &layout, View2<T> const &rows,
                  OdeBatch<T> const &batch, OdeSolution<T> const &solution,
                  View3<T> const &cotangent, View2<T> const &gradient, View2<T> const &context_bar,
                  TileOptions const &options)
{
  OdeBatch<T, Space> const there = batch_in(space, batch, options.queue);
  OdeSolution<T, Space> recorded;
  for_each_field(recorded, solution,
                 [&](auto &to, auto const &from) { to = copied_to(space, from); });
  View2<T, Space> const context_result = room_in(space, context_bar),
                        gradient_result = room_in(space, gradient);
  View2<T, Space> const parts("tessera::fields::tile_gradients", there.blocks.extent(0),
                              gradient.extent(1));
  Kokkos::deep_copy(space, context_result, T(0));
  PullBackTiles<T, Space> kernel{layout,
                                 copied_to(space, rows),
                                 there,
                                 recorded,
                                 copied_to(space, cotangent),
                                 context_result,
                                 parts,
                                 {}};
  for_each_tile(space, "tessera::ode::pull_back_tiles", there.blocks.extent_int(0), options,
                kernel);
  View1<Block> const blocks = Kokkos::create_mirror_view_and_copy(HostSpace(), there.blocks);
  add_block_gradients<T>(space, blocks, parts, gradient_result);
  Kokkos::deep_copy(space, gradient, gradient_result);
  Kokkos::deep_copy(space, context_bar, context_result);
  space.fence("tessera::ode::pull_back_tiles");
}

#define TESSERA_TILES(T, SPACE)                                                              \
  template void integrate_on<T, SPACE>(SPACE const &, GepsLayout const &, View2<T> const &,  \
                                       OdeBatch<T> const &, StepControl const &,             \
                                       OdeSolution<T> const &, TileOptions const &);         \
  template void pull_back_on<T, SPACE>(SPACE const &, GepsLayout const &, View2<T> const &,  \
                                       OdeBatch<T> const &, OdeSolution<T> const &,          \
                                       View3<T> const &, View2<T> const &, View2<T> const &, \
                                       TileOptions const &);
TESSERA_TILES(float, HostSpace)
TESSERA_TILES(double, HostSpace)
#ifdef KOKKOS_ENABLE_CUDA
TESSERA_TILES(float, Kokkos::Cuda)
TESSERA_TILES(double, Kokkos::Cuda)
#endif

}  // namespace tessera::fields
