#pragma once

#include <cstdint>

#include <tessera/core/pack.hpp>

/// What is in a pack: the processor's register, and its bits as whole numbers, through the vectors
/// that g++ and clang know, whatever the instruction set. A pack of one number has neither.
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

}  // namespace tessera::pack_detail
