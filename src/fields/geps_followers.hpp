#pragma once

#include <tessera/fields/geps_layout.hpp>

#include "affine_pull_back.hpp"
#include "low_rank_product.hpp"

namespace tessera::fields {

/// What follows the context of each lane in packs of neurons, b + C xi and beta + D xi, and the
/// sums of its cotangents. Rows are (lane, neuron), padded to whole packs.
template <class T>
class GepsFollowers {
 public:
  using Numbers = LaneNumbers<T>;
  using Constants = LaneNumbers<T const>;
  static constexpr int W = Pack<T>::width;

  KOKKOS_FUNCTION GepsFollowers(LaneArena &arena, GepsLayout const &layout, T const *row, int lanes,
                                bool with_pull_back)
      : layout_(layout), row_(row), rank_(layout.shape.rank), lanes_(lanes)
  {
    xi_ = take(arena, padded(rank_));
    for (int n = 0; n < layout.shape.depth; ++n) {
      int const stride = padded(layout.layers[n].out);
      affine_[n] = arena.take<T>((1 + rank_) * stride);
      biases_[n] = take(arena, stride);
      slope_[n] = arena.take<T>(lanes);
    }
    if (with_pull_back) take_sums(arena);
    if (row == nullptr) return;
    clear_lanes(xi_, lanes_);
    prepare();
    if (with_pull_back) prepare_sums();
  }

  KOKKOS_FUNCTION Constants xi() const { return {xi_.data, xi_.ld}; }
  KOKKOS_FUNCTION Constants biases(int n) const { return {biases_[n].data, biases_[n].ld}; }
  KOKKOS_FUNCTION T slope(int n, int l) const { return slope_[n][l]; }

  /// The context (rank) of lane l; the expert's shift is added here.
  KOKKOS_FUNCTION void load(int l, T const *context)
  {
    T *const xi = xi_(l);
    for (int r = 0; r < rank_; ++r) xi[r] = context[r] + row_[layout_.shift];
    for (int n = 0; n < layout_.shape.depth; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      int const stride = padded(layer.out);
      for (int j = 0; j < stride; j += W) {
        Pack<T> sum = Pack<T>::load(affine_[n] + j);
        for (int r = 0; r < rank_; ++r) {
          sum = fma(Pack<T>::load(affine_[n] + (1 + r) * stride + j), Pack<T>(xi[r]), sum);
        }
        sum.store(biases_[n](l) + j);
      }
      if (!layer.hidden) continue;
      Pack<T> slope(row_[layer.beta]);
      for (int r = 0; r < rank_; ++r) {
        slope = fma(Pack<T>(row_[layer.d + r]), Pack<T>(xi[r]), slope);
      }
      slope_[n][l] = slope.lane(0);
    }
  }

  /// Sums of lane l's cotangents of xi itself (rank) and, in packs, of the slope of layer n (W).
  KOKKOS_FUNCTION T *xi_bar(int l) const { return xi_bar_(l); }
  KOKKOS_FUNCTION T *slope_bar(int n, int l) const { return slope_bar_[n](l); }

  /// Adds the cotangents of layer n's sums, which are those of its biases.
  KOKKOS_FUNCTION void add(LaneGroup const &group, int n, Numbers y_bar)
  {
    for (int u = 0; u < group.count; ++u) {
      T const *const from = y_bar(group.lane[u]);
      T *const to = bias_bar_[n](group.lane[u]);
      for (int j = 0; j < layout_.layers[n].out; j += W) {
        (Pack<T>::load(to + j) + Pack<T>::load(from + j)).store(to + j);
      }
    }
  }

  /// Closes lane l: its share of the gradients of b, C, beta, D and shift, and its context's
  /// cotangent (rank).
  KOKKOS_FUNCTION void close(int l, T *context_bar)
  {
    Pack<T> sums[GepsLayout::max_rank];
    for (int r = 0; r < rank_; ++r) sums[r] = Pack<T>(T(0));
    for (int r = 0; r < rank_; ++r) context_bar[r] = xi_bar_(l)[r];
    for (int n = 0; n < layout_.shape.depth; ++n) {
      close_biases(n, l, sums);
      if (layout_.layers[n].hidden) close_slope(n, l, context_bar);
    }
    for (int r = 0; r < rank_; ++r) {
      for (int i = 0; i < W; ++i) context_bar[r] += sums[r].lane(i);
      shift_bar_ += context_bar[r];
    }
    for (int r = 0; r < padded(rank_); ++r) xi_bar_(l)[r] = T(0);
  }

  /// Its part of the block's gradient, in the expert's layout.
  KOKKOS_FUNCTION void finish(T *gradient) const
  {
    for (int n = 0; n < layout_.shape.depth; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      T const *bar = affine_bar_[n];
      for (int k = 0; k <= rank_; ++k, bar += padded(layer.out)) {
        for (int j = 0; j < layer.out; ++j) {
          gradient[k == 0 ? layer.b + j : layer.c + j * rank_ + k - 1] = bar[j];
        }
        if (layer.hidden) gradient[k == 0 ? layer.beta : layer.d + k - 1] = slope_sum_[n][k];
      }
    }
    gradient[layout_.shift] = shift_bar_;
  }

 private:
  static KOKKOS_FUNCTION int padded(int n) { return LowRankProduct<T>::padded(n); }
  KOKKOS_FUNCTION Numbers take(LaneArena &arena, int ld) const
  {
    return take_lanes<T>(arena, lanes_, ld);
  }

  KOKKOS_FUNCTION void take_sums(LaneArena &arena)
  {
    int widest = 0;
    xi_bar_ = take(arena, padded(rank_));
    for (int n = 0; n < layout_.shape.depth; ++n) {
      int const stride = padded(layout_.layers[n].out);
      widest = Kokkos::max(widest, stride);
      bias_bar_[n] = take(arena, stride);
      affine_bar_[n] = arena.take<T>((1 + rank_) * stride);
      slope_bar_[n] = take(arena, W);
      slope_sum_[n] = arena.take<T>(1 + rank_);
    }
    column_ = arena.take<T>(widest);
  }

  // Rows of affine_: b, then the columns of C.
  KOKKOS_FUNCTION void prepare()
  {
    for (int n = 0; n < layout_.shape.depth; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      T *affine = affine_[n];
      for (int k = 0; k <= rank_; ++k, affine += padded(layer.out)) {
        for (int j = 0; j < padded(layer.out); ++j) affine[j] = T(0);
        for (int j = 0; j < layer.out; ++j) {
          affine[j] = row_[k == 0 ? layer.b + j : layer.c + j * rank_ + k - 1];
        }
      }
    }
  }

  KOKKOS_FUNCTION void prepare_sums()
  {
    clear_lanes(xi_bar_, lanes_);
    for (int n = 0; n < layout_.shape.depth; ++n) {
      clear_lanes(bias_bar_[n], lanes_);
      clear_lanes(slope_bar_[n], lanes_);
      int const numbers = (1 + rank_) * padded(layout_.layers[n].out);
      for (int i = 0; i < numbers; ++i) affine_bar_[n][i] = T(0);
      for (int r = 0; r <= rank_; ++r) slope_sum_[n][r] = T(0);
    }
  }

  // Gradients of b and C, and, in packs that are still to be summed, what flows back to the
  // context.
  KOKKOS_FUNCTION void close_biases(int n, int l, Pack<T> *xi_bar)
  {
    int const out = layout_.layers[n].out, stride = padded(out);
    for (int j = 0; j < stride; ++j) {
      column_[j] = j < out ? bias_bar_[n](l)[j] : T(0);
      bias_bar_[n](l)[j] = T(0);
    }
    affine_pull_back(
        column_, stride, rank_, [this, l](int r) { return xi_(l)[r]; }, affine_[n], affine_bar_[n],
        xi_bar);
  }

  KOKKOS_FUNCTION void close_slope(int n, int l, T *context_bar)
  {
    T bar = T(0);
    for (int i = 0; i < W; ++i) {
      bar += slope_bar_[n](l)[i];
      slope_bar_[n](l)[i] = T(0);
    }
    slope_sum_[n][0] += bar;
    for (int r = 0; r < rank_; ++r) {
      slope_sum_[n][1 + r] += bar * xi_(l)[r];
      context_bar[r] += bar * row_[layout_.layers[n].d + r];
    }
  }

  GepsLayout const &layout_;
  T const *row_;
  int rank_, lanes_;
  Numbers xi_, biases_[GepsLayout::max_depth];
  T *affine_[GepsLayout::max_depth], *slope_[GepsLayout::max_depth];
  // Only with pull_back:
  Numbers xi_bar_, bias_bar_[GepsLayout::max_depth], slope_bar_[GepsLayout::max_depth];
  T shift_bar_ = T(0), *column_ = nullptr;
  T *affine_bar_[GepsLayout::max_depth], *slope_sum_[GepsLayout::max_depth];
};

}  // namespace tessera::fields
