#pragma once

#include <cmath>
#include <limits>

#include <tessera/core/pack.hpp>

namespace tessera::twins {

// Distance of `got` from the exact value (long double) in units of the last place of T there.
template <class T>
double ulp_error(T got, long double exact)
{
  T rounded = static_cast<T>(exact);
  if (std::isnan(exact)) return std::isnan(got) ? 0 : 1e30;
  if (std::isinf(rounded) || std::isinf(got)) return rounded == got ? 0 : 1e30;
  T magnitude = std::max(std::abs(rounded), std::numeric_limits<T>::min());
  long double unit = std::nextafter(magnitude, std::numeric_limits<T>::infinity()) - magnitude;
  return static_cast<double>(std::abs(static_cast<long double>(got) - exact) / unit);
}

// The largest error over [low, high], geometrically or evenly spaced, every lane used.
template <class T, class Fast, class Exact>
double worst_ulp(T low, T high, Fast fast, Exact exact)
{
  double worst = 0;
  int const n = 200000;
  Pack<T> x, y;
  for (int i = 0; i < n; i += Pack<T>::width) {
    for (int l = 0; l < Pack<T>::width; ++l) x.set_lane(l, low + (high - low) * T(i + l) / T(n));
    y = fast(x);
    for (int l = 0; l < Pack<T>::width; ++l) {
      worst = std::max(worst, ulp_error<T>(y.lane(l), exact(static_cast<long double>(x.lane(l)))));
    }
  }
  return worst;
}

}  // namespace tessera::twins
