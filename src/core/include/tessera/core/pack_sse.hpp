#pragma once

#include <smmintrin.h>

#include <cstddef>

/// A register of SSE4.2, with as much of the face of Kokkos's simd as Pack asks for: Kokkos has
/// none for this instruction set. Compilers know vectors' operators, and here they are used.
namespace tessera::pack_detail {

template <class T>
struct Sse;
template <>
struct Sse<float> {
  using Register = __m128;
  static Register fill(float a) { return _mm_set1_ps(a); }
  static Register load(float const *a) { return _mm_load_ps(a); }
  static Register load_unaligned(float const *a) { return _mm_loadu_ps(a); }
  static void store(float *to, Register a) { _mm_store_ps(to, a); }
  static void store_unaligned(float *to, Register a) { _mm_storeu_ps(to, a); }
  static Register max(Register a, Register b) { return _mm_max_ps(a, b); }
  static Register min(Register a, Register b) { return _mm_min_ps(a, b); }
  static Register sqrt(Register a) { return _mm_sqrt_ps(a); }
  static Register clear(Register bits, Register a) { return _mm_andnot_ps(bits, a); }
  static Register both(Register a, Register b) { return _mm_and_ps(a, b); }
  static Register either(Register a, Register b) { return _mm_or_ps(a, b); }
  static Register round(Register a)
  {
    return _mm_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
};
template <>
struct Sse<double> {
  using Register = __m128d;
  static Register fill(double a) { return _mm_set1_pd(a); }
  static Register load(double const *a) { return _mm_load_pd(a); }
  static Register load_unaligned(double const *a) { return _mm_loadu_pd(a); }
  static void store(double *to, Register a) { _mm_store_pd(to, a); }
  static void store_unaligned(double *to, Register a) { _mm_storeu_pd(to, a); }
  static Register max(Register a, Register b) { return _mm_max_pd(a, b); }
  static Register min(Register a, Register b) { return _mm_min_pd(a, b); }
  static Register sqrt(Register a) { return _mm_sqrt_pd(a); }
  static Register clear(Register bits, Register a) { return _mm_andnot_pd(bits, a); }
  static Register both(Register a, Register b) { return _mm_and_pd(a, b); }
  static Register either(Register a, Register b) { return _mm_or_pd(a, b); }
  static Register round(Register a)
  {
    return _mm_round_pd(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
};

struct Aligned {};
struct Unaligned {};

template <class T>
class SseSimd {
  using Its = Sse<T>;

 public:
  using Register = typename Its::Register;
  using mask_type = decltype(Register() < Register());
  static constexpr std::size_t size() { return sizeof(Register) / sizeof(T); }

  SseSimd() = default;
  SseSimd(T value) : value_(Its::fill(value)) {}
  explicit SseSimd(Register value) : value_(value) {}
  SseSimd(T const *from, Aligned) : value_(Its::load(from)) {}
  SseSimd(T const *from, Unaligned) : value_(Its::load_unaligned(from)) {}
  void copy_to(T *to, Aligned) const { Its::store(to, value_); }
  void copy_to(T *to, Unaligned) const { Its::store_unaligned(to, value_); }
  explicit operator Register() const { return value_; }

  SseSimd operator-() const { return SseSimd(-value_); }
  friend SseSimd operator+(SseSimd a, SseSimd b) { return SseSimd(a.value_ + b.value_); }
  friend SseSimd operator-(SseSimd a, SseSimd b) { return SseSimd(a.value_ - b.value_); }
  friend SseSimd operator*(SseSimd a, SseSimd b) { return SseSimd(a.value_ * b.value_); }
  friend SseSimd operator/(SseSimd a, SseSimd b) { return SseSimd(a.value_ / b.value_); }
  friend mask_type operator<(SseSimd a, SseSimd b) { return a.value_ < b.value_; }
  friend mask_type operator==(SseSimd a, SseSimd b) { return a.value_ == b.value_; }

  friend SseSimd max(SseSimd a, SseSimd b) { return SseSimd(Its::max(a.value_, b.value_)); }
  friend SseSimd min(SseSimd a, SseSimd b) { return SseSimd(Its::min(a.value_, b.value_)); }
  friend SseSimd sqrt(SseSimd a) { return SseSimd(Its::sqrt(a.value_)); }
  friend SseSimd round(SseSimd a) { return SseSimd(Its::round(a.value_)); }
  friend SseSimd abs(SseSimd a) { return SseSimd(Its::clear(sign(), a.value_)); }
  friend SseSimd copysign(SseSimd a, SseSimd b)
  {
    return SseSimd(Its::either(Its::clear(sign(), a.value_), Its::both(sign(), b.value_)));
  }
  /// This instruction set has no fused product: two roundings.
  friend SseSimd fma(SseSimd a, SseSimd b, SseSimd c) { return a * b + c; }
  friend SseSimd condition(mask_type mask, SseSimd a, SseSimd b)
  {
    return SseSimd(mask ? a.value_ : b.value_);
  }

 private:
  static Register sign() { return Its::fill(T(-0.)); }
  Register value_;
};

}  // namespace tessera::pack_detail
