#pragma once

#include <tessera/core/pack_swish.hpp>
#include <tessera/fields/geps_layout.hpp>

#include "geps_followers.hpp"
#include "low_rank_product.hpp"

namespace tessera::fields {

using solvers::Rows;

/// A GEPS expert (GepsField) for blocks of few trajectories: a pack holds neurons of one lane, so
/// that lanes without a trajectory cost nothing. Up to four lanes share each load of a weight.
/// Rows here are (lane, neuron), neurons padded to whole packs; states equal those of GepsField
/// bit for bit, since every sum runs in the same order.
template <class T, int NV>
class GepsNeurons {
  using Product = LowRankProduct<T>;

 public:
  using Number = T;
  static constexpr int packs = NV, lanes = Rows<T, NV>::lanes, W = Pack<T>::width;
  using R = Rows<T, NV>;
  using Numbers = LaneNumbers<T>;

  /// What pull_back needs of one evaluation. Per layer: inputs [x; xi ∘ B x], B x, and of a
  /// hidden layer the derivatives of its output by its sum z and by its slope.
  struct Tape {
    Numbers x[GepsLayout::max_depth], s[GepsLayout::max_depth], by_z[GepsLayout::max_depth],
        by_slope[GepsLayout::max_depth];
  };

  KOKKOS_FUNCTION GepsNeurons(LaneArena &arena, GepsLayout const &layout, T const *row,
                              bool with_pull_back)
      : layout_(layout),
        row_(row),
        rank_(layout.shape.rank),
        depth_(layout.shape.depth),
        widest_(Product::roomy(Kokkos::max(layout.shape.width, layout.shape.state), rank_)),
        out_(take(arena, widest_)),
        followers_(arena, layout, row, lanes, with_pull_back)
  {
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout.layers[n];
      forward_[n] = Product(arena, layer.in, layer.out, rank_);
    }
    if (!with_pull_back) take_scratch(arena);
    if (with_pull_back) take_pull_back(arena);
    if (row == nullptr) return;
    for (bool &live : live_) live = false;
    clear_lanes(out_, lanes);
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
      tape.x[n] = take(arena, Product::roomy(layer.in, rank_));
      tape.s[n] = take(arena, padded(rank_));
      if (!layer.hidden) continue;
      tape.by_z[n] = take(arena, padded(layer.out));
      tape.by_slope[n] = take(arena, padded(layer.out));
    }
    return tape;
  }

  /// The context (rank) of lane l; the expert's shift is added here.
  KOKKOS_FUNCTION void load_lane(int l, T const *context)
  {
    grouped_ = grouped_ && live_[l];
    live_[l] = true;
    followers_.load(l, context);
  }

  /// Lane l is left out until it is loaded.
  KOKKOS_FUNCTION void idle_lane(int l)
  {
    grouped_ = grouped_ && !live_[l];
    live_[l] = false;
  }

  KOKKOS_FUNCTION void evaluate(R x, R dx) { forward<false>(x, dx, scratch_); }
  KOKKOS_FUNCTION void evaluate(R x, R dx, Tape const &tape) { forward<true>(x, dx, tape); }

  /// x_bar = (df/dx)ᵀ dx_bar; adds to the block's weight gradients and the lanes' context sums.
  /// Lanes whose cotangent is zero cost nothing.
  KOKKOS_FUNCTION void pull_back(Tape const &tape, R dx_bar, R x_bar)
  {
    make_groups([&](int l) { return live_[l] && has_cotangent(dx_bar, l); });
    grouped_ = false;
    fill(x_bar, layout_.shape.state, T(0));
    for (int g = 0; g < groups_; ++g) {
      int n = depth_ - 1;
      Numbers y_bar = bar_[n % 2];
      to_lanes(group_[g], dx_bar, y_bar);
      followers_.add(group_[g], n, y_bar);
      for (; n >= 0; --n) {
        Numbers const in_bar = bar_[(n + 1) % 2];
        pull_back_layer(group_[g], n, tape, y_bar, in_bar);
        if (n > 0) deactivate(group_[g], n - 1, tape, in_bar);
        y_bar = in_bar;
      }
      from_lanes(group_[g], y_bar, x_bar);
    }
  }

  /// Closes lane l: its share of the gradients of b, C, beta, D and shift, and its context's
  /// cotangent (rank).
  KOKKOS_FUNCTION void finish_lane(int l, T *context_bar)
  {
    followers_.close(l, context_bar);
    idle_lane(l);
  }

  /// The block's gradient in the expert's layout, written to `gradient` (size).
  KOKKOS_FUNCTION void finish_block(T *gradient) const
  {
    for (int n = 0; n < depth_; ++n) finish_weights(n, gradient);
    followers_.finish(gradient);
  }

 private:
  static KOKKOS_FUNCTION int padded(int n) { return Product::padded(n); }
  static KOKKOS_FUNCTION Numbers take(LaneArena &arena, int ld)
  {
    return take_lanes<T>(arena, lanes, ld);
  }
  // A layer of few outputs keeps its weight gradient in rows of outputs, not of inputs, so that
  // the columns fill packs.
  KOKKOS_FUNCTION bool thin(int n) const { return 2 * layout_.layers[n].out < W; }

  // Without a tape two layers' inputs are enough, so that they stay in the first cache.
  KOKKOS_FUNCTION void take_scratch(LaneArena &arena)
  {
    Numbers const inputs[2] = {take(arena, widest_), take(arena, widest_)};
    Numbers const low = take(arena, padded(rank_));
    for (int n = 0; n < depth_; ++n) {
      scratch_.x[n] = inputs[n % 2];
      scratch_.s[n] = low;
    }
  }

  KOKKOS_FUNCTION void take_pull_back(LaneArena &arena)
  {
    for (Numbers &bar : bar_) bar = take(arena, widest_);
    q_bar_ = take(arena, padded(rank_));
    zero_ = arena.take<T>(widest_);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      backward_[n] = Product(arena, layer.out, layer.in, rank_);
      weight_bar_[n] = arena.take<T>(weight_numbers(n));
      low_rank_bar_[n] = arena.take<T>(thin(n) ? 0 : rank_ * padded(layer.in));
    }
  }

  // (input and rank, output), or of a thin layer (output and rank, input and rank).
  KOKKOS_FUNCTION int weight_numbers(int n) const
  {
    GepsLayer const &layer = layout_.layers[n];
    int const stacked = layer.in + rank_;
    return thin(n) ? (layer.out + rank_) * padded(stacked) : stacked * padded(layer.out);
  }

  KOKKOS_FUNCTION void prepare()
  {
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      T const *w = row_ + layer.w, *a = row_ + layer.a, *bt = row_ + layer.bt;
      forward_[n].prepare([=](int j, int k) { return w[j * layer.in + k]; },
                          [=](int r, int k) { return bt[r * layer.in + k]; },
                          [=, this](int j, int r) { return a[j * rank_ + r]; });
    }
  }

  // The matrices that are read backward, and zeros in all sums.
  KOKKOS_FUNCTION void prepare_pull_back()
  {
    for (Numbers bar : bar_) clear_lanes(bar, lanes);
    for (int i = 0; i < widest_; ++i) zero_[i] = T(0);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      T const *w = row_ + layer.w, *a = row_ + layer.a, *bt = row_ + layer.bt;
      backward_[n].prepare([=](int k, int j) { return w[j * layer.in + k]; },
                           [=, this](int r, int j) { return a[j * rank_ + r]; },
                           [=](int k, int r) { return bt[r * layer.in + k]; });
      for (int i = 0; i < weight_numbers(n); ++i) weight_bar_[n][i] = T(0);
      for (int i = 0; !thin(n) && i < rank_ * padded(layer.in); ++i) low_rank_bar_[n][i] = T(0);
    }
  }

  // The lanes that take part in groups of up to four, as even as can be.
  template <class TakesPart>
  KOKKOS_FUNCTION void make_groups(TakesPart const &takes_part)
  {
    int lane[lanes], count = 0;
    for (int l = 0; l < lanes; ++l) {
      if (takes_part(l)) lane[count++] = l;
    }
    groups_ = (count + LaneGroup::most - 1) / LaneGroup::most;
    for (int g = 0; g < groups_; ++g) {
      int const first = count * g / groups_, last = count * (g + 1) / groups_;
      group_[g].count = last - first;
      group_[g].shared = true;
      for (int i = first; i < last; ++i) group_[g].lane[i - first] = lane[i];
    }
  }

  KOKKOS_FUNCTION bool has_cotangent(R dx_bar, int l) const
  {
    bool any = false;
    for (int i = 0; i < layout_.shape.state; ++i) any = any || dx_bar.at(i, l) != T(0);
    return any;
  }

  KOKKOS_FUNCTION void to_lanes(LaneGroup const &group, R rows, Numbers out) const
  {
    for (int u = 0; u < group.count; ++u) {
      int const l = group.lane[u];
      for (int i = 0; i < layout_.shape.state; ++i) out(l)[i] = rows.at(i, l);
    }
  }

  KOKKOS_FUNCTION void from_lanes(LaneGroup const &group, Numbers from, R rows) const
  {
    for (int u = 0; u < group.count; ++u) {
      int const l = group.lane[u];
      for (int i = 0; i < layout_.shape.state; ++i) rows.at(i, l) = from(l)[i];
    }
  }

  template <bool keep>
  KOKKOS_FUNCTION void forward(R x, R dx, Tape const &tape)
  {
    if (!grouped_) make_groups([this](int l) { return live_[l]; });
    grouped_ = true;
    fill(dx, layout_.shape.state, T(0));
    for (int g = 0; g < groups_; ++g) {
      to_lanes(group_[g], x, tape.x[0]);
      for (int n = 0; n < depth_; ++n) {
        forward_[n].run(group_[g], tape.x[n], followers_.xi(), tape.s[n], followers_.biases(n),
                        out_);
        if (layout_.layers[n].hidden) activate<keep>(group_[g], n, tape);
      }
      from_lanes(group_[g], out_, dx);
    }
  }

  // x = z sigma(slope z), dx/dz = sigma + slope x (1 - sigma), dx/dslope = z x (1 - sigma)
  template <bool keep>
  KOKKOS_FUNCTION void activate(LaneGroup const &group, int n, Tape const &tape) const
  {
    for (int u = 0; u < group.count; ++u) {
      int const l = group.lane[u];
      Pack<T> const slope(followers_.slope(n, l)), exponent = swish_exponent(slope);
      T const *const sums = out_(l);
      for (int j = 0; j < layout_.layers[n].out; j += W) {
        Pack<T> const z = Pack<T>::load(sums + j), sigma = swish_sigmoid(z, exponent),
                      x = z * sigma;
        x.store(tape.x[n + 1](l) + j);
        if constexpr (keep) {
          Pack<T> const rest = fma(-x, sigma, x);
          fma(slope, rest, sigma).store(tape.by_z[n](l) + j);
          (z * rest).store(tape.by_slope[n](l) + j);
        }
      }
    }
  }

  // in_bar, the cotangent of layer n's activation, becomes that of its sum z.
  KOKKOS_FUNCTION void deactivate(LaneGroup const &group, int n, Tape const &tape, Numbers in_bar)
  {
    int const out = layout_.layers[n].out;
    for (int u = 0; u < group.count; ++u) {
      int const l = group.lane[u];
      T *const slope_sum = followers_.slope_bar(n, l);
      Pack<T> slope_bar = Pack<T>::load(slope_sum);
      for (int j = 0; j < out; j += W) {
        Pack<T> const bar = Pack<T>::load(in_bar(l) + j);
        Pack<T> const sum_bar = bar * Pack<T>::load(tape.by_z[n](l) + j);
        sum_bar.store(in_bar(l) + j);
        slope_bar = fma(bar, Pack<T>::load(tape.by_slope[n](l) + j), slope_bar);
      }
      slope_bar.store(slope_sum);
    }
    followers_.add(group, n, in_bar);
  }

  // One linear layer: in_bar from y_bar, which gets xi ∘ Aᵀ y_bar behind it.
  KOKKOS_FUNCTION void pull_back_layer(LaneGroup const &group, int n, Tape const &tape,
                                       Numbers y_bar, Numbers in_bar)
  {
    backward_[n].run(group, y_bar, followers_.xi(), q_bar_, {zero_, 0}, in_bar);
    for (int u = 0; u < group.count; ++u) {
      int const l = group.lane[u];
      for (int r = 0; r < rank_; r += W) {
        T *const sum = followers_.xi_bar(l) + r;
        fma(Pack<T>::load(q_bar_(l) + r), Pack<T>::load(tape.s[n](l) + r), Pack<T>::load(sum))
            .store(sum);
      }
    }
    if (with_weights_) add_weight_gradient(group, n, tape.x[n], y_bar);
  }

  // [W | A] += y_bar [x; q]ᵀ and B += s_bar xᵀ, the rows of the longer side broadcast.
  KOKKOS_FUNCTION void add_weight_gradient(LaneGroup const &group, int n, Numbers x, Numbers y_bar)
  {
    GepsLayer const &layer = layout_.layers[n];
    int const stacked = layer.in + rank_;
    T const *from[LaneGroup::most], *bar[LaneGroup::most], *low[LaneGroup::most];
    for (int u = 0; u < group.count; ++u) {
      from[u] = x(group.lane[u]);
      bar[u] = y_bar(group.lane[u]);
      low[u] = bar[u] + layer.out;
    }
    if (thin(n)) {
      group_outer(group.count, bar, from, layer.out + rank_, weight_bar_[n], padded(stacked));
      return;
    }
    group_outer(group.count, from, bar, stacked, weight_bar_[n], padded(layer.out));
    group_outer(group.count, low, from, rank_, low_rank_bar_[n], padded(layer.in));
  }

  KOKKOS_FUNCTION void finish_weights(int n, T *gradient) const
  {
    GepsLayer const &layer = layout_.layers[n];
    T *const w = gradient + layer.w, *const a = gradient + layer.a, *const bt = gradient + layer.bt;
    int const row = thin(n) ? padded(layer.in + rank_) : 1,
              column = thin(n) ? 1 : padded(layer.out);
    for (int j = 0; j < layer.out; ++j) {
      T const *const bar = weight_bar_[n] + j * row;
      for (int k = 0; k < layer.in; ++k) w[j * layer.in + k] = bar[k * column];
      for (int r = 0; r < rank_; ++r) a[j * rank_ + r] = bar[(layer.in + r) * column];
    }
    for (int r = 0; r < rank_; ++r) {
      T const *const bar = thin(n) ? weight_bar_[n] + (layer.out + r) * row
                                   : low_rank_bar_[n] + r * padded(layer.in);
      for (int k = 0; k < layer.in; ++k) bt[r * layer.in + k] = bar[k];
    }
  }

  GepsLayout const &layout_;
  T const *row_;
  int rank_, depth_, widest_, groups_ = 0;
  bool with_weights_ = true, grouped_ = false, live_[lanes];
  LaneGroup group_[(lanes + LaneGroup::most - 1) / LaneGroup::most];
  Numbers out_;
  GepsFollowers<T> followers_;
  Product forward_[GepsLayout::max_depth];
  Tape scratch_;
  // Only with pull_back:
  Product backward_[GepsLayout::max_depth];
  Numbers bar_[2], q_bar_;
  T *zero_ = nullptr, *weight_bar_[GepsLayout::max_depth], *low_rank_bar_[GepsLayout::max_depth];
};

}  // namespace tessera::fields
