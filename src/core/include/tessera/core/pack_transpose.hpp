#pragma once

#include <utility>

#include <tessera/core/pack_bits.hpp>

/// A square of numbers turned inside the registers.
namespace tessera {

namespace pack_detail {

#if defined(TESSERA_PACK_AVX512)

// Rows a, b, c, d of four 128-bit blocks each become columns: to[0], to[step], … .
template <class Register, class Shuffle>
KOKKOS_FORCEINLINE_FUNCTION void transpose_blocks(Register a, Register b, Register c, Register d,
                                                  Register *to, int step, Shuffle shuffle)
{
  Register const even_ab = shuffle.even(a, b), odd_ab = shuffle.odd(a, b);
  Register const even_cd = shuffle.even(c, d), odd_cd = shuffle.odd(c, d);
  to[0] = shuffle.even(even_ab, even_cd);
  to[step] = shuffle.even(odd_ab, odd_cd);
  to[2 * step] = shuffle.odd(even_ab, even_cd);
  to[3 * step] = shuffle.odd(odd_ab, odd_cd);
}

struct ShuffleFloat {
  static KOKKOS_FORCEINLINE_FUNCTION __m512 even(__m512 a, __m512 b)
  {
    return _mm512_shuffle_f32x4(a, b, 0x88);
  }
  static KOKKOS_FORCEINLINE_FUNCTION __m512 odd(__m512 a, __m512 b)
  {
    return _mm512_shuffle_f32x4(a, b, 0xdd);
  }
};
struct ShuffleDouble {
  static KOKKOS_FORCEINLINE_FUNCTION __m512d even(__m512d a, __m512d b)
  {
    return _mm512_shuffle_f64x2(a, b, 0x88);
  }
  static KOKKOS_FORCEINLINE_FUNCTION __m512d odd(__m512d a, __m512d b)
  {
    return _mm512_shuffle_f64x2(a, b, 0xdd);
  }
};

// Four rows at a time to blocks of one column each, then the blocks of all rows.
KOKKOS_FORCEINLINE_FUNCTION void transpose_registers(__m512 (&row)[16])
{
  __m512 block[16];
  for (int i = 0; i < 16; i += 4) {
    auto const lo01 = _mm512_castps_pd(_mm512_unpacklo_ps(row[i], row[i + 1]));
    auto const hi01 = _mm512_castps_pd(_mm512_unpackhi_ps(row[i], row[i + 1]));
    auto const lo23 = _mm512_castps_pd(_mm512_unpacklo_ps(row[i + 2], row[i + 3]));
    auto const hi23 = _mm512_castps_pd(_mm512_unpackhi_ps(row[i + 2], row[i + 3]));
    block[i] = _mm512_castpd_ps(_mm512_unpacklo_pd(lo01, lo23));
    block[i + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(lo01, lo23));
    block[i + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(hi01, hi23));
    block[i + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(hi01, hi23));
  }
  for (int c = 0; c < 4; ++c) {
    transpose_blocks(block[c], block[4 + c], block[8 + c], block[12 + c], row + c, 4,
                     ShuffleFloat());
  }
}

KOKKOS_FORCEINLINE_FUNCTION void transpose_registers(__m512d (&row)[8])
{
  __m512d block[8];
  for (int i = 0; i < 8; i += 2) {
    block[i] = _mm512_unpacklo_pd(row[i], row[i + 1]);
    block[i + 1] = _mm512_unpackhi_pd(row[i], row[i + 1]);
  }
  for (int c = 0; c < 2; ++c) {
    transpose_blocks(block[c], block[2 + c], block[4 + c], block[6 + c], row + c, 2,
                     ShuffleDouble());
  }
}

#elif !defined(TESSERA_PACK_SCALAR)

/// The lanes of a and b, one register behind the other, at the places index(0), index(1), … .
template <class Register, class Index, int... lane>
KOKKOS_FORCEINLINE_FUNCTION Register pick(Register a, Register b, Index const &,
                                          std::integer_sequence<int, lane...>)
{
  return __builtin_shufflevector(a, b, Index::at(lane)...);
}

// The first (Half = 0) or second halves of two registers, one behind the other.
template <int W, int Half>
struct Halves {
  static constexpr int at(int lane) { return Half * W / 2 + lane + (lane < W / 2 ? 0 : W / 2); }
};

// The first or second half of every B lanes of two registers, their lanes in turn.
template <int W, int B, int Half>
struct InTurn {
  static constexpr int at(int lane)
  {
    int const k = lane % B;
    return lane - k + Half * B / 2 + k / 2 + k % 2 * W;
  }
};

// Squares of 128 bits change places across the middle; then B rows at a time are shuffled like
// cards, until every lane is where it belongs.
template <class Register, int W>
KOKKOS_FORCEINLINE_FUNCTION void transpose_registers(Register (&row)[W])
{
  constexpr int B = W * 16 / int(sizeof(Register));
  using Lanes = std::make_integer_sequence<int, W>;
  static_assert(W == B || W == 2 * B);
  for (int i = 0; i < W / 2 && W > B; ++i) {
    Register const a = row[i], b = row[i + W / 2];
    row[i] = pick(a, b, Halves<W, 0>(), Lanes());
    row[i + W / 2] = pick(a, b, Halves<W, 1>(), Lanes());
  }
  for (int first = 0; first < W; first += B) {
    for (int done = 1; done < B; done *= 2) {
      Register kept[B];
      for (int i = 0; i < B; ++i) kept[i] = row[first + i];
      for (int i = 0; i < B / 2; ++i) {
        row[first + 2 * i] = pick(kept[i], kept[i + B / 2], InTurn<W, B, 0>(), Lanes());
        row[first + 2 * i + 1] = pick(kept[i], kept[i + B / 2], InTurn<W, B, 1>(), Lanes());
      }
    }
  }
}

#endif

}  // namespace pack_detail

/// Lane j of row i and lane i of row j change places.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION void transpose([[maybe_unused]] Pack<T> (&row)[Pack<T>::width])
{
#if !defined(TESSERA_PACK_SCALAR)
  constexpr int W = Pack<T>::width;
  decltype(pack_detail::register_of(row[0])) registers[W];
  for (int i = 0; i < W; ++i) registers[i] = pack_detail::register_of(row[i]);
  pack_detail::transpose_registers(registers);
  for (int i = 0; i < W; ++i) row[i] = pack_detail::pack_of(registers[i]);
#endif
}

}  // namespace tessera
