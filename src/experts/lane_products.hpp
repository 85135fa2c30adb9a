#pragma once

#include <tessera/core/pack.hpp>
#include <tessera/solvers/ode/lane_arena.hpp>

/// Dense products on rows of packs: a lane is a sample, weights are broadcast from cache.
namespace tessera::experts {

using solvers::Rows;

/// U output rows at once: U * NV sums stay in registers while the inputs stream past.
template <int U, int NV, class T>
KOKKOS_FORCEINLINE_FUNCTION void product_rows(T const *matrix, int ld, int inputs, Rows<T, NV> x,
                                              Rows<T, NV> start, Rows<T, NV> y)
{
  Pack<T> sum[U][NV];
  for (int u = 0; u < U; ++u) {
    for (int v = 0; v < NV; ++v) sum[u][v] = start(u, v);
  }
  for (int k = 0; k < inputs; ++k) {
    for (int u = 0; u < U; ++u) {
      Pack<T> const weight(matrix[k * ld + u]);
      for (int v = 0; v < NV; ++v) sum[u][v] = fma(weight, x(k, v), sum[u][v]);
    }
  }
  for (int u = 0; u < U; ++u) {
    for (int v = 0; v < NV; ++v) y(u, v) = sum[u][v];
  }
}

/// y(n) = start(n) + sum_k matrix[k][n] x(k) for n < outputs, in the order of k; the matrix is
/// row-major (inputs, ld). `start` may be `y`.
template <int NV, class T>
KOKKOS_FUNCTION inline void product(T const *matrix, int ld, int inputs, int outputs, Rows<T, NV> x,
                                    Rows<T, NV> start, Rows<T, NV> y)
{
  int n = 0;
  for (; n + 8 <= outputs; n += 8) {
    product_rows<8, NV>(matrix + n, ld, inputs, x, start.from(n), y.from(n));
  }
  for (; n + 4 <= outputs; n += 4) {
    product_rows<4, NV>(matrix + n, ld, inputs, x, start.from(n), y.from(n));
  }
  for (; n + 2 <= outputs; n += 2) {
    product_rows<2, NV>(matrix + n, ld, inputs, x, start.from(n), y.from(n));
  }
  if (n < outputs) product_rows<1, NV>(matrix + n, ld, inputs, x, start.from(n), y.from(n));
}

/// Lanes become rows: out[lane * ld + k] = x(k, lane), the rest of each row zero. `ld` is a
/// multiple of the pack width.
template <int NV, class T>
KOKKOS_FUNCTION inline void lanes_to_rows(Rows<T, NV> x, int rows, T *out, int ld)
{
  constexpr int lanes = Rows<T, NV>::lanes;
  T const *in = reinterpret_cast<T const *>(x.data);
  for (int l = 0; l < lanes; ++l) {
    for (int k = 0; k < rows; ++k) out[l * ld + k] = in[k * lanes + l];
    for (int k = rows; k < ld; ++k) out[l * ld + k] = T(0);
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
  int n = 0;
  for (; n + 4 <= rows; n += 4) {
    outer_tile<4, M, NV>(from + n * lanes, x, ld, gradient + n * ldg, ldg);
  }
  for (; n < rows; ++n) {
    outer_tile<1, M, NV>(from + n * lanes, x, ld, gradient + n * ldg, ldg);
  }
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
  while (m < packs) {
    int const left = packs - m;
    T const *from = x + m * W;
    T *to = gradient + m * W;
    if (left == 5) {
      outer_columns<5, NV>(d, rows, from, ld, to, ldg);
      m += 5;
    } else if (left >= 4) {
      outer_columns<4, NV>(d, rows, from, ld, to, ldg);
      m += 4;
    } else {
      outer_columns<1, NV>(d, rows, from, ld, to, ldg);
      m += 1;
    }
  }
}

}  // namespace tessera::experts
