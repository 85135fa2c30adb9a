#pragma once

#include <tessera/core/built_abi.hpp>  // first: says more than the errors of Kokkos

#include <cmath>
#include <type_traits>

#include <Kokkos_Core.hpp>
#include <Kokkos_SIMD.hpp>

#include <tessera/core/pack_abi.hpp>
#if defined(TESSERA_PACK_SSE)
#include <tessera/core/pack_sse.hpp>
#endif

namespace tessera {

namespace pack_detail {
namespace ks = Kokkos::Experimental;
// Kokkos's native simd<float> is half a register, hence the widths by hand.
#if defined(TESSERA_PACK_AVX512)
template <class T>
using Simd = ks::basic_simd<T, ks::simd_abi::avx512_fixed_size<64 / sizeof(T)>>;
#elif defined(TESSERA_PACK_AVX2)
template <class T>
using Simd = ks::basic_simd<T, ks::simd_abi::avx2_fixed_size<32 / sizeof(T)>>;
#elif defined(TESSERA_PACK_NEON)
template <class T>
using Simd = ks::basic_simd<T, ks::simd_abi::neon_fixed_size<16 / sizeof(T)>>;
#elif defined(TESSERA_PACK_SSE)
template <class T>
using Simd = SseSimd<T>;
#else
template <class T>
using Simd = ks::basic_simd<T, ks::simd_abi::scalar>;
#endif
#if defined(TESSERA_PACK_SSE)
inline constexpr Aligned aligned{};
inline constexpr Unaligned unaligned{};
#else
inline constexpr auto aligned = ks::simd_flag_aligned;
inline constexpr auto unaligned = ks::simd_flag_default;
#endif
}  // namespace pack_detail

/// As many numbers as one register holds; element i is lane i. T is float or double.
template <class T>
class alignas(sizeof(T) * pack_detail::Simd<T>::size()) Pack {
 public:
  using Simd = pack_detail::Simd<T>;
  using Mask = typename Simd::mask_type;
  static constexpr int width = static_cast<int>(Simd::size());

  Pack() = default;
  KOKKOS_FORCEINLINE_FUNCTION Pack(T value) : value_(value) {}
  KOKKOS_FORCEINLINE_FUNCTION explicit Pack(Simd const &value) : value_(value) {}

  /// `address` must be a multiple of sizeof(Pack).
  static KOKKOS_FORCEINLINE_FUNCTION Pack load(T const *address)
  {
    return Pack(Simd(address, pack_detail::aligned));
  }
  static KOKKOS_FORCEINLINE_FUNCTION Pack load_unaligned(T const *address)
  {
    return Pack(Simd(address, pack_detail::unaligned));
  }
  KOKKOS_FORCEINLINE_FUNCTION void store(T *address) const
  {
    value_.copy_to(address, pack_detail::aligned);
  }
  KOKKOS_FORCEINLINE_FUNCTION void store_unaligned(T *address) const
  {
    value_.copy_to(address, pack_detail::unaligned);
  }

  /// One lane, read or written through memory: for bookkeeping, not for inner loops.
  KOKKOS_FORCEINLINE_FUNCTION T lane(int i) const { return reinterpret_cast<T const *>(this)[i]; }
  KOKKOS_FORCEINLINE_FUNCTION void set_lane(int i, T value)
  {
    reinterpret_cast<T *>(this)[i] = value;
  }

  KOKKOS_FORCEINLINE_FUNCTION Simd const &simd() const { return value_; }
  KOKKOS_FORCEINLINE_FUNCTION Pack operator-() const { return Pack(-value_); }
  KOKKOS_FORCEINLINE_FUNCTION Pack &operator+=(Pack const &b) { return *this = *this + b; }
  KOKKOS_FORCEINLINE_FUNCTION Pack &operator*=(Pack const &b) { return *this = *this * b; }

  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator+(Pack const &a, Pack const &b)
  {
    return Pack(a.value_ + b.value_);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator-(Pack const &a, Pack const &b)
  {
    return Pack(a.value_ - b.value_);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator*(Pack const &a, Pack const &b)
  {
    return Pack(a.value_ * b.value_);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Pack operator/(Pack const &a, Pack const &b)
  {
    return Pack(a.value_ / b.value_);
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Mask operator<(Pack const &a, Pack const &b)
  {
    return a.value_ < b.value_;
  }
  friend KOKKOS_FORCEINLINE_FUNCTION Mask operator==(Pack const &a, Pack const &b)
  {
    return a.value_ == b.value_;
  }

 private:
  Simd value_;
};

/// a b + c, rounded once where the processor can.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> fma(Pack<T> const &a, Pack<T> const &b, Pack<T> const &c)
{
  using Kokkos::fma;
  return Pack<T>(fma(a.simd(), b.simd(), c.simd()));
}

/// Lane by lane: where mask then a else b.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> select(typename Pack<T>::Mask const &mask, Pack<T> const &a,
                                           Pack<T> const &b)
{
  using pack_detail::ks::condition;
  return Pack<T>(condition(mask, a.simd(), b.simd()));
}

/// max(a, b); where one is NaN the result is b (as x86's instruction has it).
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> max(Pack<T> const &a, Pack<T> const &b)
{
#if defined(TESSERA_PACK_NEON)
  return select(b < a, a, b);
#else
  using Kokkos::max;
  return Pack<T>(max(a.simd(), b.simd()));
#endif
}
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> min(Pack<T> const &a, Pack<T> const &b)
{
#if defined(TESSERA_PACK_NEON)
  return select(a < b, a, b);
#else
  using Kokkos::min;
  return Pack<T>(min(a.simd(), b.simd()));
#endif
}
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> abs(Pack<T> const &a)
{
  using Kokkos::abs;
  return Pack<T>(abs(a.simd()));
}
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> sqrt(Pack<T> const &a)
{
  using Kokkos::sqrt;
  return Pack<T>(sqrt(a.simd()));
}

}  // namespace tessera
