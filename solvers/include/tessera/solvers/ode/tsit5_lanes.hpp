#pragma once

#include <tessera/core/pack_math.hpp>
#include <tessera/solvers/ode/lane_arena.hpp>
#include <tessera/solvers/ode/ode_batch.hpp>
#include <tessera/solvers/ode/tsit5.hpp>

/// The formulas of Tsit5 and of its transpose on rows of lanes, each used by integration and
/// adjoint alike: what is recomputed is recomputed by the same code, bit for bit.
namespace tessera::solvers {

/// out = y + h sum_{j<s} a[s][j] k_j: the state of stage s; stage 6 is the new state.
template <class T, int NV>
KOKKOS_FUNCTION inline void stage_state(int s, int d, Rows<T, NV> y, Rows<T, NV> h,
                                        Rows<T, NV> const (&k)[7], Rows<T, NV> out)
{
  using Method = Tsit5<T>;
  for (int i = 0; i < d; ++i) {
    for (int v = 0; v < NV; ++v) {
      Pack<T> sum = Pack<T>(Method::a[s][0]) * k[0](i, v);
      for (int j = 1; j < s; ++j) sum = fma(Pack<T>(Method::a[s][j]), k[j](i, v), sum);
      out(i, v) = fma(h(0, v), sum, y(i, v));
    }
  }
}

/// Transpose of stage_state: y_bar += bar, k_bar_j += h a[s][j] bar.
template <class T, int NV>
KOKKOS_FUNCTION inline void stage_state_bar(int s, int d, Rows<T, NV> h, Rows<T, NV> bar,
                                            Rows<T, NV> y_bar, Rows<T, NV> const (&k_bar)[7])
{
  for (int i = 0; i < d; ++i) {
    for (int v = 0; v < NV; ++v) {
      y_bar(i, v) = y_bar(i, v) + bar(i, v);
      Pack<T> const scaled = bar(i, v) * h(0, v);
      for (int j = 0; j < s; ++j) {
        k_bar[j](i, v) = fma(Pack<T>(Tsit5<T>::a[s][j]), scaled, k_bar[j](i, v));
      }
    }
  }
}

/// Row 0 of `out`: squared RMS error norm of the step; row 1: safety · norm^(-1/5), not clipped.
template <class T, int NV>
KOKKOS_FUNCTION inline void error_factor(int d, StepControl const &control, Rows<T, NV> h,
                                         Rows<T, NV> y, Rows<T, NV> next, Rows<T, NV> const (&k)[7],
                                         Rows<T, NV> out)
{
  Pack<T> const rtol(T(control.rtol)), atol(T(control.atol));
  for (int v = 0; v < NV; ++v) {
    Pack<T> squares(T(0));
    for (int i = 0; i < d; ++i) {
      Pack<T> sum = Pack<T>(Tsit5<T>::error[0]) * k[0](i, v);
      for (int j = 1; j < 7; ++j) sum = fma(Pack<T>(Tsit5<T>::error[j]), k[j](i, v), sum);
      Pack<T> const scale = fma(rtol, max(abs(y(i, v)), abs(next(i, v))), atol);
      Pack<T> const ratio = h(0, v) * sum / scale;
      squares = fma(ratio, ratio, squares);
    }
    out(0, v) = squares * Pack<T>(T(1) / T(d));
    Pack<T> const floor = max(Pack<T>(T(1e-20)), out(0, v));
    out(1, v) = Pack<T>(T(control.safety)) * exp(Pack<T>(T(-0.1)) * log(floor));
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
template <class T, int NV>
KOKKOS_FUNCTION inline T dense_state(int i, int lane, T h, DenseWeights<T> const &at, Rows<T, NV> y,
                                     Rows<T, NV> const (&k)[7])
{
  T sum = 0;
  for (int s = 0; s < 7; ++s) sum += at.slope[s] * k[s].at(i, lane);
  return y.at(i, lane) + h * sum;
}

/// Transpose of dense_state for one output's cotangent `bar`.
template <class T, int NV>
KOKKOS_FUNCTION inline void dense_state_bar(int i, int lane, T h, DenseWeights<T> const &at, T bar,
                                            Rows<T, NV> y_bar, Rows<T, NV> const (&k_bar)[7])
{
  y_bar.at(i, lane) += bar;
  for (int s = 0; s < 7; ++s) k_bar[s].at(i, lane) += h * at.slope[s] * bar;
}

/// Slopes at the starts of a block, in full packs, kept where the first output will go: so that a
/// lane that is refilled later costs no evaluation of its own.
template <class Field, class T, int NV>
KOKKOS_FUNCTION inline void first_slopes(Field &field, OdeBatch<T> const &batch, Block const &block,
                                         Rows<T, NV> y, Rows<T, NV> slope,
                                         OdeSolution<T> const &solution)
{
  constexpr int lanes = Rows<T, NV>::lanes;
  int const d = batch.state();
  for (int begin = block.first; begin < block.last; begin += lanes) {
    for (int l = 0; l < lanes; ++l) {
      int const t = Kokkos::min(begin + l, block.last - 1);
      field.load_lane(l, &batch.contexts(batch.context_row(t), 0));
      for (int i = 0; i < d; ++i) y.at(i, l) = batch.initial(t, i);
    }
    field.evaluate(y, slope);
    for (int l = 0; l < lanes && begin + l < block.last; ++l) {
      for (int i = 0; i < d; ++i) solution.states(begin + l, 0, i) = slope.at(i, l);
    }
  }
}

}  // namespace tessera::solvers
