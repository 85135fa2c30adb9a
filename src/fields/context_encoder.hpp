#pragma once

#include <tessera/core/pack_math.hpp>
#include <tessera/fields/ncf_layout.hpp>
#include <tessera/solvers/ode/lane_arena.hpp>

/// The encoder of one context, forward and back, by loops over one vector: it runs once per
/// trajectory.
namespace tessera::fields {

using solvers::LaneArena;

/// to (in, out) = transpose of the (out, in) matrix `from`, whose rows are `ld` apart.
template <class T>
KOKKOS_FUNCTION inline void transpose(T const *from, int out, int in, int ld, T *to)
{
  for (int j = 0; j < out; ++j) {
    for (int k = 0; k < in; ++k) to[k * out + j] = from[j * ld + k];
  }
}

template <class T>
class ContextEncoder {
 public:
  KOKKOS_FUNCTION ContextEncoder(LaneArena &arena, NcfLayout const &layout, T const *row,
                                 bool with_tangents)
      : layout_(layout), row_(row), last_(layout.shape.depth_ctx)
  {
    int widest = layout.shape.rank;
    for (int n = 0; n <= last_; ++n) {
      NcfLayer const &layer = layout.context[n];
      widest = Kokkos::max(widest, layer.out);
      transposed_[n] = arena.take<T>(layer.in * layer.out);
      x_[n] = arena.take<T>(layer.in);
      z_[n] = arena.take<T>(layer.out);
      x_dot_[n] = with_tangents ? arena.take<T>(layer.in) : nullptr;
      z_dot_[n] = with_tangents ? arena.take<T>(layer.out) : nullptr;
      if (row != nullptr) {
        transpose(row + layer.w, layer.out, layer.in, layer.in, transposed_[n]);
      }
    }
    bar_ = arena.take<T>(widest);
    next_bar_ = arena.take<T>(widest);
    if (!with_tangents) return;
    dot_bar_ = arena.take<T>(widest);
    next_dot_bar_ = arena.take<T>(widest);
  }

  /// Where to write the context, shift included, before evaluate. Shape (rank).
  KOKKOS_FUNCTION T *input() const { return x_[0]; }

  /// The code (intermediate) of the input; valid until the next call.
  KOKKOS_FUNCTION T const *evaluate()
  {
    for (int n = 0; n <= last_; ++n) {
      NcfLayer const &layer = layout_.context[n];
      T *const z = z_[n];
      for (int j = 0; j < layer.out; ++j) z[j] = row_[layer.b + j];
      for (int k = 0; k < layer.in; ++k) {
        T const x = x_[n][k], *const w = transposed_[n] + k * layer.out;
        for (int j = 0; j < layer.out; ++j) z[j] += w[j] * x;
      }
      if (!layer.hidden) return z;
      for (int j = 0; j < layer.out; ++j) {
        x_[n + 1][j] = z[j] * sigmoid(row_[layer.beta] * z[j]);
      }
    }
    return z_[last_];
  }

  /// The cotangent of the code, to be filled before pull_back. Shape (intermediate).
  KOKKOS_FUNCTION T *code_bar() const { return bar_; }

  /// After evaluate: adds to the encoder's part of `gradient` (an expert's row) and returns the
  /// cotangent of the input (rank).
  KOKKOS_FUNCTION T const *pull_back(T *gradient)
  {
    T *bar = bar_, *in_bar = next_bar_;
    for (int n = last_; n >= 0; --n) {
      NcfLayer const &layer = layout_.context[n];
      if (layer.hidden) deactivate(n, bar, gradient);
      for (int k = 0; k < layer.in; ++k) in_bar[k] = T(0);
      for (int j = 0; j < layer.out; ++j) {
        gradient[layer.b + j] += bar[j];
        T const z_bar = bar[j], *const w = row_ + layer.w + j * layer.in;
        T *const w_bar = gradient + layer.w + j * layer.in;
        for (int k = 0; k < layer.in; ++k) w_bar[k] += z_bar * x_[n][k];
        for (int k = 0; k < layer.in; ++k) in_bar[k] += w[k] * z_bar;
      }
      Kokkos::kokkos_swap(bar, in_bar);
    }
    return bar;
  }

  /// Where to write a tangent of the input before push_forward. Shape (rank).
  KOKKOS_FUNCTION T *input_dot() const { return x_dot_[0]; }

  /// After evaluate: the tangent (intermediate) of the code.
  KOKKOS_FUNCTION T const *push_forward()
  {
    for (int n = 0; n <= last_; ++n) {
      NcfLayer const &layer = layout_.context[n];
      T *const z_dot = z_dot_[n];
      for (int j = 0; j < layer.out; ++j) z_dot[j] = T(0);
      for (int k = 0; k < layer.in; ++k) {
        T const x_dot = x_dot_[n][k], *const w = transposed_[n] + k * layer.out;
        for (int j = 0; j < layer.out; ++j) z_dot[j] += w[j] * x_dot;
      }
      for (int j = 0; layer.hidden && j < layer.out; ++j) {
        T const beta = row_[layer.beta], sigma = sigmoid(beta * z_[n][j]);
        x_dot_[n + 1][j] = z_dot[j] * (sigma + beta * x_[n + 1][j] * (T(1) - sigma));
      }
    }
    return z_dot_[last_];
  }

  /// The cotangent of the code's tangent, to be filled before pull_back_tangent.
  KOKKOS_FUNCTION T *code_dot_bar() const { return dot_bar_; }

  /// After push_forward: pull_back of code_dot_bar alone, what it says about the tangent left
  /// aside. Adds to `gradient` and returns the cotangent of the input (rank).
  KOKKOS_FUNCTION T const *pull_back_tangent(T *gradient)
  {
    T *bar = bar_, *in_bar = next_bar_, *dot = dot_bar_, *in_dot = next_dot_bar_;
    for (int j = 0; j < layout_.shape.intermediate; ++j) bar[j] = T(0);
    for (int n = last_; n >= 0; --n) {
      NcfLayer const &layer = layout_.context[n];
      if (layer.hidden) deactivate_dot(n, bar, dot, gradient);
      for (int k = 0; k < layer.in; ++k) in_bar[k] = in_dot[k] = T(0);
      for (int j = 0; j < layer.out; ++j) {
        gradient[layer.b + j] += bar[j];
        T const *const w = row_ + layer.w + j * layer.in;
        T *const w_bar = gradient + layer.w + j * layer.in;
        for (int k = 0; k < layer.in; ++k) {
          w_bar[k] += bar[j] * x_[n][k] + dot[j] * x_dot_[n][k];
          in_bar[k] += w[k] * bar[j];
          in_dot[k] += w[k] * dot[j];
        }
      }
      Kokkos::kokkos_swap(bar, in_bar);
      Kokkos::kokkos_swap(dot, in_dot);
    }
    return bar;
  }

 private:
  // In place: cotangent of the activation -> cotangent of z.
  KOKKOS_FUNCTION void deactivate(int n, T *bar, T *gradient) const
  {
    NcfLayer const &layer = layout_.context[n];
    T const beta = row_[layer.beta];
    T sum = 0;
    for (int j = 0; j < layer.out; ++j) {
      T const sigma = sigmoid(beta * z_[n][j]);
      T const rest = x_[n + 1][j] * (T(1) - sigma);
      sum += bar[j] * rest * z_[n][j];
      bar[j] *= sigma + beta * rest;
    }
    gradient[layer.beta] += sum;
  }

  // Both cotangents in place, with phi(z, beta) = z sigma(beta z) and its second derivatives
  // phi_zz = beta bend, phi_zbeta = z bend (see ncf_tangents.hpp).
  KOKKOS_FUNCTION void deactivate_dot(int n, T *bar, T *dot, T *gradient) const
  {
    NcfLayer const &layer = layout_.context[n];
    T const beta = row_[layer.beta];
    T sum = 0;
    for (int j = 0; j < layer.out; ++j) {
      T const z = z_[n][j], sigma = sigmoid(beta * z), rest = x_[n + 1][j] * (T(1) - sigma);
      T const bend = sigma * (T(1) - sigma) * (T(2) + beta * z * (T(1) - T(2) * sigma));
      T const by_z = sigma + beta * rest, bent = dot[j] * bend * z_dot_[n][j];
      sum += bar[j] * z * rest + bent * z;
      bar[j] = bar[j] * by_z + bent * beta;
      dot[j] *= by_z;
    }
    gradient[layer.beta] += sum;
  }

  // One lane of the packs' function: no call of libm in the kernels that make codes.
  static KOKKOS_FUNCTION T sigmoid(T x) { return tessera::sigmoid(Pack<T>(x)).lane(0); }

  NcfLayout const &layout_;
  T const *row_;
  int last_;
  T *transposed_[NcfLayout::max_depth + 1], *x_[NcfLayout::max_depth + 1],
      *z_[NcfLayout::max_depth + 1];
  T *bar_, *next_bar_;
  // Only with tangents:
  T *x_dot_[NcfLayout::max_depth + 1], *z_dot_[NcfLayout::max_depth + 1];
  T *dot_bar_ = nullptr, *next_dot_bar_ = nullptr;
};

}  // namespace tessera::fields
