#pragma once

#include <limits>

#include <tessera/core/pack_bits.hpp>

/// Elementary functions on packs. Errors against the exact value, tested over the whole range:
/// exp 1.25, log 2, tanh 3, sigmoid 3 units in the last place. A pack of one lane calls std, no
/// other one does.
namespace tessera {

namespace pack_detail {

template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> nearest_integer(Pack<T> const &x)
{
  using Kokkos::round;
  return Pack<T>(round(x.simd()));
}

/// c0 + x (c1 + x (…)).
template <class T, class... Rest>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> horner(Pack<T> const &x, T c0, Rest... rest)
{
  if constexpr (sizeof...(rest) == 0) {
    return Pack<T>(c0);
  } else {
    return fma(x, horner<T>(x, static_cast<T>(rest)...), Pack<T>(c0));
  }
}

/// x = n ln 2 + r with |r| <= ln 2 / 2; returns e^r - 1 and n. Polynomials: interpolation of
/// (e^r - 1 - r) / r^2 at Chebyshev points, relative error 8e-9 (float), 1.4e-17 (double).
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> reduced_expm1(Pack<T> const &x, Pack<T> &n)
{
  n = nearest_integer(x * Pack<T>(T(1.4426950408889634074)));
  Pack<T> r, q;
  if constexpr (sizeof(T) == 4) {
    r = fma(n, Pack<T>(-0.69287109375f), x);
    r = fma(n, Pack<T>(-0.00027608680994530941723f), r);
    q = horner<T>(r, 0.5f, 0.16666573381900846f, 0.0416665501103051244f, 0.0083637738744055735f,
                  0.00139269266140219065f);
  } else {
    r = fma(n, Pack<T>(-0.69314718036912381649), x);
    r = fma(n, Pack<T>(-1.9082149292705878161e-10), r);
    q = horner<T>(r, 0.5, 0.166666666666666714, 0.0416666666666666701, 0.0083333333333255447,
                  0.00138888888888833267, 0.000198412698768643549, 0.0000248015873270071867,
                  2.75572528335169097e-6, 2.75572718102197996e-7, 2.51062747335732947e-8,
                  2.09154422977801152e-9);
  }
  return fma(r * r, q, r);
}

}  // namespace pack_detail

/// e^x. NaN stays NaN.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> exp(Pack<T> const &x)
{
  if constexpr (Pack<T>::width == 1) {
    return Pack<T>(std::exp(x.lane(0)));
  } else {
    constexpr T low = sizeof(T) == 4 ? T(-110) : T(-760), high = sizeof(T) == 4 ? T(100) : T(720);
    Pack<T> n;
    Pack<T> q = pack_detail::reduced_expm1(min(Pack<T>(high), max(Pack<T>(low), x)), n);
    return pack_detail::scale_by_power(q + Pack<T>(T(1)), n);
  }
}

/// Natural logarithm; -infinity at 0, NaN below.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> log(Pack<T> const &x)
{
  if constexpr (Pack<T>::width == 1) {
    return Pack<T>(std::log(x.lane(0)));
  } else {
    using P = Pack<T>;
    constexpr T infinity = std::numeric_limits<T>::infinity();
    P m, e;
    pack_detail::split_exponent(x, m, e);
    auto large = P(T(1.4142135623730950488)) < m;
    m = select(large, m * P(T(0.5)), m);
    e = select(large, e + P(T(1)), e);
    // log m = f - s (f - s^2 L(s^2)) with f = m - 1, s = f / (2 + f): no rounding of f is lost.
    P f = m - P(T(1)), s = f / (f + P(T(2))), z = s * s, tail;
    P result;
    if constexpr (sizeof(T) == 4) {
      tail = z * pack_detail::horner<T>(z, 0.666666665451271322f, 0.400001294269562586f,
                                        0.285499685913084694f, 0.233534276036511851f);
      result = fma(e, P(0.69287109375f), f - fma(s, f - tail, e * P(-0.00027608680994530941723f)));
    } else {
      tail = z * pack_detail::horner<T>(z, 0.666666666666666664, 0.400000000000010096,
                                        0.285714285707232493, 0.222222224097501141,
                                        0.181817937321117541, 0.153863424496451443,
                                        0.132660488122030022, 0.131148348695974985);
      result = fma(e, P(0.69314718036912381649),
                   f - fma(s, f - tail, e * P(-1.9082149292705878161e-10)));
    }
    result = select(x == P(T(0)), P(-infinity), result);
    result = select(x == P(infinity), x, result);
    result = select(x < P(T(0)), P(std::numeric_limits<T>::quiet_NaN()), result);
    return select(x == x, result, x);
  }
}

/// Hyperbolic tangent.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> tanh(Pack<T> const &x)
{
  if constexpr (Pack<T>::width == 1) {
    return Pack<T>(std::tanh(x.lane(0)));
  } else {
    using P = Pack<T>;
    P u = min(P(sizeof(T) == 4 ? T(9.2) : T(19.5)), abs(x)), n;
    P q = pack_detail::reduced_expm1(u + u, n);
    P power = pack_detail::scale_in_range(P(T(1)), n);
    P t = fma(power, q, power - P(T(1)));
    using Kokkos::copysign;
    return P(copysign((t / (t + P(T(2)))).simd(), x.simd()));
  }
}

/// Logistic function 1 / (1 + e^-x); below -80 (float) or -700 (double) it stays at its value
/// there, about 1e-35 or 1e-304, so that the reciprocal is always a normal number.
template <class T>
KOKKOS_FORCEINLINE_FUNCTION Pack<T> sigmoid(Pack<T> const &x)
{
  using P = Pack<T>;
  P const high(sizeof(T) == 4 ? T(80) : T(700)), one(T(1)), y = min(high, max(-high, -x));
  if constexpr (P::width == 1) {
    return one / (one + exp(y));
  } else {
    P n, q = pack_detail::reduced_expm1(y, n);
    return pack_detail::reciprocal(one + pack_detail::scale_in_range(q + one, n));
  }
}

}  // namespace tessera
