#pragma once

#include <tessera/core/pack_math.hpp>
#include <tessera/experts/geps_layout.hpp>

#include "lane_products.hpp"

/// One GEPS expert as a vector field on packs (concept: solvers/ode/integrate_lanes.hpp).
namespace tessera::experts {

using solvers::LaneArena;

/// y = W x + A (xi ∘ B x) + b + C xi per layer, then x sigma((beta + D xi) x) on hidden layers.
/// [Wᵀ; Aᵀ] stands as one matrix, so that a layer is one product over [x; xi ∘ B x]; bias and
/// slope are made per lane when a trajectory enters it.
template <class T, int NV>
class GepsField {
 public:
  using Number = T;
  static constexpr int packs = NV, lanes = Rows<T, NV>::lanes, W = Pack<T>::width;
  using R = Rows<T, NV>;

  /// What pull_back needs of one evaluation. Per layer: inputs [x; xi ∘ B x], B x, and of a
  /// hidden layer z and sigma(beta z).
  struct Tape {
    R x[GepsLayout::max_depth], s[GepsLayout::max_depth], z[GepsLayout::max_depth],
        sigma[GepsLayout::max_depth];
  };

  KOKKOS_FUNCTION GepsField(LaneArena &arena, GepsLayout const &layout, T const *row,
                            bool with_pull_back)
      : layout_(layout),
        row_(row),
        rank_(layout.shape.rank),
        depth_(layout.shape.depth),
        widest_(Kokkos::max(layout.shape.width, layout.shape.state)),
        xi_(arena, rank_),
        beta_(arena, depth_),
        zero_(arena, widest_ + rank_)
  {
    for (int l = 0; l < depth_; ++l) {
      GepsLayer const &layer = layout.layers[l];
      forward_[l] = arena.take<T>((layer.in + rank_) * layer.out);
      low_rank_[l] = arena.take<T>(layer.in * rank_);
      bias_[l] = R(arena, layer.out);
    }
    if (!with_pull_back) scratch_ = make_tape(arena);
    if (with_pull_back) take_pull_back(arena);
    if (row != nullptr) prepare(with_pull_back);
  }

  KOKKOS_FUNCTION Tape make_tape(LaneArena &arena) const
  {
    Tape tape;
    for (int l = 0; l < depth_; ++l) {
      GepsLayer const &layer = layout_.layers[l];
      tape.x[l] = R(arena, layer.in + rank_);
      tape.s[l] = R(arena, rank_);
      if (!layer.hidden) continue;
      tape.z[l] = R(arena, layer.out);
      tape.sigma[l] = R(arena, layer.out);
    }
    return tape;
  }

  /// The context (rank) of lane l; the expert's shift is added here.
  KOKKOS_FUNCTION void load_lane(int l, T const *context)
  {
    T xi[GepsLayout::max_rank];
    for (int r = 0; r < rank_; ++r) {
      xi[r] = context[r] + row_[layout_.shift];
      xi_.at(r, l) = xi[r];
    }
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      for (int j = 0; j < layer.out; ++j) {
        T const *c = row_ + layer.c + j * rank_;
        T sum = row_[layer.b + j];
        for (int r = 0; r < rank_; ++r) sum += c[r] * xi[r];
        bias_[n].at(j, l) = sum;
      }
      if (!layer.hidden) continue;
      T slope = row_[layer.beta];
      for (int r = 0; r < rank_; ++r) slope += row_[layer.d + r] * xi[r];
      beta_.at(n, l) = slope;
    }
  }

  KOKKOS_FUNCTION void evaluate(R x, R dx) { evaluate(x, dx, scratch_); }

  KOKKOS_FUNCTION void evaluate(R x, R dx, Tape const &tape)
  {
    copy(x, tape.x[0], layout_.shape.state);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      R const in = tape.x[n], q = in.from(layer.in);
      product(low_rank_[n], rank_, layer.in, rank_, in, zero_, tape.s[n]);
      for (int i = 0; i < rank_ * NV; ++i) q.data[i] = tape.s[n].data[i] * xi_.data[i];
      R const out = layer.hidden ? tape.z[n] : dx;
      product(forward_[n], layer.out, layer.in + rank_, layer.out, in, bias_[n], out);
      if (layer.hidden) activate(n, layer.out, tape);
    }
  }

  /// x_bar = (df/dx)ᵀ dx_bar; adds to the block's weight gradients and the lanes' context sums.
  KOKKOS_FUNCTION void pull_back(Tape const &tape, R dx_bar, R x_bar)
  {
    R y_bar = dx_bar;
    for (int n = depth_ - 1; n >= 0; --n) {
      GepsLayer const &layer = layout_.layers[n];
      int const stacked = layer.in + rank_;
      for (int i = 0; i < layer.out * NV; ++i) bias_bar_[n].data[i] += y_bar.data[i];
      product(backward_[n], stacked, layer.out, stacked, y_bar, zero_, in_bar_);
      R const q_bar = in_bar_.from(layer.in);
      for (int i = 0; i < rank_ * NV; ++i) {
        xi_bar_.data[i] = fma(q_bar.data[i], tape.s[n].data[i], xi_bar_.data[i]);
        s_bar_.data[i] = q_bar.data[i] * xi_.data[i];
      }
      product(row_ + layer.bt, layer.in, rank_, layer.in, s_bar_, in_bar_, in_bar_);
      add_weight_gradient(n, tape, y_bar);
      if (n == 0) break;
      deactivate(n - 1, layer.in, tape);
      y_bar = out_bar_;
    }
    copy(in_bar_, x_bar, layout_.shape.state);
  }

  /// Closes lane l: its share of the gradients of b, C, beta, D and shift, and its context's
  /// cotangent (rank).
  KOKKOS_FUNCTION void finish_lane(int l, T *context_bar)
  {
    T xi[GepsLayout::max_rank], bar[GepsLayout::max_rank], shift = 0;
    for (int r = 0; r < rank_; ++r) {
      xi[r] = xi_.at(r, l);
      bar[r] = xi_bar_.at(r, l);
      xi_bar_.at(r, l) = T(0);
    }
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      for (int j = 0; j < layer.out; ++j) {
        close_affine(bias_bar_[n].at(j, l), layer.b + j, layer.c + j * rank_, xi, bar);
      }
      if (layer.hidden) close_affine(beta_bar_.at(n, l), layer.beta, layer.d, xi, bar);
    }
    for (int r = 0; r < rank_; ++r) {
      context_bar[r] = bar[r];
      shift += bar[r];
    }
    gradient_[layout_.shift] += shift;
  }

  /// The block's gradient in the expert's layout, written to `gradient` (size).
  KOKKOS_FUNCTION void finish_block(T *gradient) const
  {
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      int const ld = padded(layer.in + rank_), ldb = padded(layer.in);
      for (int j = 0; j < layer.out; ++j) {
        for (int k = 0; k < layer.in; ++k) {
          gradient_[layer.w + j * layer.in + k] = stacked_bar_[n][j * ld + k];
        }
        for (int r = 0; r < rank_; ++r) {
          gradient_[layer.a + j * rank_ + r] = stacked_bar_[n][j * ld + layer.in + r];
        }
      }
      for (int r = 0; r < rank_; ++r) {
        for (int k = 0; k < layer.in; ++k) {
          gradient_[layer.bt + r * layer.in + k] = low_rank_bar_[n][r * ldb + k];
        }
      }
    }
    for (std::size_t i = 0; i < layout_.size; ++i) gradient[i] = gradient_[i];
  }

 protected:
  static KOKKOS_FUNCTION int padded(int n) { return (n + W - 1) / W * W; }

  KOKKOS_FUNCTION void take_pull_back(LaneArena &arena)
  {
    in_bar_ = R(arena, widest_ + rank_);
    out_bar_ = R(arena, widest_);
    s_bar_ = R(arena, rank_);
    xi_bar_ = R(arena, rank_);
    beta_bar_ = R(arena, depth_);
    transposed_ = arena.take<T>(lanes * padded(widest_ + rank_));
    gradient_ = arena.take<T>(layout_.size);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      backward_[n] = arena.take<T>(layer.out * (layer.in + rank_));
      stacked_bar_[n] = arena.take<T>(layer.out * padded(layer.in + rank_));
      low_rank_bar_[n] = arena.take<T>(rank_ * padded(layer.in));
      bias_bar_[n] = R(arena, layer.out);
    }
  }

  // The matrices in the order the products read them, and zeros in all sums.
  KOKKOS_FUNCTION void prepare(bool with_pull_back)
  {
    fill(zero_, widest_ + rank_, T(0));
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      T const *w = row_ + layer.w, *a = row_ + layer.a, *bt = row_ + layer.bt;
      for (int j = 0; j < layer.out; ++j) {
        for (int k = 0; k < layer.in + rank_; ++k) {
          T const value = k < layer.in ? w[j * layer.in + k] : a[j * rank_ + k - layer.in];
          forward_[n][k * layer.out + j] = value;
          if (with_pull_back) backward_[n][j * (layer.in + rank_) + k] = value;
        }
      }
      for (int k = 0; k < layer.in; ++k) {
        for (int r = 0; r < rank_; ++r) low_rank_[n][k * rank_ + r] = bt[r * layer.in + k];
      }
      if (!with_pull_back) continue;
      fill(bias_bar_[n], layer.out, T(0));
      for (int i = 0; i < layer.out * padded(layer.in + rank_); ++i) stacked_bar_[n][i] = T(0);
      for (int i = 0; i < rank_ * padded(layer.in); ++i) low_rank_bar_[n][i] = T(0);
    }
    if (!with_pull_back) return;
    fill(xi_bar_, rank_, T(0));
    fill(beta_bar_, depth_, T(0));
    for (std::size_t i = 0; i < layout_.size; ++i) gradient_[i] = T(0);
  }

  // x = z sigma(beta z)
  KOKKOS_FUNCTION void activate(int n, int rows, Tape const &tape) const
  {
    for (int j = 0; j < rows; ++j) {
      for (int v = 0; v < NV; ++v) {
        Pack<T> const z = tape.z[n](j, v), s = sigmoid(beta_(n, v) * z);
        tape.sigma[n](j, v) = s;
        tape.x[n + 1](j, v) = z * s;
      }
    }
  }

  // dx/dz = sigma + beta x (1 - sigma), dx/dbeta = z x (1 - sigma)
  KOKKOS_FUNCTION void deactivate(int n, int rows, Tape const &tape)
  {
    for (int j = 0; j < rows; ++j) {
      for (int v = 0; v < NV; ++v) {
        Pack<T> const s = tape.sigma[n](j, v), bar = in_bar_(j, v);
        Pack<T> const rest = tape.x[n + 1](j, v) * (Pack<T>(T(1)) - s);
        out_bar_(j, v) = bar * fma(beta_(n, v), rest, s);
        beta_bar_(n, v) = fma(bar * rest, tape.z[n](j, v), beta_bar_(n, v));
      }
    }
  }

  // [W | A] += y_bar [x; q]ᵀ and B += s_bar xᵀ, summed over the lanes.
  KOKKOS_FUNCTION void add_weight_gradient(int n, Tape const &tape, R y_bar)
  {
    GepsLayer const &layer = layout_.layers[n];
    int const stacked = layer.in + rank_, ld = padded(stacked);
    lanes_to_rows(tape.x[n], stacked, transposed_, ld);
    add_outer(y_bar, layer.out, transposed_, ld, stacked_bar_[n], ld, stacked);
    // The columns of q fall into B's padding or are not read: B has `in` columns only.
    int const ldb = padded(layer.in);
    add_outer(s_bar_, rank_, transposed_, ld, low_rank_bar_[n], ldb, layer.in);
  }

  // One number b + C xi of a lane: gradients of b and C, and what flows to the context.
  KOKKOS_FUNCTION void close_affine(T &bar, std::size_t b, std::size_t c, T const *xi, T *xi_bar)
  {
    gradient_[b] += bar;
    for (int r = 0; r < rank_; ++r) {
      gradient_[c + r] += bar * xi[r];
      xi_bar[r] += row_[c + r] * bar;
    }
    bar = T(0);
  }

  GepsLayout const &layout_;
  T const *row_;
  int rank_, depth_, widest_;
  R xi_, beta_, zero_, bias_[GepsLayout::max_depth];
  T *forward_[GepsLayout::max_depth], *low_rank_[GepsLayout::max_depth];
  Tape scratch_;
  // Only with pull_back:
  R in_bar_, out_bar_, s_bar_, xi_bar_, beta_bar_, bias_bar_[GepsLayout::max_depth];
  T *transposed_ = nullptr, *gradient_ = nullptr;
  T *backward_[GepsLayout::max_depth], *stacked_bar_[GepsLayout::max_depth],
      *low_rank_bar_[GepsLayout::max_depth];
};

}  // namespace tessera::experts
