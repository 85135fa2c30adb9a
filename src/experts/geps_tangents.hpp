#pragma once

#include "geps_kernels.hpp"

/// The third and fourth verb of a GEPS expert: directional derivatives and their transpose.
namespace tessera::experts {

/// A GepsField that also pushes up to `most` tangents forward. Per tangent and layer
///   x' -> z' = W x' + A (xi ∘ B x' + xi' ∘ B x) + C xi',  x' <- phi_z z' + phi_beta D xi'
/// with phi(z, beta) = z sigma(beta z): products with the same matrices as evaluate, low rank kept,
/// no further activations. Each tangent is a product of its own: two packs by eight rows of sums
/// fill the registers already, so a weight would not be read less often for several at once.
template <class T, int NV>
class GepsTangents : public GepsField<T, NV> {
  using Base = GepsField<T, NV>;

 public:
  using R = typename Base::R;
  using Tape = typename Base::Tape;
  static constexpr int W = Base::W, lanes = Base::lanes;

  KOKKOS_FUNCTION GepsTangents(LaneArena &arena, GepsLayout const &layout, T const *row,
                               bool with_pull_back, int most)
      : Base(arena, layout, row, with_pull_back), ld_((layout.shape.rank + W - 1) / W * W)
  {
    dots_ = arena.take<Tape>(most);
    for (int t = 0; t < most; ++t) {
      Tape const dot = with_pull_back ? this->make_tape(arena) : passing_tape(arena);
      if (row != nullptr) dots_[t] = dot;
    }
    beta_dot_ = R(arena, most * depth_);
    for (int n = 0; n < depth_; ++n) {
      int const out = layout_.layers[n].out;
      affine_[n] = arena.take<T>(rank_ * out);
      if (row == nullptr) continue;
      for (int r = 0; r < rank_; ++r) {
        for (int j = 0; j < out; ++j) {
          affine_[n][r * out + j] = row_[layout_.layers[n].c + j * rank_ + r];
        }
      }
    }
    if (with_pull_back) take_transpose(arena, most);
  }

  /// dx_dot = (df/dx) x_dot + (df/dxi) xi_dot for `count` tangents at the point `tape` was filled
  /// at. Rows (tangent, state) and (tangent, rank), tangent slowest.
  KOKKOS_FUNCTION void push_forward(Tape const &tape, int count, R x_dot, R xi_dot, R dx_dot)
  {
    int const state = layout_.shape.state;
    for (int t = 0; t < count; ++t) copy(x_dot.from(t * state), dots_[t].x[0], state);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      for (int t = 0; t < count; ++t) {
        R const out = layer.hidden ? dots_[t].z[n] : dx_dot.from(t * state);
        push_layer(n, tape, dots_[t], xi_dot.from(t * rank_), out);
        if (layer.hidden) push_slope(n, xi_dot.from(t * rank_), beta_dot_.from(t * depth_ + n));
      }
      if (layer.hidden) push_activation(n, count, tape);
    }
  }

  /// Transpose of evaluate and push_forward together: from cotangents of f (dx_bar) and of its
  /// directional derivatives (dx_dot_bar) writes those of x, of x_dot and of xi_dot; adds to the
  /// block's weight gradients and to the lanes' context sums as pull_back does.
  KOKKOS_FUNCTION void pull_back_tangent(Tape const &tape, int count, R x_dot, R xi_dot, R dx_bar,
                                         R dx_dot_bar, R x_bar, R x_dot_bar, R xi_dot_bar)
  {
    int const state = layout_.shape.state, widest = widest_ + rank_;
    push_forward(tape, count, x_dot, xi_dot, unused_);
    fill(xi_dot_bar, count * rank_, T(0));
    for (int t = 0; t < count; ++t) {
      lanes_to_rows(xi_dot.from(t * rank_), rank_, xi_rows_ + t * lanes * ld_, ld_);
      copy(dx_dot_bar.from(t * state), out_dot_bar_.from(t * widest_), state);
    }
    R y_bar = dx_bar;
    for (int n = depth_ - 1; n >= 0; --n) {
      GepsLayer const &layer = layout_.layers[n];
      begin_layer(n, tape, y_bar);
      for (int t = 0; t < count; ++t) {
        pull_back_dot(n, t, tape, xi_dot.from(t * rank_), xi_dot_bar.from(t * rank_));
      }
      copy(s_sum_, s_bar_, rank_);
      product(row_ + layer.bt, layer.in, rank_, layer.in, s_bar_, in_bar_, in_bar_);
      this->add_weight_gradient(n, tape, y_bar);
      if (n == 0) break;
      deactivate_dots(n - 1, count, tape);
      for (int t = 0; t < count; ++t) close_slope(n - 1, t, xi_dot_bar.from(t * rank_));
      y_bar = out_bar_;
    }
    copy(in_bar_, x_bar, state);
    for (int t = 0; t < count; ++t) {
      copy(in_dot_bar_.from(t * widest), x_dot_bar.from(t * state), state);
    }
  }

  /// As GepsField::finish_block, with what the tangents say about C and D.
  KOKKOS_FUNCTION void finish_block(T *gradient) const
  {
    Base::finish_block(gradient);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      for (int r = 0; r < rank_; ++r) {
        for (int j = 0; j < layer.out; ++j) {
          gradient[layer.c + j * rank_ + r] += c_bar_[n][j * ld_ + r];
        }
        if (layer.hidden) gradient[layer.d + r] += d_bar_[n * ld_ + r];
      }
    }
  }

 private:
  using Base::backward_, Base::beta_, Base::beta_bar_, Base::bias_bar_, Base::depth_,
      Base::forward_, Base::in_bar_, Base::layout_, Base::low_rank_, Base::out_bar_, Base::rank_,
      Base::row_, Base::s_bar_, Base::widest_, Base::xi_, Base::xi_bar_, Base::zero_;

  // Without a pull-back a tangent passes through one pair of buffers that stays in the cache.
  KOKKOS_FUNCTION Tape passing_tape(LaneArena &arena) const
  {
    R const in(arena, widest_ + rank_), low(arena, rank_), out(arena, widest_);
    Tape tape;
    for (int n = 0; n < depth_; ++n) tape.x[n] = in, tape.s[n] = low, tape.z[n] = out;
    return tape;
  }

  KOKKOS_FUNCTION void take_transpose(LaneArena &arena, int most)
  {
    in_dot_bar_ = R(arena, most * (widest_ + rank_));
    out_dot_bar_ = R(arena, most * widest_);
    beta_dot_bar_ = R(arena, most);
    s_sum_ = R(arena, rank_);
    unused_ = R(arena, most * layout_.shape.state);
    xi_rows_ = arena.take<T>(most * lanes * ld_);
    d_bar_ = arena.take<T>(depth_ * ld_);
    for (int n = 0; n < depth_; ++n) c_bar_[n] = arena.take<T>(layout_.layers[n].out * ld_);
    if (row_ == nullptr) return;
    for (int i = 0; i < depth_ * ld_; ++i) d_bar_[i] = T(0);
    for (int n = 0; n < depth_; ++n) {
      for (int i = 0; i < layout_.layers[n].out * ld_; ++i) c_bar_[n][i] = T(0);
    }
  }

  // z' = [W | A] [x'; xi ∘ B x' + xi' ∘ B x] + C xi'
  KOKKOS_FUNCTION void push_layer(int n, Tape const &tape, Tape const &dot, R xi_dot, R out) const
  {
    GepsLayer const &layer = layout_.layers[n];
    R const in = dot.x[n], low = dot.s[n], q = in.from(layer.in);
    product(low_rank_[n], rank_, layer.in, rank_, in, zero_, low);
    for (int i = 0; i < rank_ * NV; ++i) {
      q.data[i] = fma(low.data[i], xi_.data[i], tape.s[n].data[i] * xi_dot.data[i]);
    }
    product(affine_[n], layer.out, rank_, layer.out, xi_dot, zero_, out);
    product(forward_[n], layer.out, layer.in + rank_, layer.out, in, out, out);
  }

  // beta' = D xi'
  KOKKOS_FUNCTION void push_slope(int n, R xi_dot, R slope) const
  {
    T const *d = row_ + layout_.layers[n].d;
    for (int v = 0; v < NV; ++v) {
      Pack<T> sum(T(0));
      for (int r = 0; r < rank_; ++r) sum = fma(Pack<T>(d[r]), xi_dot(r, v), sum);
      slope(0, v) = sum;
    }
  }

  // phi_z = sigma + beta x (1 - sigma), phi_beta = z x (1 - sigma): the same for all tangents.
  KOKKOS_FUNCTION void push_activation(int n, int count, Tape const &tape) const
  {
    for (int j = 0; j < layout_.layers[n].out; ++j) {
      for (int v = 0; v < NV; ++v) {
        Pack<T> const s = tape.sigma[n](j, v);
        Pack<T> const rest = tape.x[n + 1](j, v) * (Pack<T>(T(1)) - s);
        Pack<T> const by_z = fma(beta_(n, v), rest, s), by_beta = tape.z[n](j, v) * rest;
        for (int t = 0; t < count; ++t) {
          dots_[t].x[n + 1](j, v) =
              fma(by_z, dots_[t].z[n](j, v), by_beta * beta_dot_(t * depth_ + n, v));
        }
      }
    }
  }

  // in_bar = [W | A]ᵀ y_bar of the value; what reaches B x is collected in s_sum.
  KOKKOS_FUNCTION void begin_layer(int n, Tape const &tape, R y_bar)
  {
    GepsLayer const &layer = layout_.layers[n];
    int const stacked = layer.in + rank_;
    add(y_bar, bias_bar_[n], layer.out);
    product(backward_[n], stacked, layer.out, stacked, y_bar, zero_, in_bar_);
    R const q_bar = in_bar_.from(layer.in);
    for (int i = 0; i < rank_ * NV; ++i) {
      xi_bar_.data[i] = fma(q_bar.data[i], tape.s[n].data[i], xi_bar_.data[i]);
      s_sum_.data[i] = q_bar.data[i] * xi_.data[i];
    }
  }

  // The same for tangent t: q' = xi ∘ s' + xi' ∘ s has four factors to give to.
  KOKKOS_FUNCTION void pull_back_dot(int n, int t, Tape const &tape, R xi_dot, R xi_dot_bar)
  {
    GepsLayer const &layer = layout_.layers[n];
    int const stacked = layer.in + rank_;
    R const y_bar = out_dot_bar_.from(t * widest_);
    R const in_bar = in_dot_bar_.from(t * (widest_ + rank_)), q_bar = in_bar.from(layer.in);
    product(backward_[n], stacked, layer.out, stacked, y_bar, zero_, in_bar);
    for (int i = 0; i < rank_ * NV; ++i) {
      Pack<T> const bar = q_bar.data[i];
      xi_bar_.data[i] = fma(bar, dots_[t].s[n].data[i], xi_bar_.data[i]);
      s_sum_.data[i] = fma(bar, xi_dot.data[i], s_sum_.data[i]);
      xi_dot_bar.data[i] = fma(bar, tape.s[n].data[i], xi_dot_bar.data[i]);
      s_bar_.data[i] = bar * xi_.data[i];
    }
    product(row_ + layer.c, rank_, layer.out, rank_, y_bar, xi_dot_bar, xi_dot_bar);
    product(row_ + layer.bt, layer.in, rank_, layer.in, s_bar_, in_bar, in_bar);
    this->add_weight_gradient(n, dots_[t], y_bar);
    add_outer(y_bar, layer.out, xi_rows_ + t * lanes * ld_, ld_, c_bar_[n], ld_, rank_);
  }

  // With rho = sigma (1 - sigma) and bend = rho (2 + beta z (1 - 2 sigma)) the second derivatives
  // of phi are phi_zz = beta bend, phi_zbeta = z bend, phi_betabeta = z³ rho (1 - 2 sigma).
  KOKKOS_FUNCTION void deactivate_dots(int n, int count, Tape const &tape)
  {
    Pack<T> const one(T(1)), two(T(2));
    fill(beta_dot_bar_, count, T(0));
    for (int j = 0; j < layout_.layers[n].out; ++j) {
      for (int v = 0; v < NV; ++v) {
        Pack<T> const s = tape.sigma[n](j, v), z = tape.z[n](j, v), beta = beta_(n, v);
        Pack<T> const rest = tape.x[n + 1](j, v) * (one - s);
        Pack<T> const by_z = fma(beta, rest, s), by_beta = z * rest;
        Pack<T> const rho = s * (one - s), tilt = one - two * s;
        Pack<T> const bend = rho * fma(beta * z, tilt, two), sharp = z * z * z * rho * tilt;
        Pack<T> z_bar = in_bar_(j, v) * by_z;
        Pack<T> beta_bar = fma(in_bar_(j, v), by_beta, beta_bar_(n, v));
        for (int t = 0; t < count; ++t) {
          Pack<T> const bar = in_dot_bar_(t * (widest_ + rank_) + j, v);
          Pack<T> const z_dot = dots_[t].z[n](j, v), slope = beta_dot_(t * depth_ + n, v);
          z_bar = fma(bar * bend, fma(beta, z_dot, z * slope), z_bar);
          beta_bar = fma(bar, fma(z * bend, z_dot, sharp * slope), beta_bar);
          beta_dot_bar_(t, v) = fma(bar, by_beta, beta_dot_bar_(t, v));
          out_dot_bar_(t * widest_ + j, v) = bar * by_z;
        }
        out_bar_(j, v) = z_bar;
        beta_bar_(n, v) = beta_bar;
      }
    }
  }

  // Transpose of push_slope.
  KOKKOS_FUNCTION void close_slope(int n, int t, R xi_dot_bar)
  {
    T const *d = row_ + layout_.layers[n].d;
    R const bar = beta_dot_bar_.from(t);
    for (int r = 0; r < rank_; ++r) {
      for (int v = 0; v < NV; ++v) {
        xi_dot_bar(r, v) = fma(Pack<T>(d[r]), bar(0, v), xi_dot_bar(r, v));
      }
    }
    add_outer(bar, 1, xi_rows_ + t * lanes * ld_, ld_, d_bar_ + n * ld_, ld_, rank_);
  }

  int ld_;  // rank, padded to whole packs
  Tape *dots_ = nullptr;
  R beta_dot_;
  T *affine_[GepsLayout::max_depth];
  // Only with pull_back_tangent:
  R in_dot_bar_, out_dot_bar_, beta_dot_bar_, s_sum_, unused_;
  T *xi_rows_ = nullptr, *d_bar_ = nullptr, *c_bar_[GepsLayout::max_depth];
};

}  // namespace tessera::experts
