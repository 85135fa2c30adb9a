#pragma once

#include <tessera/core/pack_transpose.hpp>
#include <tessera/solvers/ode/lane_arena.hpp>

#include "register_tiles.hpp"

/// Dense products on rows of packs: a lane is a sample, weights are broadcast from cache.
namespace tessera::fields {

using solvers::Rows;

/// Rows of zeros that take no memory: a product that starts from nothing.
template <class T>
struct ZeroRows {
  KOKKOS_FORCEINLINE_FUNCTION Pack<T> operator()(int, int) const { return Pack<T>(T(0)); }
  KOKKOS_FORCEINLINE_FUNCTION ZeroRows from(int) const { return {}; }
};

/// U output rows from row `n` on: U * NV sums stay in registers while the inputs stream past, and
/// finish(row, v, sum) takes each while it is still there.
template <int U, int NV, class T, class Start, class Finish>
KOKKOS_FORCEINLINE_FUNCTION void product_rows(int n, T const *matrix, int ld, int inputs,
                                              Rows<T, NV> x, Start const &start,
                                              Finish const &finish)
{
  Pack<T> sum[U][NV];
  for (int u = 0; u < U; ++u) {
    for (int v = 0; v < NV; ++v) sum[u][v] = start(n + u, v);
  }
  for (int k = 0; k < inputs; ++k) {
    for (int u = 0; u < U; ++u) {
      Pack<T> const weight(matrix[k * ld + u]);
      for (int v = 0; v < NV; ++v) sum[u][v] = fma(weight, x(k, v), sum[u][v]);
    }
  }
  for (int u = 0; u < U; ++u) {
    for (int v = 0; v < NV; ++v) finish(n + u, v, sum[u][v]);
  }
}

/// y(n) = start(n) + sum_k matrix[k][n] x(k) for n < outputs, in the order of k; the matrix is
/// row-major (inputs, ld). `start` may be `y`.
template <int NV, class T, class Start>
KOKKOS_FUNCTION inline void product(T const *matrix, int ld, int inputs, int outputs, Rows<T, NV> x,
                                    Start start, Rows<T, NV> y)
{
  auto store = [=](int n, int v, Pack<T> sum) { y(n, v) = sum; };
  for_each_tile<tile_rows<NV>>(0, outputs, [&](auto width, int n) {
    product_rows<width(), NV>(n, matrix + n, ld, inputs, x, start, store);
  });
}

/// Writes a matrix, given as element(input, output), in the order in which tiled_product reads it:
/// tile after tile, so that the weights stream through the cache line by line.
template <int NV, class T, class Element>
KOKKOS_FUNCTION inline void write_tiles(T *tiles, int inputs, int outputs, Element const &element)
{
  for_each_tile<tile_rows<NV>>(0, outputs, [&](auto width, int n) {
    for (int k = 0; k < inputs; ++k) {
      for (int u = 0; u < width(); ++u) *tiles++ = element(k, n + u);
    }
  });
}

/// finish(n, v, start(n, v) + sum_k matrix[k][n] x(k, v)) for n < outputs, summed in the order of
/// k. The matrix stands in tiles (write_tiles); `finish` must not write what `x` reads.
template <int NV, class T, class Start, class Finish>
KOKKOS_FORCEINLINE_FUNCTION void tiled_product(T const *tiles, int inputs, int outputs,
                                               Rows<T, NV> x, Start const &start,
                                               Finish const &finish)
{
  for_each_tile<tile_rows<NV>>(0, outputs, [&](auto width, int n) {
    product_rows<width(), NV>(n, tiles + n * inputs, width(), inputs, x, start, finish);
  });
}

/// Lanes become rows: out[lane * ld + k] = x(k, lane), the rest of each row zero. `ld` is a
/// multiple of the pack width.
template <int NV, class T>
KOKKOS_FUNCTION inline void lanes_to_rows(Rows<T, NV> x, int rows, T *out, int ld)
{
  constexpr int W = Pack<T>::width;
  for (int k = 0; k < ld; k += W) {
    for (int v = 0; v < NV; ++v) {
      Pack<T> square[W];
      for (int i = 0; i < W; ++i) square[i] = k + i < rows ? x(k + i, v) : Pack<T>(T(0));
      transpose(square);
      for (int i = 0; i < W; ++i) square[i].store(out + (v * W + i) * ld + k);
    }
  }
}

/// A tile of U rows and M packs of columns of sum_lane d(row, lane) x[lane][column].
template <int U, int M, int NV, class T>
KOKKOS_FORCEINLINE_FUNCTION void outer_tile(T const *d, T const *x, int ld, T *gradient, int ldg)
{
  constexpr int lanes = Rows<T, NV>::lanes, W = Pack<T>::width;
  Pack<T> sum[U][M];
  for (int u = 0; u < U; ++u) {
    for (int m = 0; m < M; ++m) sum[u][m] = Pack<T>::load(gradient + u * ldg + m * W);
  }
  for (int l = 0; l < lanes; ++l) {
    Pack<T> column[M];
    for (int m = 0; m < M; ++m) column[m] = Pack<T>::load(x + l * ld + m * W);
    for (int u = 0; u < U; ++u) {
      Pack<T> const row(d[u * lanes + l]);
      for (int m = 0; m < M; ++m) sum[u][m] = fma(row, column[m], sum[u][m]);
    }
  }
  for (int u = 0; u < U; ++u) {
    for (int m = 0; m < M; ++m) sum[u][m].store(gradient + u * ldg + m * W);
  }
}

template <int M, int NV, class T>
KOKKOS_FUNCTION inline void outer_columns(Rows<T, NV> d, int rows, T const *x, int ld, T *gradient,
                                          int ldg)
{
  T const *from = reinterpret_cast<T const *>(d.data);
  constexpr int lanes = Rows<T, NV>::lanes;
  for_each_tile<tile_rows<M>>(0, rows, [&](auto height, int n) {
    outer_tile<height(), M, NV>(from + n * lanes, x, ld, gradient + n * ldg, ldg);
  });
}

/// gradient[row][column] += sum over lanes, in lane order, of d(row, lane) x[lane][column], for
/// all ld columns (ld and ldg are multiples of the pack width). The lanes are summed inside the
/// registers, so one gradient serves them all.
template <int NV, class T>
KOKKOS_FUNCTION inline void add_outer(Rows<T, NV> d, int rows, T const *x, int ld, T *gradient,
                                      int ldg, int columns)
{
  constexpr int W = Pack<T>::width;
  int const packs = (columns + W - 1) / W;
  int m = 0;
  for (; m + 2 <= packs; m += 2) {
    outer_columns<2, NV>(d, rows, x + m * W, ld, gradient + m * W, ldg);
  }
  if (m < packs) outer_columns<1, NV>(d, rows, x + m * W, ld, gradient + m * W, ldg);
}

/// U rows of add_lane_products: d stays in registers while the columns stream past.
template <int U, int NV, class T>
KOKKOS_FORCEINLINE_FUNCTION void lane_product_rows(Rows<T, NV> d, Rows<T, NV> x, int columns,
                                                   Pack<T> *sums)
{
  Pack<T> row[U][NV];
  for (int u = 0; u < U; ++u) {
    for (int v = 0; v < NV; ++v) row[u][v] = d(u, v);
  }
  for (int k = 0; k < columns; ++k) {
    Pack<T> column[NV];
    for (int v = 0; v < NV; ++v) column[v] = x(k, v);
    for (int u = 0; u < U; ++u) {
      Pack<T> sum = sums[u * columns + k];
      for (int v = 0; v < NV; ++v) sum = fma(row[u][v], column[v], sum);
      sums[u * columns + k] = sum;
    }
  }
}

/// sums[row * columns + column] += d(row) x(column), the lanes kept apart (packs of one row folded
/// together): for products of so few rows that add_outer's packs of columns would be empty.
template <int NV, class T>
KOKKOS_FUNCTION inline void add_lane_products(Rows<T, NV> d, int rows, Rows<T, NV> x, int columns,
                                              Pack<T> *sums)
{
  for_each_tile<4>(0, rows, [&](auto height, int n) {
    lane_product_rows<height(), NV>(d.from(n), x, columns, sums + n * columns);
  });
}

/// out[i] = sum over the lanes of sums[i], in lane order.
template <class T>
KOKKOS_FUNCTION inline void sum_lanes(Pack<T> const *sums, int count, T *out)
{
  constexpr int W = Pack<T>::width;
  for (int i = 0; i < count; i += W) {
    int const here = Kokkos::min(W, count - i);
    Pack<T> square[W];
    for (int k = 0; k < W; ++k) square[k] = k < here ? sums[i + k] : Pack<T>(T(0));
    transpose(square);
    for (int k = 1; k < W; ++k) square[0] += square[k];
    for (int k = 0; k < here; ++k) out[i + k] = square[0].lane(k);
  }
}

}  // namespace tessera::fields
