#pragma once

#include "ncf_kernels.hpp"

/// Directional derivatives of an NCF expert and their transpose.
namespace tessera::fields {

/// An NcfField that also pushes up to `most` tangents forward:
///   z' = M x' (joint layer: + J xi'),  x' <- phi_z z' with phi(z, beta) = z sigma(beta z).
/// The context's code enters the joint layer as a term a(xi) that is constant along a trajectory,
/// and so is its Jacobian J = da/dxi: it is formed when a lane is loaded, its cotangent summed over
/// all evaluations and pulled through the encoder once.
template <class T, int NV>
class NcfTangents : public NcfField<T, NV> {
  using Base = NcfField<T, NV>;

 public:
  using R = typename Base::R;
  using Tape = typename Base::Tape;

  KOKKOS_FUNCTION NcfTangents(LaneArena &arena, NcfLayout const &layout, T const *row,
                              bool with_pull_back, int most)
      : Base(arena, layout, row, with_pull_back, true), width_(layout.shape.width)
  {
    dots_ = arena.take<Dot>(most);
    for (int t = 0; t < most; ++t) {
      Dot const dot = with_pull_back ? make_dot(arena) : passing_dot(arena);
      if (row != nullptr) dots_[t] = dot;
    }
    one_jacobian_ = arena.take<T>(rank_ * width_);
    jacobian_ = R(arena, rank_ * width_);
    if (!with_pull_back) return;
    jacobian_bar_ = R(arena, rank_ * width_);
    in_dot_bar_ = R(arena, most * widest_);
    out_dot_bar_ = R(arena, most * widest_);
    unused_ = R(arena, most * layout.shape.state);
    if (row != nullptr) fill(jacobian_bar_, rank_ * width_, T(0));
  }

  /// As NcfField's, with the Jacobian of the context's term.
  KOKKOS_FUNCTION void load_lane(int l, T const *context)
  {
    bool const known = context == loaded_;
    Base::load_lane(l, context);
    for (int r = 0; !known && r < rank_; ++r) {
      T const *const code_dot = push_unit(r);
      T *const column = one_jacobian_ + r * width_;
      for (int j = 0; j < width_; ++j) column[j] = T(0);
      for (int i = 0; i < code_size_; ++i) {
        for (int j = 0; j < width_; ++j) column[j] += code_matrix_[i * width_ + j] * code_dot[i];
      }
    }
    for (int k = 0; k < rank_ * width_; ++k) jacobian_.at(k, l) = one_jacobian_[k];
  }

  /// dx_dot = (df/dx) x_dot + (df/dxi) xi_dot for `count` tangents at the point `tape` was filled
  /// at. Rows (tangent, state) and (tangent, rank), tangent slowest.
  KOKKOS_FUNCTION void push_forward(Tape const &tape, int count, R x_dot, R xi_dot, R dx_dot)
  {
    int const state = layout_.shape.state;
    for (int t = 0; t < count; ++t) copy(x_dot.from(t * state), dots_[t].x[0], state);
    for (int n = 0; n < links_; ++n) {
      auto const &link = link_[n];
      for (int t = 0; t < count; ++t) {
        R const out = link.hidden ? dots_[t].z[n] : dx_dot.from(t * state);
        if (n == joint_) push_context(xi_dot.from(t * rank_), out);
        R const start = n == joint_ ? out : zero_;
        product(link.forward, link.out, link.in, link.out, dots_[t].x[n], start, out);
      }
      if (link.hidden) push_activation(n, count, tape);
    }
  }

  /// Transpose of evaluate and push_forward together: from cotangents of f (dx_bar) and of its
  /// directional derivatives (dx_dot_bar) writes those of x, of x_dot and of xi_dot; adds to the
  /// block's weight gradients and to the lanes' context sums as pull_back does.
  KOKKOS_FUNCTION void pull_back_tangent(Tape const &tape, int count, R x_dot, R xi_dot, R dx_bar,
                                         R dx_dot_bar, R x_bar, R x_dot_bar, R xi_dot_bar)
  {
    int const state = layout_.shape.state;
    push_forward(tape, count, x_dot, xi_dot, unused_);
    fill(xi_dot_bar, count * rank_, T(0));
    copy_tangents(dx_dot_bar, state, out_dot_bar_, widest_, count, state);
    R y_bar = dx_bar;
    for (int n = links_ - 1; n >= 0; --n) {
      auto const &link = link_[n];
      add(y_bar, link.bias_bar, link.out);
      product(link.backward, link.in, link.out, link.in, y_bar, zero_, in_bar_);
      add_gradient(n, tape.x[n], y_bar);
      for (int t = 0; t < count; ++t) {
        R const bar = out_dot_bar_.from(t * widest_);
        product(link.backward, link.in, link.out, link.in, bar, zero_,
                in_dot_bar_.from(t * widest_));
        add_gradient(n, dots_[t].x[n], bar);
        if (n != joint_) continue;
        pull_back_context(bar, xi_dot.from(t * rank_), xi_dot_bar.from(t * rank_));
      }
      if (n == 0) break;
      deactivate_dots(n - 1, count, tape);
      y_bar = out_bar_;
    }
    copy(in_bar_, x_bar, state);
    copy_tangents(in_dot_bar_, widest_, x_dot_bar, state, count, state);
  }

  /// As NcfField's; the Jacobian's cotangent goes through the encoder column by column.
  KOKKOS_FUNCTION void finish_lane(int l, T *context_bar)
  {
    Base::finish_lane(l, context_bar);
    NcfLayer const &main = layout_.main[0];
    this->encode(l);
    for (int r = 0; r < rank_; ++r) {
      T const *const code_dot = push_unit(r);
      T *const code_dot_bar = encoder_.code_dot_bar();
      for (int i = 0; i < code_size_; ++i) code_dot_bar[i] = T(0);
      for (int j = 0; j < main.out; ++j) {
        T const bar = jacobian_bar_.at(r * width_ + j, l);
        jacobian_bar_.at(r * width_ + j, l) = T(0);
        T const *const w = row_ + main.w + j * main.in + code_size_;
        T *const w_bar = gradient_ + main.w + j * main.in + code_size_;
        for (int i = 0; i < code_size_; ++i) w_bar[i] += bar * code_dot[i];
        for (int i = 0; i < code_size_; ++i) code_dot_bar[i] += w[i] * bar;
      }
      T const *const xi_bar = encoder_.pull_back_tangent(gradient_);
      for (int q = 0; q < rank_; ++q) {
        context_bar[q] += xi_bar[q];
        gradient_[layout_.shift] += xi_bar[q];
      }
    }
  }

 private:
  using Base::code_matrix_, Base::code_size_, Base::encoder_, Base::gradient_, Base::in_bar_,
      Base::joint_, Base::layout_, Base::link_, Base::links_, Base::loaded_, Base::out_bar_,
      Base::beta_bar_, Base::rank_, Base::row_, Base::transposed_, Base::widest_, Base::zero_;

  // A tangent of every layer's input and of a hidden one's z.
  struct Dot {
    R x[Base::max_links], z[Base::max_links];
  };

  KOKKOS_FUNCTION Dot make_dot(LaneArena &arena) const
  {
    Dot dot;
    for (int n = 0; n < links_; ++n) {
      dot.x[n] = R(arena, link_[n].in);
      if (link_[n].hidden) dot.z[n] = R(arena, link_[n].out);
    }
    return dot;
  }

  // Without a pull-back a tangent passes through one pair of buffers that stays in the cache.
  KOKKOS_FUNCTION Dot passing_dot(LaneArena &arena) const
  {
    R const x(arena, widest_), z(arena, widest_);
    Dot dot;
    for (int n = 0; n < links_; ++n) dot.x[n] = x, dot.z[n] = z;
    return dot;
  }

  static KOKKOS_FUNCTION void copy_tangents(R from, int ld, R to, int ldt, int count, int rows)
  {
    for (int t = 0; t < count; ++t) copy(from.from(t * ld), to.from(t * ldt), rows);
  }

  // The code's tangent along context component r, at the context encoded last.
  KOKKOS_FUNCTION T const *push_unit(int r)
  {
    T *const unit = encoder_.input_dot();
    for (int q = 0; q < rank_; ++q) unit[q] = T(q == r);
    return encoder_.push_forward();
  }

  KOKKOS_FUNCTION void push_context(R xi_dot, R out) const
  {
    fill(out, width_, T(0));
    for (int r = 0; r < rank_; ++r) {
      R const column = jacobian_.from(r * width_);
      for (int i = 0; i < width_ * NV; ++i) {
        out.data[i] = fma(column.data[i], xi_dot(r, i % NV), out.data[i]);
      }
    }
  }

  // Transpose of push_context: xi_dot_bar += Jᵀ bar, J_bar += bar xi_dotᵀ.
  KOKKOS_FUNCTION void pull_back_context(R bar, R xi_dot, R xi_dot_bar)
  {
    for (int r = 0; r < rank_; ++r) {
      R const column = jacobian_.from(r * width_), column_bar = jacobian_bar_.from(r * width_);
      for (int i = 0; i < width_ * NV; ++i) {
        int const v = i % NV;
        xi_dot_bar(r, v) = fma(column.data[i], bar.data[i], xi_dot_bar(r, v));
        column_bar.data[i] = fma(bar.data[i], xi_dot(r, v), column_bar.data[i]);
      }
    }
  }

  KOKKOS_FUNCTION void push_activation(int n, int count, Tape const &tape) const
  {
    Pack<T> const one(T(1)), beta(row_[link_[n].beta]);
    for (int i = 0; i < link_[n].out * NV; ++i) {
      Pack<T> const s = tape.sigma[n].data[i];
      Pack<T> const by_z = fma(beta, tape.x[n + 1].data[i] * (one - s), s);
      for (int t = 0; t < count; ++t) dots_[t].x[n + 1].data[i] = by_z * dots_[t].z[n].data[i];
    }
  }

  KOKKOS_FUNCTION void add_gradient(int n, R x, R y_bar)
  {
    auto const &link = link_[n];
    int const ld = Base::padded(link.in);
    lanes_to_rows(x, link.in, transposed_, ld);
    add_outer(y_bar, link.out, transposed_, ld, link.bar, ld, link.in);
  }

  // With bend = sigma (1 - sigma) (2 + beta z (1 - 2 sigma)) the second derivatives of phi are
  // phi_zz = beta bend and phi_zbeta = z bend.
  KOKKOS_FUNCTION void deactivate_dots(int n, int count, Tape const &tape)
  {
    Pack<T> const one(T(1)), two(T(2)), beta(row_[link_[n].beta]);
    for (int i = 0; i < link_[n].out * NV; ++i) {
      Pack<T> const s = tape.sigma[n].data[i], z = tape.z[n].data[i], bar = in_bar_.data[i];
      Pack<T> const rest = tape.x[n + 1].data[i] * (one - s), by_z = fma(beta, rest, s);
      Pack<T> const bend = s * (one - s) * fma(beta * z, one - two * s, two);
      Pack<T> bent(T(0));
      for (int t = 0; t < count; ++t) {
        Pack<T> const dot_bar = in_dot_bar_.from(t * widest_).data[i];
        bent = fma(dot_bar * bend, dots_[t].z[n].data[i], bent);
        out_dot_bar_.from(t * widest_).data[i] = dot_bar * by_z;
      }
      out_bar_.data[i] = fma(bar, by_z, beta * bent);
      Pack<T> &sum = beta_bar_(n, i % NV);
      sum = fma(z, fma(bar, rest, bent), sum);
    }
  }

  int width_;
  Dot *dots_ = nullptr;
  T *one_jacobian_ = nullptr;
  R jacobian_;  // (component, width) of each lane
  // Only with pull_back_tangent:
  R jacobian_bar_, in_dot_bar_, out_dot_bar_, unused_;
};

}  // namespace tessera::fields
