#pragma once

#include <tessera/solvers/ode/lane_arena.hpp>
#include <tessera/solvers/ode/ode_batch.hpp>

/// The device's tiling: a team of threads holds a tile of trajectories, one a lane, in memory that
/// it shares; numbers take the place of packs.
namespace tessera::solvers {

/// As many lanes as a warp has threads. Rows lie one number further apart, so that both a row of
/// lanes and a lane of rows are read from different banks.
constexpr int tile_lanes = 32, tile_stride = tile_lanes + 1;

/// One lane of a tile, as the formulas in tsit5_lanes.hpp read it.
template <class T>
struct LaneRows {
  using Number = T;
  using Value = T;
  static constexpr int packs = 1;
  T *data = nullptr;
  KOKKOS_FORCEINLINE_FUNCTION T &operator()(int row, int) const { return data[row * tile_stride]; }
  KOKKOS_FORCEINLINE_FUNCTION T &at(int row, int) const { return data[row * tile_stride]; }
};

/// A team's memory: what is asked for first lies near (shared by the team, a few tens of
/// kilobytes), what no longer fits lies far. Without memory both only count, as LaneArena does.
class TileArena {
 public:
  KOKKOS_FUNCTION TileArena(LaneArena near, std::size_t near_bytes, LaneArena far)
      : near_(near), far_(far), near_bytes_(near_bytes)
  {
  }
  template <class Value>
  KOKKOS_FUNCTION Value *take(std::size_t count)
  {
    std::size_t const bytes = (count * sizeof(Value) + 63) / 64 * 64;
    bool const fits = near_.used() + bytes <= near_bytes_;
    return fits ? near_.take<Value>(count) : far_.take<Value>(count);
  }
  KOKKOS_FUNCTION LaneArena &far() { return far_; }
  KOKKOS_FUNCTION std::size_t near_used() const { return near_.used(); }
  KOKKOS_FUNCTION std::size_t far_used() const { return far_.used(); }

 private:
  LaneArena near_, far_;
  std::size_t near_bytes_;
};

/// Rows of a tile; element (row, lane).
template <class T>
struct TileRows {
  T *data = nullptr;

  TileRows() = default;
  template <class Arena>
  KOKKOS_FUNCTION TileRows(Arena &arena, int rows)
      : data(arena.template take<T>(rows * tile_stride))
  {
  }
  KOKKOS_FORCEINLINE_FUNCTION T &operator()(int row, int lane) const
  {
    return data[row * tile_stride + lane];
  }
  KOKKOS_FORCEINLINE_FUNCTION LaneRows<T> lane(int l) const { return {data + l}; }
};

/// Lane l of the seven slopes of a step.
template <class T>
struct LaneSlopes {
  LaneRows<T> of[7];
  KOKKOS_FORCEINLINE_FUNCTION LaneSlopes(TileRows<T> const (&k)[7], int l)
  {
    for (int s = 0; s < 7; ++s) of[s] = k[s].lane(l);
  }
};

/// body(i) for i < count, dealt out to the threads of the team; no barrier after it.
template <class Team, class Body>
KOKKOS_FORCEINLINE_FUNCTION void each(Team const &team, int count, Body const &body)
{
  for (int i = team.team_rank(); i < count; i += team.team_size()) body(i);
}

/// body(row, lane) for all rows and lanes, neighbouring lanes on neighbouring threads.
template <class Team, class Body>
KOKKOS_FORCEINLINE_FUNCTION void each_element(Team const &team, int rows, Body const &body)
{
  each(team, rows * tile_lanes, [&](int e) { body(e / tile_lanes, e % tile_lanes); });
}

}  // namespace tessera::solvers
