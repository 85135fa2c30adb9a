#pragma once

#include <utility>

#include <tessera/core/pack.hpp>

/// How many sums of a product stand in registers at once. A tile of U rows and V packs takes U V
/// sums, V packs of the one factor and one number of the other, so that it fits 16 registers
/// (AVX2, SSE4.2) or 32 (AVX-512, NEON); four cycles of two multiply-adds want eight sums at least.
namespace tessera::fields {

inline constexpr bool few_registers = TESSERA_PACK_REGISTERS < 32;

/// Rows of a tile that is V packs wide. Measured (benchmarks/README.md): a taller tile loads less
/// for each multiply-add, until sums have to leave their registers.
template <int V>
inline constexpr int tile_rows = few_registers ? (V == 1   ? 12
                                                  : V == 2 ? 6
                                                  : V == 3 ? 4
                                                           : 2)
                                               : (V == 1   ? 16
                                                  : V == 2 ? 8
                                                           : 4);

/// Calls tile(constant height, first row) over all rows: tiles of U rows, then of the powers of two
/// below U.
template <int U, class Tile>
KOKKOS_FORCEINLINE_FUNCTION void for_each_tile(int n, int rows, Tile const &tile)
{
  for (; n + U <= rows; n += U) tile(std::integral_constant<int, U>(), n);
  constexpr int next = U > 8 ? 8 : U > 4 ? 4 : U > 2 ? 2 : 1;
  if constexpr (U > 1) for_each_tile<next>(n, rows, tile);
}

}  // namespace tessera::fields
