#pragma once

#include <tessera/core/pack_math.hpp>

/// The activation x = z sigma(beta z) on packs, and its transpose.
namespace tessera::fields {

template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> swish(Pack<T> const &z, Pack<T> const &beta, Pack<T> &sigma)
{
  sigma = sigmoid(beta * z);
  return z * sigma;
}

/// dx/dz = sigma + beta x (1 - sigma), dx/dbeta = z x (1 - sigma): returns the cotangent of z and
/// adds that of beta.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> swish_bar(Pack<T> const &bar, Pack<T> const &x,
                                              Pack<T> const &z, Pack<T> const &sigma,
                                              Pack<T> const &beta, Pack<T> &beta_bar)
{
  Pack<T> const rest = x * (Pack<T>(T(1)) - sigma);
  beta_bar = fma(bar * rest, z, beta_bar);
  return bar * fma(beta, rest, sigma);
}

}  // namespace tessera::fields
