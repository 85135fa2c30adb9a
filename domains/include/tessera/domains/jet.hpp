#pragma once

#include <array>
#include <cmath>

namespace tessera::domains {

/// A number with its first and second derivatives by `N` variables, carried forward: value,
/// gradient, and the upper triangle of the Hessian in the order (0,0), (0,1), …, (1,1), ….
template <int N>
struct Jet {
  static constexpr int hessian_size = N * (N + 1) / 2;
  double value = 0;
  std::array<double, N> gradient{};
  std::array<double, hessian_size> hessian{};

  Jet() = default;
  Jet(double constant) : value(constant) {}  // NOLINT: constants mix with jets in formulae
  /// The variable number `index`.
  static Jet variable(double value, int index)
  {
    Jet jet(value);
    jet.gradient[static_cast<std::size_t>(index)] = 1;
    return jet;
  }
  /// f(jet), from f and its first two derivatives at jet.value.
  Jet chain(double f, double slope, double curvature) const
  {
    Jet out(f);
    int k = 0;
    for (int i = 0; i < N; ++i) {
      out.gradient[i] = slope * gradient[i];
      for (int j = i; j < N; ++j, ++k) {
        out.hessian[k] = slope * hessian[k] + curvature * gradient[i] * gradient[j];
      }
    }
    return out;
  }
};

template <int N>
Jet<N> operator+(Jet<N> a, Jet<N> const &b)
{
  a.value += b.value;
  for (int i = 0; i < N; ++i) a.gradient[i] += b.gradient[i];
  for (int k = 0; k < Jet<N>::hessian_size; ++k) a.hessian[k] += b.hessian[k];
  return a;
}

template <int N>
Jet<N> operator-(Jet<N> const &a)
{
  return a.chain(-a.value, -1, 0);
}

template <int N>
Jet<N> operator-(Jet<N> const &a, Jet<N> const &b)
{
  return a + -b;
}

template <int N>
Jet<N> operator*(Jet<N> const &a, Jet<N> const &b)
{
  Jet<N> out(a.value * b.value);
  int k = 0;
  for (int i = 0; i < N; ++i) {
    out.gradient[i] = a.gradient[i] * b.value + a.value * b.gradient[i];
    for (int j = i; j < N; ++j, ++k) {
      out.hessian[k] = a.hessian[k] * b.value + a.value * b.hessian[k] +
                       a.gradient[i] * b.gradient[j] + a.gradient[j] * b.gradient[i];
    }
  }
  return out;
}

template <int N>
Jet<N> operator/(Jet<N> const &a, Jet<N> const &b)
{
  double const inverse = 1 / b.value;
  return a * b.chain(inverse, -inverse * inverse, 2 * inverse * inverse * inverse);
}

template <int N>
Jet<N> operator+(double a, Jet<N> const &b)
{
  return b + Jet<N>(a);
}
template <int N>
Jet<N> operator*(double a, Jet<N> const &b)
{
  return b.chain(a * b.value, a, 0);
}
template <int N>
Jet<N> operator/(double a, Jet<N> const &b)
{
  return Jet<N>(a) / b;
}

/// a^exponent for a.value > 0.
template <int N>
Jet<N> pow(Jet<N> const &a, double exponent)
{
  double const p = std::pow(a.value, exponent), inverse = 1 / a.value;
  return a.chain(p, exponent * p * inverse, exponent * (exponent - 1) * p * inverse * inverse);
}

/// The value of a number or a jet: what a branch may look at.
inline double value_of(double a)
{
  return a;
}
template <int N>
double value_of(Jet<N> const &a)
{
  return a.value;
}

}  // namespace tessera::domains
