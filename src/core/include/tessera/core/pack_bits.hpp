#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include <tessera/core/pack.hpp>

/// The few operations on the bits of a number that Kokkos's simd lacks. AVX-512 has instructions
/// for them; elsewhere integers of the same width do, through the vectors that g++ and clang know,
/// whatever the instruction set.
namespace tessera::pack_detail {

#if !defined(TESSERA_PACK_SCALAR)

#if defined(TESSERA_PACK_AVX512)
using FloatRegister = __m512;
using DoubleRegister = __m512d;
#elif defined(TESSERA_PACK_AVX2)
using FloatRegister = __m256;
using DoubleRegister = __m256d;
#elif defined(TESSERA_PACK_NEON)
using FloatRegister = float32x4_t;
using DoubleRegister = float64x2_t;
#else
using FloatRegister = __m128;
using DoubleRegister = __m128d;
#endif
KOKKOS_FORCEINLINE_FUNCTION FloatRegister register_of(Pack<float> const &x)
{
  return static_cast<FloatRegister>(x.simd());
}
KOKKOS_FORCEINLINE_FUNCTION DoubleRegister register_of(Pack<double> const &x)
{
  return static_cast<DoubleRegister>(x.simd());
}
KOKKOS_FORCEINLINE_FUNCTION Pack<float> pack_of(FloatRegister x)
{
  return Pack<float>(Simd<float>(x));
}
KOKKOS_FORCEINLINE_FUNCTION Pack<double> pack_of(DoubleRegister x)
{
  return Pack<double>(Simd<double>(x));
}

/// Its bits as whole numbers, lane by lane.
template <class T>
struct BitsOf;
template <>
struct BitsOf<float> {
  typedef std::uint32_t Type __attribute__((vector_size(sizeof(Pack<float>))));
};
template <>
struct BitsOf<double> {
  typedef std::uint64_t Type __attribute__((vector_size(sizeof(Pack<double>))));
};
template <class T>
using Bits = typename BitsOf<T>::Type;
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Bits<T> bits_of(Pack<T> const &x)
{
  return (Bits<T>)register_of(x);
}
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> from_bits(Bits<T> bits)
{
  return pack_of((decltype(register_of(Pack<T>())))bits);
}

#endif

template <class T>
inline constexpr int mantissa_bits = sizeof(T) == 4 ? 23 : 52;
template <class T>
inline constexpr int exponent_bias = sizeof(T) == 4 ? 127 : 1023;

// x + magic has no bits behind the point: two additions round |x| < 2^22 (2^51) to the nearest
// whole number. They run on the add pipes, which products leave free; rounding proper does not.
template <class T>
inline constexpr T rounding_magic = sizeof(T) == 4 ? T(12582912.0) : T(6755399441055744.0);

/// Says that a number is used often and should stay in its register: a compiler that saw where it
/// was loaded from would rather load it again for every use, and loads are what runs out first.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION void keep_in_register([[maybe_unused]] Pack<T> &a)
{
#if defined(TESSERA_PACK_NEON)
  auto kept = register_of(a);
  asm("" : "+w"(kept));
  a = pack_of(kept);
#elif !defined(TESSERA_PACK_SCALAR)
  auto kept = register_of(a);
  asm("" : "+v"(kept));
  a = pack_of(kept);
#endif
}

/// 2^n of a whole number that stands as n + rounding_magic + exponent_bias, |n| below the bias:
/// the lowest bits are then the power's exponent, and one shift puts them in their place.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> power_of_two(Pack<T> const &biased)
{
#if defined(TESSERA_PACK_SCALAR)
  T const n = biased.lane(0) - (rounding_magic<T> + exponent_bias<T>);
  return Pack<T>(std::ldexp(T(1), static_cast<int>(n)));
#else
  return from_bits<T>(bits_of(biased) << mantissa_bits<T>);
#endif
}

/// x 2^n for a whole-number n, where 2^n is a normal number. NaN stays NaN.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> scale_in_range(Pack<T> const &x, Pack<T> const &n)
{
#if defined(TESSERA_PACK_AVX512)
  if constexpr (sizeof(T) == 4) return pack_of(_mm512_scalef_ps(register_of(x), register_of(n)));
  if constexpr (sizeof(T) == 8) return pack_of(_mm512_scalef_pd(register_of(x), register_of(n)));
#else
  return x * power_of_two(n + Pack<T>(rounding_magic<T> + T(exponent_bias<T>)));
#endif
}

/// x 2^n for a whole-number n and a normal |x| between 1/2 and 2; overflow gives infinity,
/// underflow a subnormal, rounded once, or zero.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> scale_by_power(Pack<T> const &x, Pack<T> const &n)
{
#if defined(TESSERA_PACK_AVX512)
  return scale_in_range(x, n);
#else
  // Two factors, each of them a normal power; beyond twice the bias nothing changes. The first
  // product is exact.
  Pack<T> const most(T(2 * exponent_bias<T> - 2)), magic(rounding_magic<T>);
  Pack<T> const bounded = max(-most, min(most, n));
  Pack<T> const half = fma(bounded, Pack<T>(T(0.5)), magic) - magic;
  return scale_in_range(scale_in_range(x, half), bounded - half);
#endif
}

/// x = m 2^e with m in [1, 2). Only for positive finite x.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION void split_exponent(Pack<T> const &x, Pack<T> &m, Pack<T> &e)
{
#if defined(TESSERA_PACK_AVX512)
  auto const v = register_of(x);
  if constexpr (sizeof(T) == 4) {
    e = pack_of(_mm512_getexp_ps(v));
    m = pack_of(_mm512_getmant_ps(v, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_src));
  } else {
    e = pack_of(_mm512_getexp_pd(v));
    m = pack_of(_mm512_getmant_pd(v, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_src));
  }
#elif defined(TESSERA_PACK_SCALAR)
  int exponent = 0;
  m = Pack<T>(2 * std::frexp(x.lane(0), &exponent));
  e = Pack<T>(static_cast<T>(exponent - 1));
#else
  // A subnormal is first made normal. Put behind the point of 2^(mantissa bits), an exponent is a
  // number.
  constexpr int shift = mantissa_bits<T>, bias = exponent_bias<T>;
  constexpr T lift = T(std::uint64_t(1) << (shift + 1)), point = T(std::uint64_t(1) << shift);
  auto const small = x < Pack<T>(std::numeric_limits<T>::min());
  Bits<T> const bits = bits_of(select(small, x * Pack<T>(lift), x));
  Bits<T> const one = bits_of(Pack<T>(T(1))), behind = bits_of(Pack<T>(point));
  // What differs between 1 and the number below 2 are the bits of a mantissa.
  Bits<T> const mantissa = bits_of(Pack<T>(T(2) - std::numeric_limits<T>::epsilon())) ^ one;
  m = from_bits<T>((bits & mantissa) | one);
  e = from_bits<T>((bits >> shift) | behind) -
      select(small, Pack<T>(point + bias + shift + 1), Pack<T>(point + bias));
#endif
}

/// 1 / x for normal x whose reciprocal is normal, without the divider where that is slow:
/// a 14-bit estimate and Newton steps.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> reciprocal(Pack<T> const &x)
{
#if defined(TESSERA_PACK_AVX512)
  Pack<T> y;
  if constexpr (sizeof(T) == 4) {
    y = pack_of(_mm512_rcp14_ps(register_of(x)));
  } else {
    y = pack_of(_mm512_rcp14_pd(register_of(x)));
    y = fma(y, fma(-x, y, Pack<T>(T(1))), y);
  }
  return fma(y, fma(-x, y, Pack<T>(T(1))), y);
#else
  return Pack<T>(T(1)) / x;
#endif
}

}  // namespace tessera::pack_detail
