#pragma once

#include <concepts>

#include <Kokkos_Core.hpp>

/// What pack.hpp and pack_math.hpp say of packs, for plain numbers on any processor: formulas
/// written for packs then serve a device, where a thread holds one lane.
namespace tessera {

/// a b + c, rounded once.
template <std::floating_point T>
KOKKOS_FORCEINLINE_FUNCTION T fma(T a, T b, T c)
{
  return Kokkos::fma(a, b, c);
}
/// max(a, b); where a is NaN the result is b.
template <std::floating_point T>
KOKKOS_FORCEINLINE_FUNCTION T max(T a, T b)
{
  return a > b ? a : b;
}
template <std::floating_point T>
KOKKOS_FORCEINLINE_FUNCTION T min(T a, T b)
{
  return a < b ? a : b;
}
template <std::floating_point T>
KOKKOS_FORCEINLINE_FUNCTION T abs(T a)
{
  return Kokkos::abs(a);
}
template <std::floating_point T>
KOKKOS_FORCEINLINE_FUNCTION T exp(T a)
{
  return Kokkos::exp(a);
}
template <std::floating_point T>
KOKKOS_FORCEINLINE_FUNCTION T log(T a)
{
  return Kokkos::log(a);
}
/// Logistic function, with the floor that the one on packs has.
template <std::floating_point T>
KOKKOS_FORCEINLINE_FUNCTION T sigmoid(T a)
{
  constexpr T high = sizeof(T) == 4 ? T(80) : T(700);
  return T(1) / (T(1) + exp(min(high, -a)));
}

}  // namespace tessera
