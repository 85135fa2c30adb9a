#pragma once

#include <tessera/solvers/ode/tsit5.hpp>

/// Outputs inside a step, and their transpose, for integration, adjoint and tangents alike.
namespace tessera::solvers {

/// The interpolant's weights of the seven slopes at `since` into a step of size h, shared by all
/// components of a state.
template <class T>
struct DenseWeights {
  T slope[7];
  KOKKOS_FUNCTION DenseWeights(double since, T h)
  {
    T const theta = static_cast<T>(since / double(h));
    for (int s = 0; s < 7; ++s) slope[s] = Tsit5<T>::dense_weight(s, theta);
  }
};

/// Interpolated component i of one lane.
template <class R, class T = typename R::Number>
KOKKOS_FUNCTION inline T dense_state(int i, int lane, typename R::Number h,
                                     DenseWeights<typename R::Number> const &at, R y,
                                     R const (&k)[7])
{
  T sum = 0;
  for (int s = 0; s < 7; ++s) sum += at.slope[s] * k[s].at(i, lane);
  return y.at(i, lane) + h * sum;
}

/// Transpose of dense_state for one output's cotangent `bar`.
template <class R, class T = typename R::Number>
KOKKOS_FUNCTION inline void dense_state_bar(int i, int lane, typename R::Number h,
                                            DenseWeights<typename R::Number> const &at,
                                            typename R::Number bar, R y_bar, R const (&k_bar)[7])
{
  y_bar.at(i, lane) += bar;
  for (int s = 0; s < 7; ++s) k_bar[s].at(i, lane) += h * at.slope[s] * bar;
}

}  // namespace tessera::solvers
