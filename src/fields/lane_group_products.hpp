#pragma once

#include <tessera/core/pack_bits.hpp>

#include "register_tiles.hpp"

/// Dense products where a pack holds neurons and every lane may have a matrix of its own. Lanes
/// are taken up to four at a time; those of one environment share each load of its weights.
namespace tessera::fields {

/// Up to four lanes; `shared`: all of one slot.
struct LaneGroup {
  static constexpr int most = 4;
  int lane[most], slot[most];
  int count = 0;
  bool shared = false;
};

/// What a product reads and writes for each lane of a group; a shared group's matrix stands in
/// place 0.
template <class T>
struct LanePointers {
  T const *matrix[LaneGroup::most], *start[LaneGroup::most], *x[LaneGroup::most];
  T *y[LaneGroup::most];
};

/// M packs of y = start + sum_k x[k] matrix[k], U lanes at once, in the order of k.
template <int U, int M, bool Shared, class T>
KOKKOS_FORCEINLINE_FUNCTION void group_tile(LanePointers<T> const &p, int at, int ld, int inputs)
{
  constexpr int W = Pack<T>::width;
  Pack<T> sum[U][M];
  for (int u = 0; u < U; ++u) {
    for (int m = 0; m < M; ++m) sum[u][m] = Pack<T>::load(p.start[u] + at + m * W);
  }
  for (int k = 0; k < inputs; ++k) {
    Pack<T> weight[M];
    for (int u = 0; u < U; ++u) {
      if (u == 0 || !Shared) {
        T const *const row = p.matrix[u] + k * ld + at;
        for (int m = 0; m < M; ++m) weight[m] = Pack<T>::load(row + m * W);
        if constexpr (U > 1 && Shared) {
          for (Pack<T> &w : weight) pack_detail::keep_in_register(w);
        }
      }
      Pack<T> const x(p.x[u][k]);
      for (int m = 0; m < M; ++m) sum[u][m] = fma(weight[m], x, sum[u][m]);
    }
  }
  for (int u = 0; u < U; ++u) {
    for (int m = 0; m < M; ++m) sum[u][m].store(p.y[u] + at + m * W);
  }
}

/// Packs of columns of a tile of U lanes.
template <int U>
inline constexpr int group_packs = !few_registers ? 4
                                   : U == 1       ? 8
                                   : U == 2       ? 4
                                                  : 3;

template <int U, bool Shared, class T>
KOKKOS_FUNCTION inline void group_columns(LanePointers<T> const &p, int ld, int inputs)
{
  constexpr int W = Pack<T>::width;
  for_each_tile<group_packs<U>>(0, ld / W, [&](auto packs, int first) {
    group_tile<U, packs(), Shared>(p, first * W, ld, inputs);
  });
}

/// y = start + x matrix for the lanes of a group; matrices are (inputs, ld), ld a multiple of the
/// pack width, and everything is aligned.
template <class T>
KOKKOS_FUNCTION inline void group_product(LaneGroup const &group, LanePointers<T> const &p, int ld,
                                          int inputs)
{
  if (group.count == 1) return group_columns<1, true>(p, ld, inputs);
  if (group.shared && group.count == 4) return group_columns<4, true>(p, ld, inputs);
  if (group.shared && group.count == 3) return group_columns<3, true>(p, ld, inputs);
  if (group.shared) return group_columns<2, true>(p, ld, inputs);
  if (group.count == 4) return group_columns<4, false>(p, ld, inputs);
  if (group.count == 3) return group_columns<3, false>(p, ld, inputs);
  group_columns<2, false>(p, ld, inputs);
}

/// K rows and M packs of bar[k] += sum over lanes of x[lane][k] y[lane].
template <int K, int M, class T>
KOKKOS_FORCEINLINE_FUNCTION void group_outer_tile(int count, T const *const *x, T const *const *y,
                                                  int k, int at, T *bar, int ld)
{
  constexpr int W = Pack<T>::width;
  Pack<T> sum[K][M];
  for (int i = 0; i < K; ++i) {
    for (int m = 0; m < M; ++m) sum[i][m] = Pack<T>::load(bar + (k + i) * ld + at + m * W);
  }
  for (int u = 0; u < count; ++u) {
    Pack<T> column[M];
    for (int m = 0; m < M; ++m) column[m] = Pack<T>::load(y[u] + at + m * W);
    for (int i = 0; i < K; ++i) {
      Pack<T> const row(x[u][k + i]);
      for (int m = 0; m < M; ++m) sum[i][m] = fma(row, column[m], sum[i][m]);
    }
  }
  for (int i = 0; i < K; ++i) {
    for (int m = 0; m < M; ++m) sum[i][m].store(bar + (k + i) * ld + at + m * W);
  }
}

template <int M, class T>
KOKKOS_FUNCTION inline void group_outer_rows(int count, T const *const *x, T const *const *y,
                                             int rows, int at, T *bar, int ld)
{
  for_each_tile<4>(0, rows, [&](auto height, int k) {
    group_outer_tile<height(), M>(count, x, y, k, at, bar, ld);
  });
}

/// bar (rows, ld) += sum over `count` lanes, in their order, of the outer product of x and y.
template <class T>
KOKKOS_FUNCTION inline void group_outer(int count, T const *const *x, T const *const *y, int rows,
                                        T *bar, int ld)
{
  constexpr int W = Pack<T>::width;
  for_each_tile<few_registers ? 2 : 4>(0, ld / W, [&](auto packs, int first) {
    group_outer_rows<packs()>(count, x, y, rows, first * W, bar, ld);
  });
}

}  // namespace tessera::fields
