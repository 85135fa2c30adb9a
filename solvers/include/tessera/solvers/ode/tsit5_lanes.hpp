#pragma once

#include <tessera/core/number_math.hpp>
#include <tessera/core/pack_math.hpp>
#include <tessera/solvers/ode/error_bound.hpp>
#include <tessera/solvers/ode/lane_arena.hpp>
#include <tessera/solvers/ode/ode_batch.hpp>
#include <tessera/solvers/ode/tsit5_dense.hpp>

/// The formulas of Tsit5 and of its transpose on rows of lanes, each used by integration and
/// adjoint alike: what is recomputed is recomputed by the same code, bit for bit. `R` is Rows
/// (packs, the host's tiling) or LaneRows (one lane of a tile, the device's).
namespace tessera::solvers {

/// out = y + h sum_{j<s} a[s][j] k_j: the state of stage s; stage 6 is the new state.
template <class R>
KOKKOS_FUNCTION inline void stage_state(int s, int d, R y, R h, R const (&k)[7], R out)
{
  using Method = Tsit5<typename R::Number>;
  using P = typename R::Value;
  for (int i = 0; i < d; ++i) {
    for (int v = 0; v < R::packs; ++v) {
      P sum = P(Method::stage_weight(s, 0)) * k[0](i, v);
      for (int j = 1; j < s; ++j) sum = fma(P(Method::stage_weight(s, j)), k[j](i, v), sum);
      out(i, v) = fma(h(0, v), sum, y(i, v));
    }
  }
}

/// Transpose of stage_state: y_bar += bar, k_bar_j += h a[s][j] bar.
template <class R>
KOKKOS_FUNCTION inline void stage_state_bar(int s, int d, R h, R bar, R y_bar, R const (&k_bar)[7])
{
  using Method = Tsit5<typename R::Number>;
  using P = typename R::Value;
  for (int i = 0; i < d; ++i) {
    for (int v = 0; v < R::packs; ++v) {
      y_bar(i, v) = y_bar(i, v) + bar(i, v);
      P const scaled = bar(i, v) * h(0, v);
      for (int j = 0; j < s; ++j) {
        k_bar[j](i, v) = fma(P(Method::stage_weight(s, j)), scaled, k_bar[j](i, v));
      }
    }
  }
}

/// Adds the cotangents (trajectory, point, state) of the outputs of trajectory t, held by lane l,
/// that lie in its step of size h from `begin` on, counted down from number `point`; returns the
/// number of the one before them.
template <class R, class Batch, class Cotangent>
KOKKOS_FUNCTION inline int outputs_bar(Batch const &batch, Cotangent const &cotangent, int t,
                                       int point, int l, double begin, typename R::Number h,
                                       R y_bar, R dense_bar)
{
  using T = typename R::Number;
  int const d = batch.state();
  double const per_step = 1 / double(h);
  for (; point > 0 && double(batch.times(t, point)) > begin; --point) {
    T const theta = static_cast<T>((double(batch.times(t, point)) - begin) * per_step);
    for (int i = 0; i < d; ++i) {
      dense_state_bar(i, d, l, h, theta, cotangent(t, point, i), y_bar, dense_bar);
    }
  }
  return point;
}

/// Writes the outputs of trajectory t, held by lane l, that lie in its step of size h from `begin`
/// to `end`, counted up from number `point`; returns the number of the one behind them.
template <class R, class Batch, class Solution, class T = typename R::Number>
KOKKOS_FUNCTION inline int write_outputs(Batch const &batch, Solution const &solution, int t,
                                         int point, int l, double begin, double end,
                                         typename R::Number h, R y, R dense, ErrorBound<T> &error)
{
  int const d = batch.state();
  double const per_step = 1 / double(h);
  for (; point < batch.points(t) && double(batch.times(t, point)) <= end; ++point) {
    T const theta = static_cast<T>((double(batch.times(t, point)) - begin) * per_step);
    for (int i = 0; i < d; ++i) {
      solution.states(t, point, i) = dense_state(i, d, l, h, theta, y, dense);
    }
    error.add(batch, solution, t, point);
  }
  return point;
}

/// Row 0 of `out`: squared RMS error norm of the step; row 1: safety · norm^(-1/5), not clipped.
template <class R>
KOKKOS_FUNCTION inline void error_factor(int d, StepControl const &control, R h, R y, R next,
                                         R const (&k)[7], R out)
{
  using T = typename R::Number;
  using P = typename R::Value;
  P const rtol(T(control.rtol)), atol(T(control.atol));
  for (int v = 0; v < R::packs; ++v) {
    P squares(T(0));
    for (int i = 0; i < d; ++i) {
      P sum = P(Tsit5<T>::error_weight(0)) * k[0](i, v);
      for (int j = 1; j < 7; ++j) sum = fma(P(Tsit5<T>::error_weight(j)), k[j](i, v), sum);
      P const scale = fma(rtol, max(abs(y(i, v)), abs(next(i, v))), atol);
      P const ratio = h(0, v) * sum / scale;
      squares = fma(ratio, ratio, squares);
    }
    out(0, v) = squares * P(T(1) / T(d));
    P const floor = max(P(T(1e-20)), out(0, v));
    out(1, v) = P(T(control.safety)) * exp(P(T(-0.1)) * log(floor));
  }
}

/// What the integral controller says to a step: clip(safety · norm^(-1/5)) differs for accepted
/// and rejected steps, and a norm that is not finite asks for the smallest factor.
template <class T>
struct StepDecision {
  bool accept, finite;
  T factor;
};

template <class T>
KOKKOS_FUNCTION inline StepDecision<T> decide(T squares, T factor, StepControl const &control)
{
  bool const finite = squares < T(1e30);  // false for NaN as well
  bool const accept = squares < T(1);
  T const low = accept ? T(1) : T(control.min_factor);
  T const high = accept ? T(control.max_factor) : T(control.safety);
  if (!finite) return {false, false, low};
  return {accept, true, Kokkos::min(Kokkos::max(factor, low), high)};
}

}  // namespace tessera::solvers
