#pragma once

#include "coda_kernels.hpp"

/// Directional derivatives of a CoDA expert and their transpose.
namespace tessera::fields {

/// A CodaField that also pushes up to `most` tangents forward. With s_r = H_r [x; 1], products with
/// matrices that all environments share and that serve every tangent,
///   z' = W x' + sum_r xi'_r s_r, x' <- phi_z z' + phi_beta sum_r xi'_r H_r,beta,
/// phi(z, beta) = z sigma(beta z): no environment's tangent weights are ever formed.
template <class T, int NV>
class CodaTangents : public CodaField<T, NV> {
  using Base = CodaField<T, NV>;

 public:
  using R = typename Base::R;
  using Tape = typename Base::Tape;
  static constexpr int lanes = Base::lanes, W = Base::W;

  KOKKOS_FUNCTION CodaTangents(LaneArena &arena, CodaLayout const &layout, T const *row,
                               bool with_pull_back, int most)
      : Base(arena, layout, row, with_pull_back),
        row_(row),
        rank_(layout.shape.rank),
        row_size_(lanes * widest_),
        hyper_(arena, layout, row, rank_, with_pull_back)
  {
    for (int n = 0; n < depth_; ++n) {
      x_dot_[n] = arena.take<T>(most * row_size_);
      z_dot_[n] = arena.take<T>(most * row_size_);
      by_hyper_[n] = arena.take<T>(rank_ * row_size_);
    }
    for (int r = 0; row != nullptr && r < rank_; ++r) hyper_.set(r, row + layout.hyper(r));
    if (!with_pull_back) return;
    dot_bar_ = arena.take<T>(most * row_size_);
    in_dot_bar_ = arena.take<T>(most * row_size_);
    hyper_bar_ = arena.take<T>(row_size_);
    part_ = arena.take<T>(row_size_);
    unused_ = R(arena, most * layout.shape.state);
  }

  /// dx_dot = (df/dx) x_dot + (df/dxi) xi_dot for `count` tangents at the point `tape` was filled
  /// at. Rows (tangent, state) and (tangent, rank), tangent slowest.
  KOKKOS_FUNCTION void push_forward(Tape const &tape, int count, R x_dot, R xi_dot, R dx_dot)
  {
    int const state = layout_.shape.state, ld = padded(state);
    for (int t = 0; t < count; ++t) {
      this->to_lanes(x_dot.from(t * state), x_dot_[0] + t * row_size_, ld);
    }
    for (int n = 0; n < depth_; ++n) {
      CodaPiece const &piece = weights_.piece(n);
      for (int r = 0; r < rank_; ++r) {
        shared_product(hyper_.at(r, piece.forward), hyper_.at(r, piece.bias), tape.x[n], piece.in,
                       by_hyper_[n] + r * row_size_, piece.out, layout_.layers[n].in);
      }
      for (int t = 0; t < count; ++t) push_layer(n, t, xi_dot.from(t * rank_));
      if (!layout_.layers[n].hidden) continue;
      for (int t = 0; t < count; ++t) push_activation(n, t, tape, xi_dot.from(t * rank_));
    }
    for (int t = 0; t < count; ++t) {
      from_lanes(z_dot_[depth_ - 1] + t * row_size_, dx_dot.from(t * state));
    }
  }

  /// Transpose of evaluate and push_forward together: from cotangents of f (dx_bar) and of its
  /// directional derivatives (dx_dot_bar) writes those of x, of x_dot and of xi_dot; adds to the
  /// gradients of the lanes' environments as pull_back does.
  KOKKOS_FUNCTION void pull_back_tangent(Tape const &tape, int count, R x_dot, R xi_dot, R dx_bar,
                                         R dx_dot_bar, R x_bar, R x_dot_bar, R xi_dot_bar)
  {
    int const state = layout_.shape.state, ld = padded(state);
    push_forward(tape, count, x_dot, xi_dot, unused_);
    fill(xi_dot_bar, count * rank_, T(0));
    for (int t = 0; t < count; ++t) {
      this->to_lanes(dx_dot_bar.from(t * state), dot_bar_ + t * row_size_, ld);
      this->quench(dot_bar_ + t * row_size_, ld);
    }
    this->to_lanes(dx_bar, bar_, ld);
    this->quench(bar_, ld);
    for (int n = depth_ - 1; n >= 0; --n) {
      pull_back_layer(n, count, tape);
      for (int r = 0; r < rank_; ++r) pull_back_hyper(n, r, count, tape, xi_dot, xi_dot_bar);
      if (n > 0) deactivate_dots(n - 1, count, tape, xi_dot, xi_dot_bar);
    }
    from_lanes(out_, x_bar);
    for (int t = 0; t < count; ++t) {
      from_lanes(in_dot_bar_ + t * row_size_, x_dot_bar.from(t * state));
    }
  }

  /// As CodaField's, with what the tangents say about H.
  KOKKOS_FUNCTION void finish_block(T *gradient)
  {
    Base::finish_block(gradient);
    for (int r = 0; r < rank_; ++r) hyper_.add_to(r, gradient + layout_.hyper(r));
  }

 private:
  using Base::bar_, Base::depth_, Base::group_, Base::groups_, Base::layout_, Base::out_,
      Base::padded, Base::slot_, Base::weights_, Base::widest_, Base::zero_;

  // Calls body(group) for the lanes in use, by fours and whatever their environments.
  template <class Body>
  KOKKOS_FUNCTION void for_each_four(Body const &body) const
  {
    LaneGroup four;
    four.shared = true;
    for (int l = 0; l <= lanes; ++l) {
      if (l < lanes && slot_[l] >= 0) four.lane[four.count++] = l;
      if (four.count < LaneGroup::most && l < lanes) continue;
      if (four.count > 0) body(four);
      four.count = 0;
    }
  }

  KOKKOS_FUNCTION void shared_product(T const *matrix, T const *start, T const *x, int ldx, T *y,
                                      int ldy, int inputs) const
  {
    for_each_four([&](LaneGroup const &four) {
      LanePointers<T> p;
      for (int u = 0; u < four.count; ++u) {
        p.matrix[u] = matrix, p.start[u] = start;
        p.x[u] = x + four.lane[u] * ldx, p.y[u] = y + four.lane[u] * ldy;
      }
      group_product(four, p, ldy, inputs);
    });
  }

  KOKKOS_FUNCTION void from_lanes(T const *in, R rows) const
  {
    int const state = layout_.shape.state, ld = padded(state);
    for (int l = 0; l < lanes; ++l) {
      for (int i = 0; i < state; ++i) rows.at(i, l) = slot_[l] >= 0 ? in[l * ld + i] : T(0);
    }
  }

  KOKKOS_FUNCTION void push_layer(int n, int t, R xi_dot) const
  {
    CodaPiece const &piece = weights_.piece(n);
    T *const z = z_dot_[n] + t * row_size_;
    for (int g = 0; g < groups_; ++g) {
      this->product(group_[g], piece.forward, Base::no_start, x_dot_[n] + t * row_size_, piece.in,
                    z, piece.out, layout_.layers[n].in);
    }
    for (int l = 0; l < lanes; ++l) {
      for (int r = 0; slot_[l] >= 0 && r < rank_; ++r) {
        T const factor = xi_dot.at(r, l), *const s = by_hyper_[n] + r * row_size_ + l * piece.out;
        for (int j = 0; j < piece.out; ++j) z[l * piece.out + j] += factor * s[j];
      }
    }
  }

  // beta' = sum_r xi'_r H_r,beta
  KOKKOS_FUNCTION T slope_dot(int n, int l, R xi_dot) const
  {
    T sum = 0;
    for (int r = 0; r < rank_; ++r) sum += xi_dot.at(r, l) * hyper_slope(n, r);
    return sum;
  }
  KOKKOS_FUNCTION T hyper_slope(int n, int r) const
  {
    return row_[layout_.hyper(r) + layout_.layers[n].beta];
  }

  KOKKOS_FUNCTION void push_activation(int n, int t, Tape const &tape, R xi_dot) const
  {
    CodaPiece const &piece = weights_.piece(n);
    Pack<T> const one(T(1));
    T *const to = x_dot_[n + 1] + t * row_size_, *const z_dot = z_dot_[n] + t * row_size_;
    for (int l = 0; l < lanes; ++l) {
      if (slot_[l] < 0) continue;
      Pack<T> const beta(*weights_.at(slot_[l], piece.slope)), slope(slope_dot(n, l, xi_dot));
      for (int j = l * piece.out; j < (l + 1) * piece.out; j += W) {
        Pack<T> const s = Pack<T>::load(tape.sigma[n] + j), z = Pack<T>::load(tape.z[n] + j);
        Pack<T> const rest = Pack<T>::load(tape.x[n + 1] + j) * (one - s);
        fma(fma(beta, rest, s), Pack<T>::load(z_dot + j), z * rest * slope).store(to + j);
      }
    }
  }

  // Through W: of the value and of every tangent.
  KOKKOS_FUNCTION void pull_back_layer(int n, int count, Tape const &tape)
  {
    CodaPiece const &piece = weights_.piece(n);
    int const out = layout_.layers[n].out;
    for (int g = 0; g < groups_; ++g) {
      LaneGroup const &group = group_[g];
      this->add_gradient(group, n, tape.x[n], bar_);
      this->add_bias_gradient(group, n, bar_);
      this->product(group, piece.backward, Base::no_start, bar_, piece.out, out_, piece.in, out);
      for (int t = 0; t < count; ++t) {
        T const *const bar = dot_bar_ + t * row_size_;
        this->add_gradient(group, n, x_dot_[n] + t * row_size_, bar);
        this->product(group, piece.backward, Base::no_start, bar, piece.out,
                      in_dot_bar_ + t * row_size_, piece.in, out);
      }
    }
  }

  // Through s_r: with s_r_bar = sum_t xi'_tr z'_t_bar, x_bar += H_rᵀ s_r_bar,
  // H_r_bar += s_r_bar [x; 1]ᵀ, xi'_tr_bar += <s_r, z'_t_bar>.
  KOKKOS_FUNCTION void pull_back_hyper(int n, int r, int count, Tape const &tape, R xi_dot,
                                       R xi_dot_bar)
  {
    CodaLayer const &layer = layout_.layers[n];
    CodaPiece const &piece = weights_.piece(n);
    T *const bias_bar = hyper_.at(r, piece.bias_bar);
    for (int l = 0; l < lanes; ++l) {
      if (slot_[l] < 0) continue;
      T *const sum = hyper_bar_ + l * piece.out;
      T const *const s = by_hyper_[n] + r * row_size_ + l * piece.out;
      for (int j = 0; j < piece.out; ++j) sum[j] = T(0);
      for (int t = 0; t < count; ++t) {
        T const *const bar = dot_bar_ + t * row_size_ + l * piece.out;
        T const factor = xi_dot.at(t * rank_ + r, l);
        T along = 0;
        for (int j = 0; j < layer.out; ++j) along += s[j] * bar[j];
        for (int j = 0; j < piece.out; ++j) sum[j] += factor * bar[j];
        xi_dot_bar.at(t * rank_ + r, l) += along;
      }
      for (int j = 0; j < piece.out; ++j) bias_bar[j] += sum[j];
    }
    shared_product(hyper_.at(r, piece.backward), zero_, hyper_bar_, piece.out, part_, piece.in,
                   layer.out);
    for_each_four([&](LaneGroup const &four) {
      T const *x[LaneGroup::most], *y[LaneGroup::most];
      for (int u = 0; u < four.count; ++u) {
        int const l = four.lane[u];
        x[u] = tape.x[n] + l * piece.in, y[u] = hyper_bar_ + l * piece.out;
        for (int k = l * piece.in; k < (l + 1) * piece.in; ++k) out_[k] += part_[k];
      }
      group_outer(four.count, x, y, layer.in, hyper_.at(r, piece.bar), piece.out);
    });
  }

  // With rho = sigma (1 - sigma) and bend = rho (2 + beta z (1 - 2 sigma)) the second derivatives
  // of phi are phi_zz = beta bend, phi_zbeta = z bend, phi_betabeta = z³ rho (1 - 2 sigma).
  KOKKOS_FUNCTION void deactivate_dots(int n, int count, Tape const &tape, R xi_dot, R xi_dot_bar)
  {
    int const ld = weights_.piece(n).out;
    Pack<T> const one(T(1)), two(T(2));
    for (int l = 0; l < lanes; ++l) {
      if (slot_[l] < 0) continue;
      Pack<T> const beta(*weights_.at(slot_[l], weights_.piece(n).slope));
      T *const slope_bar = weights_.at(slot_[l], weights_.piece(n).slope_bar);
      Pack<T> beta_bar = Pack<T>::load(slope_bar);
      for (int j = l * ld; j < (l + 1) * ld; j += W) {
        Pack<T> const bar = Pack<T>::load(out_ + j), z = Pack<T>::load(tape.z[n] + j);
        Pack<T> const s = Pack<T>::load(tape.sigma[n] + j), rho = s * (one - s);
        Pack<T> const rest = z * rho, tilt = one - two * s, bend = rho * fma(beta * z, tilt, two);
        beta_bar = fma(bar, z * z * rho, beta_bar);
        (bar * fma(beta, rest, s)).store(bar_ + j);
        for (int t = 0; t < count; ++t) {
          Pack<T> const dot = Pack<T>::load(in_dot_bar_ + t * row_size_ + j);
          Pack<T> const z_dot = Pack<T>::load(z_dot_[n] + t * row_size_ + j);
          Pack<T> const slope(slope_dot(n, l, xi_dot.from(t * rank_)));
          fma(dot * bend, fma(beta, z_dot, z * slope), Pack<T>::load(bar_ + j)).store(bar_ + j);
          beta_bar = fma(dot, fma(z * bend, z_dot, z * z * z * rho * tilt * slope), beta_bar);
          (dot * fma(beta, rest, s)).store(dot_bar_ + t * row_size_ + j);
        }
      }
      beta_bar.store(slope_bar);
      for (int t = 0; t < count; ++t) {
        close_slope(n, l, slope_dot_bar(n, l, t, tape), xi_dot.from(t * rank_),
                    xi_dot_bar.from(t * rank_));
      }
    }
  }

  // <x'_bar, phi_beta> of one lane and tangent, phi_beta = z² sigma (1 - sigma).
  KOKKOS_FUNCTION T slope_dot_bar(int n, int l, int t, Tape const &tape) const
  {
    int const ld = weights_.piece(n).out;
    T sum = 0;
    for (int j = l * ld; j < l * ld + layout_.layers[n].out; ++j) {
      T const z = tape.z[n][j], s = tape.sigma[n][j];
      sum += in_dot_bar_[t * row_size_ + j] * z * z * s * (T(1) - s);
    }
    return sum;
  }

  // Transpose of slope_dot.
  KOKKOS_FUNCTION void close_slope(int n, int l, T bar, R xi_dot, R xi_dot_bar)
  {
    for (int r = 0; r < rank_; ++r) {
      xi_dot_bar.at(r, l) += hyper_slope(n, r) * bar;
      *hyper_.at(r, weights_.piece(n).slope_bar) += xi_dot.at(r, l) * bar;
    }
  }

  T const *row_;
  int rank_, row_size_;
  CodaWeights<T> hyper_;                                             // slot r holds H_r
  T *x_dot_[CodaLayout::max_depth], *z_dot_[CodaLayout::max_depth];  // (tangent, lane, neuron)
  T *by_hyper_[CodaLayout::max_depth];  // (component, lane, neuron): s_r
  // Only with pull_back_tangent:
  T *dot_bar_ = nullptr, *in_dot_bar_ = nullptr, *hyper_bar_ = nullptr, *part_ = nullptr;
  R unused_;
};

}  // namespace tessera::fields
