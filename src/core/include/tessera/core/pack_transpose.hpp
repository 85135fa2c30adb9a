#pragma once

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

#endif

}  // namespace pack_detail

/// Lane j of row i and lane i of row j change places.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION void transpose(Pack<T> (&row)[Pack<T>::width])
{
  constexpr int W = Pack<T>::width;
#if defined(TESSERA_PACK_AVX512)
  using Simd = typename Pack<T>::Simd;
  decltype(pack_detail::bits_of(row[0])) bits[W];
  for (int i = 0; i < W; ++i) bits[i] = pack_detail::bits_of(row[i]);
  pack_detail::transpose_registers(bits);
  for (int i = 0; i < W; ++i) row[i] = Pack<T>(Simd(bits[i]));
#else
  for (int i = 0; i < W; ++i) {
    for (int j = 0; j < i; ++j) {
      T const kept = row[i].lane(j);
      row[i].set_lane(j, row[j].lane(i));
      row[j].set_lane(i, kept);
    }
  }
#endif
}

}  // namespace tessera
