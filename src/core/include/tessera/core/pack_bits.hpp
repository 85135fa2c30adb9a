#pragma once

#include <cmath>

#include <tessera/core/pack.hpp>

#if defined(TESSERA_PACK_AVX512) || defined(TESSERA_PACK_AVX2)
#include <immintrin.h>
#endif

/// The few operations on the bits of a number that Kokkos's simd lacks, per instruction set.
namespace tessera::pack_detail {

#if defined(TESSERA_PACK_AVX512)
KOKKOS_FORCEINLINE_FUNCTION __m512 bits_of(Pack<float> const &x)
{
  return static_cast<__m512>(x.simd());
}
KOKKOS_FORCEINLINE_FUNCTION __m512d bits_of(Pack<double> const &x)
{
  return static_cast<__m512d>(x.simd());
}
#endif

/// Says that a number is used often and should stay in its register: a compiler that saw where it
/// was loaded from would rather load it again for every use, and loads are what runs out first.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION void keep_in_register([[maybe_unused]] Pack<T> &a)
{
#if defined(TESSERA_PACK_AVX512)
  auto bits = bits_of(a);
  asm("" : "+v"(bits));
  a = Pack<T>(typename Pack<T>::Simd(bits));
#endif
}

/// x 2^n for a whole-number n; overflow gives infinity, underflow a subnormal or zero.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> scale_by_power(Pack<T> const &x, Pack<T> const &n)
{
#if defined(TESSERA_PACK_AVX512)
  using Simd = typename Pack<T>::Simd;
  if constexpr (sizeof(T) == 4) {
    return Pack<T>(
        Simd(_mm512_scalef_ps(static_cast<__m512>(x.simd()), static_cast<__m512>(n.simd()))));
  } else {
    return Pack<T>(
        Simd(_mm512_scalef_pd(static_cast<__m512d>(x.simd()), static_cast<__m512d>(n.simd()))));
  }
#else
  Pack<T> scaled;
  for (int i = 0; i < Pack<T>::width; ++i) {
    // Beyond +-3000 nothing changes, and an int holds no more than 2^31.
    T const bounded = std::fmin(std::fmax(n.lane(i), T(-3000)), T(3000));
    scaled.set_lane(i, std::ldexp(x.lane(i), static_cast<int>(bounded)));
  }
  return scaled;
#endif
}

/// x = m 2^e with m in [1, 2). Only for positive finite x.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION void split_exponent(Pack<T> const &x, Pack<T> &m, Pack<T> &e)
{
#if defined(TESSERA_PACK_AVX512)
  using Simd = typename Pack<T>::Simd;
  if constexpr (sizeof(T) == 4) {
    __m512 v = static_cast<__m512>(x.simd());
    e = Pack<T>(Simd(_mm512_getexp_ps(v)));
    m = Pack<T>(Simd(_mm512_getmant_ps(v, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_src)));
  } else {
    __m512d v = static_cast<__m512d>(x.simd());
    e = Pack<T>(Simd(_mm512_getexp_pd(v)));
    m = Pack<T>(Simd(_mm512_getmant_pd(v, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_src)));
  }
#else
  for (int i = 0; i < Pack<T>::width; ++i) {
    int exponent = 0;
    T half = std::frexp(x.lane(i), &exponent);
    m.set_lane(i, 2 * half);
    e.set_lane(i, static_cast<T>(exponent - 1));
  }
#endif
}

/// 1 / x for normal x whose reciprocal is normal, without the divider where that is slow:
/// a 14-bit estimate and Newton steps.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> reciprocal(Pack<T> const &x)
{
#if defined(TESSERA_PACK_AVX512)
  using Simd = typename Pack<T>::Simd;
  Pack<T> y;
  if constexpr (sizeof(T) == 4) {
    y = Pack<T>(Simd(_mm512_rcp14_ps(static_cast<__m512>(x.simd()))));
  } else {
    y = Pack<T>(Simd(_mm512_rcp14_pd(static_cast<__m512d>(x.simd()))));
    y = fma(y, fma(-x, y, Pack<T>(T(1))), y);
  }
  return fma(y, fma(-x, y, Pack<T>(T(1))), y);
#else
  return Pack<T>(T(1)) / x;
#endif
}

}  // namespace tessera::pack_detail
