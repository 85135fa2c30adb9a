#pragma once

#include <tessera/fields/geps_layout.hpp>

#include "tile_products.hpp"

/// One GEPS expert as a vector field on a tile (concept: integrate_tile.hpp, adjoint_tile.hpp): the
/// formulas of GepsField, its weights in the memory that the team shares.
namespace tessera::fields {

using solvers::each_element;
using solvers::LaneArena;
using solvers::TileArena;

template <class T, class ExecutionSpace>
class GepsTile {
 public:
  using Number = T;
  using Space = ExecutionSpace;
  using R = TileRows<T>;

  /// What pull_back needs of one evaluation. Per layer: inputs [x; xi ∘ B x], B x, and of a
  /// hidden layer z; its slope's sigma is made again.
  struct Tape {
    R x[GepsLayout::max_depth], s[GepsLayout::max_depth], z[GepsLayout::max_depth];
  };

  /// `gradient` is the block's own row, in the expert's layout. What is used most is taken first.
  KOKKOS_FUNCTION GepsTile(TileArena &arena, GepsLayout const &layout, T const *row,
                           bool with_pull_back, T *gradient = nullptr)
      : layout_(layout),
        row_(row),
        gradient_(gradient),
        rank_(layout.shape.rank),
        depth_(layout.shape.depth)
  {
    int const widest = Kokkos::max(layout.shape.width, layout.shape.state) + rank_;
    for (R &buffer : buffer_) buffer = R(arena, widest);
    xi_ = R(arena, rank_);
    beta_ = R(arena, depth_);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout.layers[n];
      low_rank_[n] = arena.take<T>(rank_ * layer.in);
      forward_[n] = arena.take<T>((layer.in + rank_) * padded_rows(layer.out));
    }
    if (with_pull_back) take_pull_back(arena);
    for (int n = 0; n < depth_; ++n) bias_[n] = R(arena, layout.layers[n].out);
  }

  KOKKOS_FUNCTION Tape make_tape(LaneArena &arena) const
  {
    Tape tape;
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      tape.x[n] = R(arena, layer.in + rank_);
      tape.s[n] = R(arena, rank_);
      if (layer.hidden) tape.z[n] = R(arena, layer.out);
    }
    return tape;
  }

  /// Stages the weights in the order the products read them; zeros in all sums.
  template <class Team>
  KOKKOS_FUNCTION void prepare(Team const &team)
  {
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      int const stacked = layer.in + rank_;
      int const ld = padded_rows(layer.out), ldb = padded_rows(stacked);
      each(team, stacked * ld, [&](int e) { forward_[n][e] = weight(layer, e % ld, e / ld); });
      each(team, rank_ * layer.in, [&](int e) { low_rank_[n][e] = row_[layer.bt + e]; });
      if (gradient_ == nullptr) continue;
      each(team, layer.out * ldb,
           [&](int e) { backward_[n][e] = weight(layer, e / ldb, e % ldb); });
      each_element(team, layer.out, [&](int j, int l) { bias_bar_[n](j, l) = T(0); });
    }
    if (gradient_ != nullptr) {
      each_element(team, rank_, [&](int r, int l) { xi_bar_(r, l) = T(0); });
      each_element(team, depth_, [&](int n, int l) { beta_bar_(n, l) = T(0); });
      each(team, static_cast<int>(layout_.size), [&](int i) { gradient_[i] = T(0); });
    }
    team.team_barrier();
  }

  /// Takes in the contexts of the lanes that have one: xi, biases b + C xi, slopes beta + D xi.
  template <class Team, class ContextOf>
  KOKKOS_FUNCTION void load_lanes(Team const &team, ContextOf const &context_of)
  {
    T const shift = row_[layout_.shift];
    each_element(team, rank_, [&](int r, int l) {
      if (T const *context = context_of(l)) xi_(r, l) = context[r] + shift;
    });
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      each_element(team, layer.out + (layer.hidden ? 1 : 0), [&](int j, int l) {
        T const *context = context_of(l);
        if (context == nullptr) return;
        bool const slope = j == layer.out;
        T const *c = row_ + (slope ? layer.d : layer.c + j * rank_);
        T sum = row_[slope ? layer.beta : layer.b + j];
        for (int r = 0; r < rank_; ++r) sum = fma(c[r], context[r] + shift, sum);
        (slope ? beta_(n, l) : bias_[n](j, l)) = sum;
      });
    }
    team.team_barrier();
  }

  /// dx = f(x) (state rows each); with a tape what pull_back needs is kept.
  template <class Team>
  KOKKOS_FUNCTION void evaluate(Team const &team, R x, R dx, Tape const *tape = nullptr)
  {
    R in = buffer_[0], next = buffer_[1];
    each_element(team, layout_.shape.state, [&](int i, int l) { in(i, l) = x(i, l); });
    team.team_barrier();
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      each_element(team, rank_, [&](int r, int l) {
        T sum = 0;
        T const *b = low_rank_[n] + r * layer.in;
        for (int k = 0; k < layer.in; ++k) sum = fma(b[k], in(k, l), sum);
        in(layer.in + r, l) = sum * xi_(r, l);
        if (tape != nullptr) tape->s[n](r, l) = sum;
      });
      team.team_barrier();
      if (tape != nullptr) {
        each_element(team, layer.in + rank_, [&](int k, int l) { tape->x[n](k, l) = in(k, l); });
      }
      product(
          team, forward_[n], layer.in + rank_, layer.out, in,
          [&](int j, int l) { return bias_[n](j, l); },
          [&](int j, int l, T z) {
            if (!layer.hidden) {
              dx(j, l) = z;
              return;
            }
            next(j, l) = z * sigmoid(beta_(n, l) * z);
            if (tape != nullptr) tape->z[n](j, l) = z;
          });
      team.team_barrier();
      Kokkos::kokkos_swap(in, next);
    }
  }

  /// x_bar = (df/dx)ᵀ dx_bar; adds to the gradients of the weights and to the lanes' sums.
  template <class Team>
  KOKKOS_FUNCTION void pull_back(Team const &team, Tape const &tape, R dx_bar, R x_bar)
  {
    R const in = buffer_[0], bar = buffer_[1];
    each_element(team, layout_.shape.state, [&](int i, int l) { bar(i, l) = dx_bar(i, l); });
    for (int n = depth_ - 1; n >= 0; --n) {
      GepsLayer const &layer = layout_.layers[n];
      each_element(team, layer.in + rank_, [&](int k, int l) { in(k, l) = tape.x[n](k, l); });
      team.team_barrier();
      pull_back_layer(team, n, tape, in, bar);
      R const in_bar = in_bar_;
      if (n == 0) {
        each_element(team, layer.in, [&](int k, int l) { x_bar(k, l) = in_bar(k, l); });
      } else {
        deactivate(team, n - 1, layer.in, tape, in, bar);
      }
      team.team_barrier();
    }
  }

  /// Closes the lanes that have somewhere to write to: their share of the gradients of b, C, beta,
  /// D and shift, in lane order, and their contexts' cotangents (rank).
  template <class Team, class ContextBarOf>
  KOKKOS_FUNCTION void finish_lanes(Team const &team, ContextBarOf const &context_bar_of)
  {
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      each(team, layer.out + (layer.hidden ? 1 : 0), [&](int j) {
        Affine const a = affine(n, j);
        for (int l = 0; l < tile_lanes; ++l) {
          if (context_bar_of(l) == nullptr) continue;
          T const bar = a.bar.data[l];
          gradient_[a.b] += bar;
          for (int r = 0; r < rank_; ++r) {
            gradient_[a.c + r] = fma(bar, xi_(r, l), gradient_[a.c + r]);
          }
        }
      });
    }
    each_element(team, rank_, [&](int r, int l) {
      if (T *context_bar = context_bar_of(l)) context_bar[r] = context_sum(r, l);
    });
    team.team_barrier();
    each(team, tile_lanes, [&](int l) {
      if (context_bar_of(l) != nullptr) clear_lane(l);
    });
    if (team.team_rank() == 0) {
      for (int l = 0; l < tile_lanes; ++l) {
        T const *context_bar = context_bar_of(l);
        for (int r = 0; context_bar != nullptr && r < rank_; ++r) {
          gradient_[layout_.shift] += context_bar[r];
        }
      }
    }
    team.team_barrier();
  }

 private:
  KOKKOS_FUNCTION void take_pull_back(TileArena &arena)
  {
    xi_bar_ = R(arena, rank_);
    beta_bar_ = R(arena, depth_);
    s_bar_ = R(arena, rank_);
    in_bar_ = R(arena, Kokkos::max(layout_.shape.width, layout_.shape.state) + rank_);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      backward_[n] = arena.take<T>(layer.out * padded_rows(layer.in + rank_));
      bias_bar_[n] = R(arena.far(), layer.out);
    }
  }

  /// One number b + C xi of a lane: where b and C stand, and the rows of its cotangent.
  struct Affine {
    std::size_t b, c;
    R bar;
  };

  // Number j of layer n: a bias, or behind them the slope.
  KOKKOS_FUNCTION Affine affine(int n, int j) const
  {
    GepsLayer const &layer = layout_.layers[n];
    Affine a{layer.beta, layer.d, {}};
    a.bar.data = &beta_bar_(n, 0);
    if (j == layer.out) return a;
    a.b = layer.b + j, a.c = layer.c + j * rank_;
    a.bar.data = &bias_bar_[n](j, 0);
    return a;
  }

  KOKKOS_FUNCTION T context_sum(int r, int l) const
  {
    T sum = xi_bar_(r, l);
    for (int n = 0; n < depth_; ++n) {
      GepsLayer const &layer = layout_.layers[n];
      for (int j = 0; j < layer.out + (layer.hidden ? 1 : 0); ++j) {
        Affine const a = affine(n, j);
        sum = fma(row_[a.c + r], a.bar.data[l], sum);
      }
    }
    return sum;
  }

  KOKKOS_FUNCTION void clear_lane(int l)
  {
    for (int r = 0; r < rank_; ++r) xi_bar_(r, l) = T(0);
    for (int n = 0; n < depth_; ++n) {
      beta_bar_(n, l) = T(0);
      for (int j = 0; j < layout_.layers[n].out; ++j) bias_bar_[n](j, l) = T(0);
    }
  }

  // [W | A] at (row, column), zero in the padding.
  KOKKOS_FUNCTION T weight(GepsLayer const &layer, int row, int column) const
  {
    if (row >= layer.out || column >= layer.in + rank_) return T(0);
    return row_[weight_index(layer, row, column)];
  }
  KOKKOS_FUNCTION std::size_t weight_index(GepsLayer const &layer, int row, int column) const
  {
    return column < layer.in ? layer.w + row * layer.in + column
                             : layer.a + row * rank_ + column - layer.in;
  }

  // in_bar = Wᵀ bar + Bᵀ(xi ∘ Aᵀ bar); gradients of W, A, B; sums for biases and contexts.
  template <class Team>
  KOKKOS_FUNCTION void pull_back_layer(Team const &team, int n, Tape const &tape, R in, R bar)
  {
    GepsLayer const &layer = layout_.layers[n];
    R const in_bar = in_bar_;
    each_element(team, layer.out, [&](int j, int l) { bias_bar_[n](j, l) += bar(j, l); });
    product(
        team, backward_[n], layer.out, layer.in + rank_, bar, [](int, int) { return T(0); },
        [&](int k, int l, T sum) { in_bar(k, l) = sum; });
    team.team_barrier();
    each_element(team, rank_, [&](int r, int l) {
      T const q_bar = in_bar(layer.in + r, l);
      xi_bar_(r, l) = fma(q_bar, tape.s[n](r, l), xi_bar_(r, l));
      s_bar_(r, l) = q_bar * xi_(r, l);
    });
    add_outer(team, bar, layer.out, in, layer.in + rank_,
              [&](int j, int k) { return gradient_ + weight_index(layer, j, k); });
    team.team_barrier();
    each_element(team, layer.in, [&](int k, int l) {
      T sum = in_bar(k, l);
      for (int r = 0; r < rank_; ++r) {
        sum = fma(low_rank_[n][r * layer.in + k], s_bar_(r, l), sum);
      }
      in_bar(k, l) = sum;
    });
    add_outer(team, s_bar_, rank_, in, layer.in,
              [&](int r, int k) { return gradient_ + layer.bt + r * layer.in + k; });
    team.team_barrier();
  }

  // dx/dz = sigma + beta x (1 - sigma), dx/dbeta = z x (1 - sigma). A lane's own thread adds the
  // latter in the order of the rows, from `in`, which x has left by then.
  template <class Team>
  KOKKOS_FUNCTION void deactivate(Team const &team, int n, int rows, Tape const &tape, R in, R bar)
  {
    R const in_bar = in_bar_;
    each_element(team, rows, [&](int j, int l) {
      T const z = tape.z[n](j, l), s = sigmoid(beta_(n, l) * z);
      T const rest = in(j, l) * (T(1) - s);
      bar(j, l) = in_bar(j, l) * fma(beta_(n, l), rest, s);
      in(j, l) = in_bar(j, l) * rest * z;
    });
    team.team_barrier();
    each(team, tile_lanes, [&](int l) {
      T sum = beta_bar_(n, l);
      for (int j = 0; j < rows; ++j) sum += in(j, l);
      beta_bar_(n, l) = sum;
    });
  }

  GepsLayout const &layout_;
  T const *row_;
  T *gradient_;
  int rank_, depth_;
  R xi_, beta_, xi_bar_, beta_bar_, s_bar_, in_bar_, buffer_[2];
  R bias_[GepsLayout::max_depth], bias_bar_[GepsLayout::max_depth];
  T *forward_[GepsLayout::max_depth], *backward_[GepsLayout::max_depth],
      *low_rank_[GepsLayout::max_depth];
};

}  // namespace tessera::fields
