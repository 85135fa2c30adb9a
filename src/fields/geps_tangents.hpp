#pragma once

#include "geps_kernels.hpp"

/// The third and fourth verb of a GEPS expert: directional derivatives and their transpose.
namespace tessera::fields {

/// A GepsField that also pushes up to `most` tangents forward. Per tangent and layer
///   x' -> z' = W x' + A (xi ∘ B x' + xi' ∘ B x) + C xi',  x' <- phi_z z' + phi_beta D xi'
/// with phi(z, beta) = z sigma(beta z), whose derivatives stand in the tape: products with the same
/// matrices as evaluate, low rank kept, no activations. Each tangent is a product of its own: one
/// fills the registers with sums already, so a weight would not be read less often for several.
template <class T, int NV>
class GepsTangents : public GepsField<T, NV> {
  using Base = GepsField<T, NV>;

 public:
  using R = typename Base::R;
  using Tape = typename Base::Tape;
  static constexpr int W = Base::W, lanes = Base::lanes;

  KOKKOS_FUNCTION GepsTangents(LaneArena &arena, GepsLayout const &layout, T const *row,
                               bool with_pull_back, int most)
      : Base(arena, layout, row, with_pull_back)
  {
    dots_ = arena.take<Dot>(most);
    for (int t = 0; t < most; ++t) {
      Dot const dot = with_pull_back ? kept_dot(arena) : passing_dot(arena);
      if (row != nullptr) dots_[t] = dot;
    }
    drift_ = R(arena, widest_ + 1);
    if (with_pull_back) take_transpose(arena, most);
  }

  /// dx_dot = (df/dx) x_dot + (df/dxi) xi_dot for `count` tangents at the point `tape` was filled
  /// at. Rows (tangent, state) and (tangent, rank), tangent slowest.
  KOKKOS_FUNCTION void push_forward(Tape const &tape, int count, R x_dot, R xi_dot, R dx_dot)
  {
    push<false>(tape, count, x_dot, xi_dot, dx_dot);
  }

  /// Transpose of evaluate and push_forward together: from cotangents of f (dx_bar) and of its
  /// directional derivatives (dx_dot_bar) writes those of x, of x_dot and of xi_dot; adds to the
  /// block's weight gradients and to the lanes' context sums as pull_back does.
  KOKKOS_FUNCTION void pull_back_tangent(Tape const &tape, int count, R x_dot, R xi_dot, R dx_bar,
                                         R dx_dot_bar, R x_bar, R x_dot_bar, R xi_dot_bar)
  {
    int const state = layout_.shape.state;
    this->refresh();
    push<true>(tape, count, x_dot, xi_dot, R());
    fill(xi_dot_bar, count * rank_, T(0));
    copy(dx_bar, bar_[0], state);
    for (int t = 0; t < count; ++t) copy(dx_dot_bar.from(t * state), z_dot_bar(t), state);
    for (int n = depth_ - 1; n >= 0; --n) {
      fill(s_bar_, rank_, T(0));
      for (int t = 0; t < count; ++t) {
        pull_back_dot(n, t, tape, xi_dot.from(t * rank_), xi_dot_bar.from(t * rank_));
      }
      pull_back_value(n, tape);
      if (n > 0) deactivate(n - 1, count, tape);
    }
    copy(bar_[1], x_bar, state);
    for (int t = 0; t < count; ++t) copy(in_dot_bar(t), x_dot_bar.from(t * state), state);
  }

 private:
  using Base::affine_, Base::affine_bar_, Base::backward_, Base::bar_, Base::depth_,
      Base::exponent_, Base::follower_bar_, Base::followers_, Base::forward_, Base::layout_,
      Base::low_rank_, Base::rank_, Base::rank_back_, Base::row_, Base::widest_,
      Base::with_weights_, Base::xi_, Base::xi_bar_;

  /// One tangent. Per layer: inputs [x'; xi ∘ B x' + xi' ∘ B x], and, kept for the transpose only,
  /// B x', z' and (one row per layer) D xi'.
  struct Dot {
    R x[GepsLayout::max_depth], s[GepsLayout::max_depth], z[GepsLayout::max_depth], slope;
  };

  // Without a pull-back a tangent passes through one pair of buffers that stays in the cache.
  KOKKOS_FUNCTION Dot passing_dot(LaneArena &arena) const
  {
    R const inputs[2] = {R(arena, widest_ + rank_), R(arena, widest_ + rank_)};
    Dot dot;
    for (int n = 0; n < depth_; ++n) dot.x[n] = inputs[n % 2];
    return dot;
  }

  KOKKOS_FUNCTION Dot kept_dot(LaneArena &arena) const
  {
    Dot dot;
    dot.slope = R(arena, depth_);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      dot.x[n] = R(arena, layer.in + rank_);
      dot.s[n] = R(arena, rank_);
      if (layer.hidden) dot.z[n] = R(arena, layer.out);
    }
    return dot;
  }

  KOKKOS_FUNCTION void take_transpose(LaneArena &arena, int most)
  {
    s_bar_ = R(arena, rank_);
    slope_dot_bar_ = R(arena, most);
    in_dot_bar_ = R(arena, most * widest_);
    z_dot_bar_ = R(arena, most * (widest_ + rank_));
    follower_rows_ = arena.take<T>(lanes * Base::padded(widest_ + 1));
  }

  // Cotangents of tangent t: of a layer's inputs, and of its z' with room for B x' behind.
  KOKKOS_FUNCTION R in_dot_bar(int t) const { return in_dot_bar_.from(t * widest_); }
  KOKKOS_FUNCTION R z_dot_bar(int t) const { return z_dot_bar_.from(t * (widest_ + rank_)); }

  template <bool keep>
  KOKKOS_FUNCTION void push(Tape const &tape, int count, R x_dot, R xi_dot, R dx_dot)
  {
    int const state = layout_.shape.state;
    for (int t = 0; t < count; ++t) copy(x_dot.from(t * state), dots_[t].x[0], state);
    for (int n = 0; n < depth_; ++n) {
      for (int t = 0; t < count; ++t) {
        push_layer<keep>(n, tape, dots_[t], xi_dot.from(t * rank_), dx_dot.from(t * state));
      }
    }
  }

  // z' = [W | A] [x'; xi ∘ B x' + xi' ∘ B x] + C xi', x' = phi_z z' + phi_beta D xi'; where all is
  // kept for the transpose, f' itself is not wanted.
  template <bool keep>
  KOKKOS_FUNCTION void push_layer(int n, Tape const &tape, Dot const &dot, R xi_dot, R dx_dot) const
  {
    GepsLayer const &layer = layout_.layers[n];
    int const stride = this->affine_stride(n), stacked = layer.in + rank_;
    R const in = dot.x[n], q = in.from(layer.in), slope = drift_.from(layer.out);
    tiled_product(low_rank_[n], layer.in, rank_, in, ZeroRows<T>(),
                  [&](int r, int v, Pack<T> const &s) {
                    if constexpr (keep) dot.s[n](r, v) = s;
                    q(r, v) = fma(s, xi_(r, v), tape.s[n](r, v) * xi_dot(r, v));
                  });
    if (keep && !layer.hidden) return;
    product(affine_[n] + stride, stride, rank_, this->followers(n), xi_dot, ZeroRows<T>(), drift_);
    if (!layer.hidden) {
      tiled_product(forward_[n], stacked, layer.out, in, drift_,
                    [&](int j, int v, Pack<T> const &z) { dx_dot(j, v) = z; });
      return;
    }
    if constexpr (keep) copy(slope, dot.slope.from(n), 1);
    tiled_product(forward_[n], stacked, layer.out, in, drift_, [&](int j, int v, Pack<T> const &z) {
      if constexpr (keep) dot.z[n](j, v) = z;
      dot.x[n + 1](j, v) = fma(tape.by_z[n](j, v), z, tape.by_slope[n](j, v) * slope(0, v));
    });
  }

  // Tangent t's part of layer n: q' = xi ∘ s' + xi' ∘ s has four factors to give to. What reaches
  // s = B x is collected in s_bar_.
  KOKKOS_FUNCTION void pull_back_dot(int n, int t, Tape const &tape, R xi_dot, R xi_dot_bar)
  {
    GepsLayer const &layer = layout_.layers[n];
    R const z_bar = z_dot_bar(t), s_dot_bar = z_bar.from(layer.out), dot_s = dots_[t].s[n];
    product(row_ + layer.c, rank_, layer.out, rank_, z_bar, xi_dot_bar, xi_dot_bar);
    if (layer.hidden) {
      product(row_ + layer.d, rank_, 1, rank_, slope_dot_bar_.from(t), xi_dot_bar, xi_dot_bar);
    }
    transpose_layer(n, dots_[t].x[n], z_bar, in_dot_bar(t),
                    [&](int r, int v, Pack<T> const &q_bar) {
                      xi_bar_(r, v) = fma(q_bar, dot_s(r, v), xi_bar_(r, v));
                      s_bar_(r, v) = fma(q_bar, xi_dot(r, v), s_bar_(r, v));
                      xi_dot_bar(r, v) = fma(q_bar, tape.s[n](r, v), xi_dot_bar(r, v));
                      s_dot_bar(r, v) = q_bar * xi_(r, v);
                    });
    if (with_weights_) add_affine_gradient(n, t, xi_dot);
  }

  // The value's part, when the tangents have given theirs to s_bar_.
  KOKKOS_FUNCTION void pull_back_value(int n, Tape const &tape)
  {
    int const out = layout_.layers[n].out;
    add(bar_[0], follower_bar_[n], out);
    transpose_layer(n, tape.x[n], bar_[0], bar_[1],
                    [&, all = bar_[0].from(out)](int r, int v, Pack<T> const &q_bar) {
                      xi_bar_(r, v) = fma(q_bar, tape.s[n](r, v), xi_bar_(r, v));
                      all(r, v) = fma(q_bar, xi_(r, v), s_bar_(r, v));
                    });
  }

  // in_bar = Wᵀ z_bar + Bᵀ s_bar and the gradients of W, A and B; give(r, v, q_bar) takes Aᵀ z_bar
  // and writes s_bar behind z_bar.
  template <class Give>
  KOKKOS_FUNCTION void transpose_layer(int n, R inputs, R z_bar, R in_bar, Give const &give)
  {
    GepsLayer const &layer = layout_.layers[n];
    tiled_product(rank_back_[n], layer.out, rank_, z_bar, ZeroRows<T>(), give);
    if (with_weights_) this->add_weight_gradient(n, inputs, z_bar);
    tiled_product(backward_[n], layer.out + rank_, layer.in, z_bar, ZeroRows<T>(),
                  [=](int k, int v, Pack<T> const &bar) { in_bar(k, v) = bar; });
  }

  // [C; D] += [z'_bar; slope'_bar] xi'ᵀ, summed over the lanes; both stand transposed.
  KOKKOS_FUNCTION void add_affine_gradient(int n, int t, R xi_dot)
  {
    GepsLayer const &layer = layout_.layers[n];
    int const stride = this->affine_stride(n);
    lanes_to_rows(z_dot_bar(t), layer.out, follower_rows_, stride);
    for (int l = 0; layer.hidden && l < lanes; ++l) {
      follower_rows_[l * stride + layer.out] = slope_dot_bar_.at(t, l);
    }
    add_outer(xi_dot, rank_, follower_rows_, stride, affine_bar_[n] + stride, stride,
              this->followers(n));
  }

  // From the cotangents of layer n's outputs to those of its sums and slopes. z is summed again.
  // With rho = sigma (1 - sigma) and bend = rho (2 + beta z (1 - 2 sigma)) the second derivatives
  // of phi are phi_zz = beta bend, phi_zbeta = z bend, phi_betabeta = z³ rho (1 - 2 sigma).
  KOKKOS_FUNCTION void deactivate(int n, int count, Tape const &tape)
  {
    GepsLayer const &layer = layout_.layers[n];
    R const slope = followers_[n].from(layer.out), slope_bar = follower_bar_[n].from(layer.out);
    Pack<T> const one(T(1)), two(T(2));
    fill(slope_dot_bar_, count, T(0));
    auto finish = [&](int j, int v, Pack<T> const &z) {
      Pack<T> const by_z = tape.by_z[n](j, v), by_slope = tape.by_slope[n](j, v);
      Pack<T> const s = swish_sigmoid(z, exponent_[n](0, v)), beta = slope(0, v);
      Pack<T> const rho = s * (one - s), tilt = one - two * s;
      Pack<T> const bend = rho * fma(beta * z, tilt, two), sharp = z * z * z * rho * tilt;
      Pack<T> const x_bar = bar_[1](j, v);
      Pack<T> z_bar = x_bar * by_z, beta_bar = fma(x_bar, by_slope, slope_bar(0, v));
      for (int t = 0; t < count; ++t) {
        Pack<T> const bar = in_dot_bar(t)(j, v);
        Pack<T> const z_dot = dots_[t].z[n](j, v), slope_dot = dots_[t].slope(n, v);
        z_bar = fma(bar * bend, fma(beta, z_dot, z * slope_dot), z_bar);
        beta_bar = fma(bar, fma(z * bend, z_dot, sharp * slope_dot), beta_bar);
        slope_dot_bar_(t, v) = fma(bar, by_slope, slope_dot_bar_(t, v));
        z_dot_bar(t)(j, v) = bar * by_z;
      }
      bar_[0](j, v) = z_bar;
      slope_bar(0, v) = beta_bar;
    };
    tiled_product(forward_[n], layer.in + rank_, layer.out, tape.x[n], followers_[n], finish);
  }

  Dot *dots_ = nullptr;
  R drift_;  // [C; D] xi' of one layer and tangent
  // Only with pull_back_tangent:
  R s_bar_, slope_dot_bar_, in_dot_bar_, z_dot_bar_;
  T *follower_rows_ = nullptr;
};

}  // namespace tessera::fields
