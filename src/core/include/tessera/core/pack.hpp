#pragma once

#include <tessera/core/built_abi.hpp>  // first: says more than the errors of Kokkos

#include <cmath>
#include <type_traits>

#include <Kokkos_Core.hpp>
#include <Kokkos_SIMD.hpp>

#include <tessera/core/pack_abi.hpp>

namespace tessera {

namespace pack_detail {
namespace ks = Kokkos::Experimental;
// Kokkos's native simd<float> is half a register under AVX-512, hence the widths by hand.
#if defined(TESSERA_PACK_AVX512)
template <class T>
using Abi = ks::simd_abi::avx512_fixed_size<std::is_same_v<T, float> ? 16 : 8>;
#elif defined(TESSERA_PACK_AVX2)
template <class T>
using Abi = ks::simd_abi::avx2_fixed_size<std::is_same_v<T, float> ? 8 : 4>;
#else
template <class T>
using Abi = ks::simd_abi::scalar;
#endif
}  // namespace pack_detail

/// As many numbers as one register holds; element i is lane i. T is float or double.
template <class T>
class alignas(sizeof(T) * pack_detail::ks::basic_simd<T, pack_detail::Abi<T>>::size()) Pack {
 public:
  using Simd = pack_detail::ks::basic_simd<T, pack_detail::Abi<T>>;
  using Mask = typename Simd::mask_type;
  static constexpr int width = static_cast<int>(Simd::size());

  Pack() = default;
  KOKKOS_FORCEINLINE_FUNCTION Pack(T value) : value_(value) {}
  KOKKOS_FORCEINLINE_FUNCTION explicit Pack(Simd const &value) : value_(value) {}

  /// `address` must be a multiple of sizeof(Pack).
  static KOKKOS_FORCEINLINE_FUNCTION Pack load(T const *address)
  {
    return Pack(Simd(address, pack_detail::ks::simd_flag_aligned));
  }
  static KOKKOS_FORCEINLINE_FUNCTION Pack load_unaligned(T const *address)
  {
    return Pack(Simd(address, pack_detail::ks::simd_flag_default));
  }
  KOKKOS_FORCEINLINE_FUNCTION void store(T *address) const
  {
    value_.copy_to(address, pack_detail::ks::simd_flag_aligned);
  }
  KOKKOS_FORCEINLINE_FUNCTION void store_unaligned(T *address) const
  {
    value_.copy_to(address, pack_detail::ks::simd_flag_default);
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

/// a b + c, rounded once.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> fma(Pack<T> const &a, Pack<T> const &b, Pack<T> const &c)
{
  if constexpr (Pack<T>::width == 1) {
    return Pack<T>(std::fma(a.lane(0), b.lane(0), c.lane(0)));
  } else {
    return Pack<T>(Kokkos::fma(a.simd(), b.simd(), c.simd()));
  }
}

/// max(a, b); where a is NaN the result is b (as the hardware's).
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> max(Pack<T> const &a, Pack<T> const &b)
{
  return Pack<T>(Kokkos::max(a.simd(), b.simd()));
}
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> min(Pack<T> const &a, Pack<T> const &b)
{
  return Pack<T>(Kokkos::min(a.simd(), b.simd()));
}
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> abs(Pack<T> const &a)
{
  return Pack<T>(Kokkos::abs(a.simd()));
}
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> sqrt(Pack<T> const &a)
{
  return Pack<T>(Kokkos::sqrt(a.simd()));
}
/// Lane by lane: where mask then a else b.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> select(typename Pack<T>::Mask const &mask, Pack<T> const &a,
                                           Pack<T> const &b)
{
  return Pack<T>(pack_detail::ks::condition(mask, a.simd(), b.simd()));
}

}  // namespace tessera
