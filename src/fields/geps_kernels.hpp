#pragma once

#include <tessera/core/pack_swish.hpp>
#include <tessera/fields/geps_layout.hpp>

#include "affine_pull_back.hpp"
#include "lane_products.hpp"

/// One GEPS expert as a vector field on packs (concept: solvers/ode/integrate_lanes.hpp).
namespace tessera::fields {

using solvers::LaneArena;

/// y = W x + A (xi ∘ B x) + b + C xi per layer, then x sigma((beta + D xi) x) on hidden layers.
/// Forward a layer is one product of [W | A] with [x; xi ∘ B x], backward one of [W; B]ᵀ with
/// [y_bar; xi ∘ Aᵀ y_bar]; the activation and its derivative are applied to the sums while they
/// are in registers. b + C xi and beta + D xi are made per lane when a trajectory enters it.
template <class T, int NV>
class GepsField {
 public:
  using Number = T;
  static constexpr int packs = NV, lanes = Rows<T, NV>::lanes, W = Pack<T>::width;
  using R = Rows<T, NV>;

  /// What pull_back needs of one evaluation. Per layer: inputs [x; xi ∘ B x], B x, and of a
  /// hidden layer the derivatives of its output by its sum z and by its slope.
  struct Tape {
    R x[GepsLayout::max_depth], s[GepsLayout::max_depth], by_z[GepsLayout::max_depth],
        by_slope[GepsLayout::max_depth];
  };

  KOKKOS_FUNCTION GepsField(LaneArena &arena, GepsLayout const &layout, T const *row,
                            bool with_pull_back)
      : layout_(layout),
        row_(row),
        rank_(layout.shape.rank),
        depth_(layout.shape.depth),
        widest_(Kokkos::max(layout.shape.width, layout.shape.state)),
        xi_(arena, rank_)
  {
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout.layers[n];
      forward_[n] = arena.take<T>((layer.in + rank_) * layer.out);
      low_rank_[n] = arena.take<T>(layer.in * rank_);
      affine_[n] = arena.take<T>((1 + rank_) * affine_stride(n));
      followers_[n] = R(arena, followers(n));
      if (layer.hidden) exponent_[n] = R(arena, 1);
    }
    if (!with_pull_back) take_scratch(arena);
    if (with_pull_back) take_pull_back(arena);
    if (row == nullptr) return;
    fill(xi_, rank_, T(0));
    prepare();
    if (with_pull_back) prepare_pull_back();
  }

  /// From now on pull_back finds the contexts' cotangents only.
  KOKKOS_FUNCTION void skip_weights() { with_weights_ = false; }

  KOKKOS_FUNCTION Tape make_tape(LaneArena &arena) const
  {
    Tape tape;
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      tape.x[n] = R(arena, layer.in + rank_);
      tape.s[n] = R(arena, rank_);
      if (!layer.hidden) continue;
      tape.by_z[n] = R(arena, layer.out);
      tape.by_slope[n] = R(arena, layer.out);
    }
    return tape;
  }

  /// The context (rank) of lane l; the expert's shift is added here.
  KOKKOS_FUNCTION void load_lane(int l, T const *context)
  {
    for (int r = 0; r < rank_; ++r) xi_.at(r, l) = context[r] + row_[layout_.shift];
    stale_[l / W] = true;
  }

  KOKKOS_FUNCTION void evaluate(R x, R dx) { forward<false>(x, dx, scratch_); }
  KOKKOS_FUNCTION void evaluate(R x, R dx, Tape const &tape) { forward<true>(x, dx, tape); }

  /// x_bar = (df/dx)ᵀ dx_bar; adds to the block's weight gradients and the lanes' context sums.
  KOKKOS_FUNCTION void pull_back(Tape const &tape, R dx_bar, R x_bar)
  {
    int n = depth_ - 1;
    R y_bar = bar_[n % 2];
    copy(dx_bar, y_bar, layout_.shape.state);
    add(dx_bar, follower_bar_[n], layout_.shape.state);
    for (; n > 0; --n) {
      R const x_sum_bar = bar_[(n - 1) % 2];
      pull_back_layer(n, tape, y_bar, [&, m = n - 1](int k, int v, Pack<T> const &bar) {
        Pack<T> const sum_bar = bar * tape.by_z[m](k, v);
        x_sum_bar(k, v) = sum_bar;
        follower_bar_[m](k, v) += sum_bar;
        Pack<T> &slope_bar = follower_bar_[m](layout_.shape.width, v);
        slope_bar = fma(bar, tape.by_slope[m](k, v), slope_bar);
      });
      y_bar = x_sum_bar;
    }
    pull_back_layer(0, tape, y_bar, [=](int k, int v, Pack<T> const &bar) { x_bar(k, v) = bar; });
  }

  /// Closes lane l: its share of the gradients of b, C, beta, D and shift, and its context's
  /// cotangent (rank).
  KOKKOS_FUNCTION void finish_lane(int l, T *context_bar)
  {
    Pack<T> sums[GepsLayout::max_rank];
    for (int r = 0; r < rank_; ++r) sums[r] = Pack<T>(T(0));
    for (int n = 0; n < depth_; ++n) close_followers(n, l, sums);
    for (int r = 0; r < rank_; ++r) {
      T sum = xi_bar_.at(r, l);
      for (int i = 0; i < W; ++i) sum += sums[r].lane(i);
      context_bar[r] = sum;
      shift_bar_ += sum;
      xi_bar_.at(r, l) = T(0);
    }
  }

  /// The block's gradient in the expert's layout, written to `gradient` (size).
  KOKKOS_FUNCTION void finish_block(T *gradient) const
  {
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      finish_weights(n, gradient + layer.w, gradient + layer.a);
      sum_lanes(low_rank_bar_[n], rank_ * layer.in, gradient + layer.bt);
      T const *bar = affine_bar_[n];
      for (int k = 0; k <= rank_; ++k, bar += affine_stride(n)) {
        for (int j = 0; j < layer.out; ++j) {
          gradient[k == 0 ? layer.b + j : layer.c + j * rank_ + k - 1] = bar[j];
        }
        if (layer.hidden) gradient[k == 0 ? layer.beta : layer.d + k - 1] = bar[layer.out];
      }
    }
    gradient[layout_.shift] = shift_bar_;
  }

 protected:
  static KOKKOS_FUNCTION int padded(int n) { return (n + W - 1) / W * W; }
  // Numbers of layer n that follow the context: the biases and, of a hidden layer, the slope.
  KOKKOS_FUNCTION int followers(int n) const
  {
    return layout_.layers[n].out + int(layout_.layers[n].hidden);
  }
  KOKKOS_FUNCTION int affine_stride(int n) const { return padded(followers(n)); }
  // A layer of few outputs keeps the lanes of its weight gradient apart (add_lane_products).
  KOKKOS_FUNCTION bool thin(int n) const { return 2 * layout_.layers[n].out < W; }

  // Without a tape two layers' inputs are enough, so that they stay in the first cache.
  KOKKOS_FUNCTION void take_scratch(LaneArena &arena)
  {
    R const inputs[2] = {R(arena, widest_ + rank_), R(arena, widest_ + rank_)};
    for (int n = 0; n < depth_; ++n) scratch_.x[n] = inputs[n % 2];
  }

  KOKKOS_FUNCTION void take_pull_back(LaneArena &arena)
  {
    for (R &bar : bar_) bar = R(arena, widest_ + rank_);
    xi_bar_ = R(arena, rank_);
    transposed_ = arena.take<T>(lanes * padded(widest_));
    column_ = arena.take<T>(padded(widest_ + 1));
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      int const stacked = layer.in + rank_;
      backward_[n] = arena.take<T>((layer.out + rank_) * layer.in);
      rank_back_[n] = arena.take<T>(layer.out * rank_);
      follower_bar_[n] = R(arena, followers(n));
      affine_bar_[n] = arena.take<T>((1 + rank_) * affine_stride(n));
      low_rank_bar_[n] = arena.take<Pack<T>>(rank_ * layer.in);
      if (thin(n)) lane_bar_[n] = arena.take<Pack<T>>(layer.out * stacked);
      if (!thin(n)) weight_bar_[n] = arena.take<T>(stacked * padded(layer.out));
    }
  }

  // The matrices in the order the products read them.
  KOKKOS_FUNCTION void prepare()
  {
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      T const *w = row_ + layer.w, *a = row_ + layer.a, *bt = row_ + layer.bt;
      write_tiles<NV>(forward_[n], layer.in + rank_, layer.out, [=, this](int k, int j) {
        return k < layer.in ? w[j * layer.in + k] : a[j * rank_ + k - layer.in];
      });
      write_tiles<NV>(low_rank_[n], layer.in, rank_,
                      [=](int k, int r) { return bt[r * layer.in + k]; });
      T *affine = affine_[n];
      for (int k = 0; k <= rank_; ++k, affine += affine_stride(n)) {
        for (int j = 0; j < affine_stride(n); ++j) affine[j] = T(0);
        for (int j = 0; j < layer.out; ++j) {
          affine[j] = row_[k == 0 ? layer.b + j : layer.c + j * rank_ + k - 1];
        }
        if (layer.hidden) affine[layer.out] = row_[k == 0 ? layer.beta : layer.d + k - 1];
      }
    }
  }

  // The matrices that are read backward, and zeros in all sums.
  KOKKOS_FUNCTION void prepare_pull_back()
  {
    fill(xi_bar_, rank_, T(0));
    for (int j = 0; j < padded(widest_ + 1); ++j) column_[j] = T(0);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      int const stacked = layer.in + rank_;
      T const *w = row_ + layer.w, *a = row_ + layer.a, *bt = row_ + layer.bt;
      write_tiles<NV>(backward_[n], layer.out + rank_, layer.in, [=](int j, int k) {
        return j < layer.out ? w[j * layer.in + k] : bt[(j - layer.out) * layer.in + k];
      });
      write_tiles<NV>(rank_back_[n], layer.out, rank_,
                      [=, this](int j, int r) { return a[j * rank_ + r]; });
      fill(follower_bar_[n], followers(n), T(0));
      for (int i = 0; i < (1 + rank_) * affine_stride(n); ++i) affine_bar_[n][i] = T(0);
      fill(Rows<T, 1>(low_rank_bar_[n]), rank_ * layer.in, T(0));
      if (thin(n)) fill(Rows<T, 1>(lane_bar_[n]), layer.out * stacked, T(0));
      for (int i = 0; !thin(n) && i < stacked * padded(layer.out); ++i) weight_bar_[n][i] = T(0);
    }
  }

  // b + C xi and beta + D xi in the packs that got a new trajectory.
  KOKKOS_FUNCTION void refresh()
  {
    for (int v = 0; v < NV; ++v) {
      if (!stale_[v]) continue;
      stale_[v] = false;
      for (int n = 0; n < depth_; ++n) {
        int const stride = affine_stride(n);
        for (int j = 0; j < followers(n); ++j) {
          Pack<T> sum(affine_[n][j]);
          for (int r = 0; r < rank_; ++r) {
            sum = fma(Pack<T>(affine_[n][(1 + r) * stride + j]), xi_(r, v), sum);
          }
          followers_[n](j, v) = sum;
        }
        GepsLayer const &layer = layout_.layers[n];
        if (layer.hidden) exponent_[n](0, v) = swish_exponent(followers_[n](layer.out, v));
      }
    }
  }

  // Inputs and, where they are kept, derivatives go to the tape; the state is computed by the same
  // operations with and without them.
  template <bool keep>
  KOKKOS_FUNCTION void forward(R x, R dx, Tape const &tape)
  {
    refresh();
    copy(x, tape.x[0], layout_.shape.state);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      R const in = tape.x[n], q = in.from(layer.in);
      tiled_product(low_rank_[n], layer.in, rank_, in, ZeroRows<T>(),
                    [&](int r, int v, Pack<T> const &s) {
                      if constexpr (keep) tape.s[n](r, v) = s;
                      q(r, v) = s * xi_(r, v);
                    });
      auto product = [&](auto const &finish) {
        tiled_product(forward_[n], layer.in + rank_, layer.out, in, followers_[n], finish);
      };
      if (layer.hidden) {
        product([&](int j, int v, Pack<T> const &z) { activate<keep>(n, j, v, z, tape); });
      } else {
        product([&](int j, int v, Pack<T> const &z) { dx(j, v) = z; });
      }
    }
  }

  // x = z sigma(slope z), dx/dz = sigma + slope x (1 - sigma), dx/dslope = z x (1 - sigma)
  template <bool keep>
  KOKKOS_FORCEINLINE_FUNCTION void activate(int n, int j, int v, Pack<T> const &z,
                                            Tape const &tape) const
  {
    Pack<T> const sigma = swish_sigmoid(z, exponent_[n](0, v)), x = z * sigma;
    tape.x[n + 1](j, v) = x;
    if constexpr (keep) {
      Pack<T> const rest = fma(-x, sigma, x);
      tape.by_z[n](j, v) = fma(followers_[n](layout_.layers[n].out, v), rest, sigma);
      tape.by_slope[n](j, v) = z * rest;
    }
  }

  // One linear layer: y_bar (out, with room for rank rows behind) to finish(k, v, x_bar).
  template <class Finish>
  KOKKOS_FUNCTION void pull_back_layer(int n, Tape const &tape, R y_bar, Finish const &finish)
  {
    GepsLayer const &layer = layout_.layers[n];
    R const s_bar = y_bar.from(layer.out);
    tiled_product(rank_back_[n], layer.out, rank_, y_bar, ZeroRows<T>(),
                  [&](int r, int v, Pack<T> const &q_bar) {
                    xi_bar_(r, v) = fma(q_bar, tape.s[n](r, v), xi_bar_(r, v));
                    s_bar(r, v) = q_bar * xi_(r, v);
                  });
    if (with_weights_) add_weight_gradient(n, tape.x[n], y_bar);
    tiled_product(backward_[n], layer.out + rank_, layer.in, y_bar, ZeroRows<T>(), finish);
  }

  // [W | A] += y_bar [x; q]ᵀ and B += s_bar xᵀ, summed over the lanes; W and A stand transposed.
  KOKKOS_FUNCTION void add_weight_gradient(int n, R inputs, R y_bar)
  {
    GepsLayer const &layer = layout_.layers[n];
    int const stacked = layer.in + rank_, ld = padded(layer.out);
    add_lane_products(y_bar.from(layer.out), rank_, inputs, layer.in, low_rank_bar_[n]);
    if (thin(n)) {
      add_lane_products(y_bar, layer.out, inputs, stacked, lane_bar_[n]);
      return;
    }
    lanes_to_rows(y_bar, layer.out, transposed_, ld);
    add_outer(inputs, stacked, transposed_, ld, weight_bar_[n], ld, layer.out);
  }

  // What followed the context in lane l: gradients of b, C, beta and D, and, in packs that are
  // still to be summed, what flows back to the context.
  KOKKOS_FUNCTION void close_followers(int n, int l, Pack<T> *xi_bar)
  {
    int const count = followers(n), stride = affine_stride(n);
    for (int j = 0; j < count; ++j) {
      column_[j] = follower_bar_[n].at(j, l);
      follower_bar_[n].at(j, l) = T(0);
    }
    for (int j = count; j < stride; ++j) column_[j] = T(0);
    affine_pull_back(
        column_, stride, rank_, [this, l](int r) { return xi_.at(r, l); }, affine_[n],
        affine_bar_[n], xi_bar);
  }

  KOKKOS_FUNCTION void finish_weights(int n, T *w, T *a) const
  {
    GepsLayer const &layer = layout_.layers[n];
    int const stacked = layer.in + rank_, ld = padded(layer.out);
    for (int j = 0; j < layer.out; ++j) {
      if (thin(n)) {
        sum_lanes(lane_bar_[n] + j * stacked, layer.in, w + j * layer.in);
        sum_lanes(lane_bar_[n] + j * stacked + layer.in, rank_, a + j * rank_);
        continue;
      }
      T const *bar = weight_bar_[n] + j;
      for (int k = 0; k < layer.in; ++k, bar += ld) w[j * layer.in + k] = *bar;
      for (int r = 0; r < rank_; ++r, bar += ld) a[j * rank_ + r] = *bar;
    }
  }

  GepsLayout const &layout_;
  T const *row_;
  int rank_, depth_, widest_;
  bool with_weights_ = true, stale_[NV] = {};
  R xi_, followers_[GepsLayout::max_depth], exponent_[GepsLayout::max_depth];
  T *forward_[GepsLayout::max_depth], *low_rank_[GepsLayout::max_depth],
      *affine_[GepsLayout::max_depth];
  Tape scratch_;
  // Only with pull_back:
  R bar_[2], xi_bar_, follower_bar_[GepsLayout::max_depth];
  T shift_bar_ = T(0), *transposed_ = nullptr, *column_ = nullptr;
  T *backward_[GepsLayout::max_depth], *rank_back_[GepsLayout::max_depth],
      *affine_bar_[GepsLayout::max_depth], *weight_bar_[GepsLayout::max_depth];
  Pack<T> *low_rank_bar_[GepsLayout::max_depth], *lane_bar_[GepsLayout::max_depth];
};

}  // namespace tessera::fields
