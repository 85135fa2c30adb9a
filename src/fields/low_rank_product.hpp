#pragma once

#include <tessera/solvers/ode/lane_arena.hpp>

#include "lane_group_products.hpp"

namespace tessera::fields {

using solvers::LaneArena;

/// Rows of numbers, one per lane, `ld` apart; with ld = 0 all lanes share one.
template <class Number>
struct LaneNumbers {
  Number *data = nullptr;
  int ld = 0;
  KOKKOS_FORCEINLINE_FUNCTION Number *operator()(int lane) const { return data + lane * ld; }
};

template <class T>
KOKKOS_FUNCTION inline LaneNumbers<T> take_lanes(LaneArena &arena, int lanes, int ld)
{
  return {arena.take<T>(lanes * ld), ld};
}

template <class T>
KOKKOS_FUNCTION inline void clear_lanes(LaneNumbers<T> numbers, int lanes)
{
  for (int i = 0; i < lanes * numbers.ld; ++i) numbers.data[i] = T(0);
}

/// y = start + M x + N (xi ∘ L x) in the lanes of a group, packs of neurons: a layer of a GEPS
/// expert forward (M, L, N = W, B, A) and, with the transposed matrices, backward. All sums run
/// over the inputs in their order, as in the form whose packs hold lanes.
template <class T>
class LowRankProduct {
 public:
  static constexpr int W = Pack<T>::width;
  static KOKKOS_FUNCTION int padded(int n) { return (n + W - 1) / W * W; }
  /// Numbers of a row of `n` with room behind for whole packs of `rank` more.
  static KOKKOS_FUNCTION int roomy(int n, int rank) { return padded(n + padded(rank)); }

  LowRankProduct() = default;
  KOKKOS_FUNCTION LowRankProduct(LaneArena &arena, int inputs, int outputs, int rank)
      : inputs_(inputs),
        outputs_(outputs),
        rank_(rank),
        ld_(padded(outputs)),
        main_(arena.take<T>((inputs + rank) * ld_)),
        low_(thin() ? nullptr : arena.take<T>((inputs + 1) * padded(rank)))
  {
  }

  /// Matrices as elements: main(output, input), low(rank, input), back(output, rank).
  template <class Main, class Low, class Back>
  KOKKOS_FUNCTION void prepare(Main const &main, Low const &low, Back const &back)
  {
    int const behind = padded(rank_);
    for (int r = 0; !thin() && r < behind; ++r) low_[r] = T(0);
    for (int k = 0; k < inputs_; ++k) {
      T *row = main_ + k * ld_;
      for (int j = 0; j < outputs_; ++j) row[j] = main(j, k);
      for (int j = outputs_; j < ld_; ++j) row[j] = T(0);
      T *const few = thin() ? row + outputs_ : low_ + (k + 1) * behind;
      for (int r = 0; r < rank_; ++r) few[r] = low(r, k);
      for (int r = rank_; !thin() && r < behind; ++r) few[r] = T(0);
    }
    for (int r = 0; r < rank_; ++r) {
      T *row = main_ + (inputs_ + r) * ld_;
      for (int j = 0; j < ld_; ++j) row[j] = j < outputs_ ? back(j, r) : T(0);
    }
  }

  /// `x` and `y` have room behind them (roomy), `xi` and `low` whole packs, xi zeros behind its
  /// rank; `start` has zeros behind its outputs, and so has y. L x goes to `low`, xi ∘ L x behind
  /// x.
  KOKKOS_FUNCTION void run(LaneGroup const &group, LaneNumbers<T> x, LaneNumbers<T const> xi,
                           LaneNumbers<T> low, LaneNumbers<T const> start, LaneNumbers<T> y) const
  {
    if (thin()) {
      // The few columns of M and L fit one pack: one pass over x makes both.
      product(group, main_, ld_, inputs_, x, 0, start, y);
      scale(group, y, outputs_, xi, low, x);
      product(group, main_ + inputs_ * ld_, ld_, rank_, x, inputs_, {y.data, y.ld}, y);
      for (int u = 0; u < group.count; ++u) {
        for (int r = 0; r < rank_; ++r) y(group.lane[u])[outputs_ + r] = T(0);
      }
      return;
    }
    int const behind = padded(rank_);
    product(group, low_ + behind, behind, inputs_, x, 0, {low_, 0}, low);
    scale(group, low, 0, xi, low, x);
    product(group, main_, ld_, inputs_ + rank_, x, 0, start, y);
  }

 private:
  KOKKOS_FORCEINLINE_FUNCTION bool thin() const { return outputs_ + rank_ <= W; }

  static KOKKOS_FUNCTION void product(LaneGroup const &group, T const *matrix, int ld, int inputs,
                                      LaneNumbers<T> x, int first, LaneNumbers<T const> start,
                                      LaneNumbers<T> y)
  {
    LanePointers<T> p;
    p.matrix[0] = matrix;
    for (int u = 0; u < group.count; ++u) {
      p.start[u] = start(group.lane[u]);
      p.x[u] = x(group.lane[u]) + first;
      p.y[u] = y(group.lane[u]);
    }
    group_product(group, p, ld, inputs);
  }

  // low = what stands at `begin` of `from`; xi ∘ low behind x.
  KOKKOS_FUNCTION void scale(LaneGroup const &group, LaneNumbers<T> from, int begin,
                             LaneNumbers<T const> xi, LaneNumbers<T> low, LaneNumbers<T> x) const
  {
    for (int u = 0; u < group.count; ++u) {
      int const l = group.lane[u];
      for (int r = 0; r < rank_; r += W) {
        Pack<T> const product = Pack<T>::load_unaligned(from(l) + begin + r);
        product.store(low(l) + r);
        (product * Pack<T>::load(xi(l) + r)).store_unaligned(x(l) + inputs_ + r);
      }
    }
  }

  int inputs_ = 0, outputs_ = 0, rank_ = 0, ld_ = 0;
  T *main_ = nullptr;  // (input and rank, output)
  T *low_ = nullptr;   // a row of zeros, then (input, rank)
};

}  // namespace tessera::fields
