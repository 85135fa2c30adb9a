#pragma once

#include <tessera/core/number_math.hpp>
#include <tessera/solvers/ode/tile.hpp>

/// Dense products on tiles: a thread holds a few rows of one lane, so that neighbouring threads
/// read one weight together and neighbouring numbers of the input.
namespace tessera::fields {

using solvers::each;
using solvers::tile_lanes;
using solvers::TileRows;

constexpr int rows_per_thread = 8;

/// Rows of matrices that product reads are padded to this.
KOKKOS_FORCEINLINE_FUNCTION int padded_rows(int n)
{
  return (n + rows_per_thread - 1) / rows_per_thread * rows_per_thread;
}

/// write(n, lane, start(n, lane) + sum_k matrix[k][n] x(k, lane)) for n < outputs, in the order of
/// k; the matrix is row-major (inputs, padded_rows(outputs)).
template <class Team, class T, class Start, class Write>
KOKKOS_FORCEINLINE_FUNCTION void product(Team const &team, T const *matrix, int inputs, int outputs,
                                         TileRows<T> x, Start const &start, Write const &write)
{
  int const ld = padded_rows(outputs);
  each(team, ld / rows_per_thread * tile_lanes, [&](int e) {
    int const first = e / tile_lanes * rows_per_thread, l = e % tile_lanes;
    T sum[rows_per_thread];
    for (int u = 0; u < rows_per_thread; ++u) {
      sum[u] = first + u < outputs ? start(first + u, l) : T(0);
    }
    for (int k = 0; k < inputs; ++k) {
      T const in = x(k, l);
      for (int u = 0; u < rows_per_thread; ++u) {
        sum[u] = fma(matrix[k * ld + first + u], in, sum[u]);
      }
    }
    for (int u = 0; u < rows_per_thread; ++u) {
      if (first + u < outputs) write(first + u, l, sum[u]);
    }
  });
}

/// at(row, column) += sum over lanes, in lane order, of d(row, lane) x(column, lane). One thread
/// owns a number of the gradient: no two ever add to the same, and the order is fixed.
template <class Team, class T, class At>
KOKKOS_FORCEINLINE_FUNCTION void add_outer(Team const &team, TileRows<T> d, int rows, TileRows<T> x,
                                           int columns, At const &at)
{
  constexpr int side = 4;
  int const down = (rows + side - 1) / side, across = (columns + side - 1) / side;
  each(team, down * across, [&](int e) {
    int const row = e / across * side, column = e % across * side;
    T sum[side][side];
    for (int u = 0; u < side; ++u) {
      for (int v = 0; v < side; ++v) {
        sum[u][v] = row + u < rows && column + v < columns ? *at(row + u, column + v) : T(0);
      }
    }
    for (int l = 0; l < tile_lanes; ++l) {
      T left[side], right[side];
      for (int u = 0; u < side; ++u) left[u] = d(Kokkos::min(row + u, rows - 1), l);
      for (int v = 0; v < side; ++v) right[v] = x(Kokkos::min(column + v, columns - 1), l);
      for (int u = 0; u < side; ++u) {
        for (int v = 0; v < side; ++v) sum[u][v] = fma(left[u], right[v], sum[u][v]);
      }
    }
    for (int u = 0; u < side; ++u) {
      for (int v = 0; v < side; ++v) {
        if (row + u < rows && column + v < columns) *at(row + u, column + v) = sum[u][v];
      }
    }
  });
}

}  // namespace tessera::fields
