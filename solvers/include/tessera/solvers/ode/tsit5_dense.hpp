#pragma once

#include <tessera/core/number_math.hpp>
#include <tessera/core/pack.hpp>
#include <tessera/solvers/ode/tsit5.hpp>

/// Outputs inside a step, and their transpose, for integration, adjoint and tangents alike. With
/// theta the share of the step that has passed,
///   y(t + theta h) = y + h theta (c_0 + theta (c_1 + theta (c_2 + theta c_3))),
///   c_j = sum_s dense[s][j] k_s.
/// The polynomials of all lanes are made at once and take few operations per output. Rows of `c`
/// are (power, component), d components.
namespace tessera::solvers {

constexpr int dense_powers = 4;

template <class R>
KOKKOS_FUNCTION inline void dense_polynomials(int d, R const (&k)[7], R c)
{
  using Method = Tsit5<typename R::Number>;
  using P = typename R::Value;
  for (int j = 0; j < dense_powers; ++j) {
    for (int i = 0; i < d; ++i) {
      for (int v = 0; v < R::packs; ++v) {
        P sum = P(Method::dense_coefficient(0, j)) * k[0](i, v);
        for (int s = 1; s < 7; ++s) {
          sum = fma(P(Method::dense_coefficient(s, j)), k[s](i, v), sum);
        }
        c(j * d + i, v) = sum;
      }
    }
  }
}

/// Transpose of dense_polynomials: adds to k_bar.
template <class R>
KOKKOS_FUNCTION inline void dense_polynomials_bar(int d, R c_bar, R const (&k_bar)[7])
{
  using Method = Tsit5<typename R::Number>;
  using P = typename R::Value;
  for (int s = 0; s < 7; ++s) {
    for (int i = 0; i < d; ++i) {
      for (int v = 0; v < R::packs; ++v) {
        P sum = k_bar[s](i, v);
        for (int j = 0; j < dense_powers; ++j) {
          sum = fma(P(Method::dense_coefficient(s, j)), c_bar(j * d + i, v), sum);
        }
        k_bar[s](i, v) = sum;
      }
    }
  }
}

/// Component i of one lane at theta.
template <class R, class T = typename R::Number>
KOKKOS_FUNCTION inline T dense_state(int i, int d, int lane, typename R::Number h,
                                     typename R::Number theta, R y, R c)
{
  T sum = c.at((dense_powers - 1) * d + i, lane);
  for (int j = dense_powers - 2; j >= 0; --j) sum = c.at(j * d + i, lane) + theta * sum;
  return y.at(i, lane) + h * (theta * sum);
}

/// Transpose of dense_state for one output's cotangent `bar`.
template <class R, class T = typename R::Number>
KOKKOS_FUNCTION inline void dense_state_bar(int i, int d, int lane, typename R::Number h,
                                            typename R::Number theta, typename R::Number bar,
                                            R y_bar, R c_bar)
{
  y_bar.at(i, lane) += bar;
  T scaled = h * bar;
  for (int j = 0; j < dense_powers; ++j) {
    scaled *= theta;
    c_bar.at(j * d + i, lane) += scaled;
  }
}

}  // namespace tessera::solvers
