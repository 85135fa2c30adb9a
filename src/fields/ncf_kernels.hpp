#pragma once

#include "context_encoder.hpp"
#include "lane_products.hpp"
#include "swish.hpp"

/// One NCF expert as a vector field on packs (concept: solvers/ode/integrate_lanes.hpp).
namespace tessera::fields {

/// One chain of layers y = M x + b: the state encoder's hidden layers, the joint layer, the rest
/// of the main network. The joint layer is main layer 0 after the state encoder's linear end,
///   z = W_d (E x + e) + W_c code + b = (W_d E) x + [W_d e + b + W_c code],
/// one matrix formed per block and a bias made per lane when a trajectory enters it.
template <class T, int NV>
class NcfField {
 public:
  using Number = T;
  static constexpr int packs = NV, lanes = Rows<T, NV>::lanes, W = Pack<T>::width;
  static constexpr int max_links = 2 * NcfLayout::max_depth + 1;
  using R = Rows<T, NV>;

  /// What pull_back needs of one evaluation: every layer's input, and of a hidden one z and
  /// sigma(beta z).
  struct Tape {
    R x[max_links], z[max_links], sigma[max_links];
  };

  KOKKOS_FUNCTION NcfField(LaneArena &arena, NcfLayout const &layout, T const *row,
                           bool with_pull_back, bool with_tangents = false)
      : layout_(layout),
        row_(row),
        rank_(layout.shape.rank),
        code_size_(layout.shape.intermediate),
        joint_(layout.shape.depth_data),
        links_(layout.shape.depth_data + layout.shape.depth + 1),
        encoder_(arena, layout, row, with_tangents),
        xi_(arena, rank_)
  {
    make_links();
    for (int n = 0; n < links_; ++n) {
      link_[n].forward = arena.take<T>(link_[n].in * link_[n].out);
      link_[n].bias = R(arena, link_[n].out);
    }
    joint_bias_ = arena.take<T>(layout.shape.width);
    affine_ = arena.take<T>(layout.shape.width);
    code_matrix_ = arena.take<T>(code_size_ * layout.shape.width);
    zero_ = R(arena, widest_);
    if (!with_pull_back) scratch_ = make_tape(arena);
    if (with_pull_back) take_pull_back(arena);
    if (row == nullptr) return;
    prepare();
    if (with_pull_back) prepare_pull_back();
  }

  KOKKOS_FUNCTION Tape make_tape(LaneArena &arena) const
  {
    Tape tape;
    for (int n = 0; n < links_; ++n) {
      tape.x[n] = R(arena, link_[n].in);
      if (!link_[n].hidden) continue;
      tape.z[n] = R(arena, link_[n].out);
      tape.sigma[n] = R(arena, link_[n].out);
    }
    return tape;
  }

  /// The context (rank) of lane l; the expert's shift is added here.
  KOKKOS_FUNCTION void load_lane(int l, T const *context)
  {
    int const width = link_[joint_].out;
    for (int r = 0; r < rank_; ++r) xi_.at(r, l) = context[r] + row_[layout_.shift];
    if (context != loaded_) {
      T const *const code = encode(l);
      for (int j = 0; j < width; ++j) affine_[j] = joint_bias_[j];
      for (int i = 0; i < code_size_; ++i) {
        T const c = code[i], *const w = code_matrix_ + i * width;
        for (int j = 0; j < width; ++j) affine_[j] += w[j] * c;
      }
      loaded_ = context;
    }
    for (int j = 0; j < width; ++j) link_[joint_].bias.at(j, l) = affine_[j];
  }

  KOKKOS_FUNCTION void evaluate(R x, R dx) { evaluate(x, dx, scratch_); }

  KOKKOS_FUNCTION void evaluate(R x, R dx, Tape const &tape)
  {
    copy(x, tape.x[0], layout_.shape.state);
    for (int n = 0; n < links_; ++n) {
      Link const &link = link_[n];
      R const out = link.hidden ? tape.z[n] : dx;
      product(link.forward, link.out, link.in, link.out, tape.x[n], link.bias, out);
      if (!link.hidden) continue;
      R const next = tape.x[n + 1];
      Pack<T> const beta(row_[link.beta]);
      for (int i = 0; i < link.out * NV; ++i) {
        next.data[i] = swish(tape.z[n].data[i], beta, tape.sigma[n].data[i]);
      }
    }
  }

  /// x_bar = (df/dx)ᵀ dx_bar; adds to the block's weight gradients and the lanes' context sums.
  KOKKOS_FUNCTION void pull_back(Tape const &tape, R dx_bar, R x_bar)
  {
    R y_bar = dx_bar;
    for (int n = links_ - 1; n >= 0; --n) {
      Link const &link = link_[n];
      add(y_bar, link.bias_bar, link.out);
      product(link.backward, link.in, link.out, link.in, y_bar, zero_, in_bar_);
      int const ld = padded(link.in);
      lanes_to_rows(tape.x[n], link.in, transposed_, ld);
      add_outer(y_bar, link.out, transposed_, ld, link.bar, ld, link.in);
      if (n == 0) break;
      Pack<T> const beta(row_[link_[n - 1].beta]);
      for (int i = 0; i < link.in * NV; ++i) {
        Pack<T> &sum = beta_bar_(n - 1, i % NV);
        out_bar_.data[i] = swish_bar(in_bar_.data[i], tape.x[n].data[i], tape.z[n - 1].data[i],
                                     tape.sigma[n - 1].data[i], beta, sum);
      }
      y_bar = out_bar_;
    }
    copy(in_bar_, x_bar, layout_.shape.state);
  }

  /// Closes lane l: the joint layer's affine term was the same in all its evaluations, so its
  /// cotangent goes through the context's encoder once. Writes the context's cotangent (rank).
  KOKKOS_FUNCTION void finish_lane(int l, T *context_bar)
  {
    NcfLayer const &main = layout_.main[0];
    T const *const code = encode(l);
    T *const code_bar = encoder_.code_bar();
    for (int i = 0; i < code_size_; ++i) code_bar[i] = T(0);
    for (int j = 0; j < main.out; ++j) {
      T const bar = link_[joint_].bias_bar.at(j, l);
      link_[joint_].bias_bar.at(j, l) = T(0);
      gradient_[main.b + j] += bar;
      T const *const w = row_ + main.w + j * main.in + code_size_;
      T *const w_bar = gradient_ + main.w + j * main.in + code_size_;
      for (int i = 0; i < code_size_; ++i) w_bar[i] += bar * code[i];
      for (int i = 0; i < code_size_; ++i) code_bar[i] += w[i] * bar;
    }
    T const *const xi_bar = encoder_.pull_back(gradient_);
    for (int r = 0; r < rank_; ++r) {
      context_bar[r] = xi_bar[r];
      gradient_[layout_.shift] += xi_bar[r];
    }
  }

  /// The block's gradient in the expert's layout, written to `gradient` (size).
  KOKKOS_FUNCTION void finish_block(T *gradient) const
  {
    for (int n = 0; n < links_; ++n) {
      Link const &link = link_[n];
      if (link.hidden) gradient_[link.beta] += lane_sum(beta_bar_, n);
      if (n == joint_) continue;
      for (int j = 0; j < link.out; ++j) {
        gradient_[link.b + j] = lane_sum(link.bias_bar, j);
        for (int k = 0; k < link.in; ++k) {
          gradient_[link.w + j * link.in + k] = link.bar[j * padded(link.in) + k];
        }
      }
    }
    finish_joint();
    for (std::size_t i = 0; i < layout_.size; ++i) gradient[i] = gradient_[i];
  }

 protected:
  // A layer of the chain; the joint one has no weights of its own in the row.
  struct Link {
    int in = 0, out = 0;
    bool hidden = false;
    std::size_t w = 0, b = 0, beta = 0;
    T *forward = nullptr, *backward = nullptr, *bar = nullptr;
    R bias, bias_bar;
  };

  static KOKKOS_FUNCTION int padded(int n) { return (n + W - 1) / W * W; }

  KOKKOS_FUNCTION void make_links()
  {
    for (int n = 0; n < links_; ++n) {
      NcfLayer const &layer = n < joint_ ? layout_.data[n] : layout_.main[n - joint_];
      Link &link = link_[n];
      link.in = n == joint_ ? layout_.data[joint_].in : layer.in;
      link.out = layer.out;
      link.hidden = layer.hidden;
      link.w = layer.w, link.b = layer.b, link.beta = layer.beta;
      widest_ = Kokkos::max(widest_, Kokkos::max(link.in, link.out));
    }
  }

  KOKKOS_FUNCTION void take_pull_back(LaneArena &arena)
  {
    in_bar_ = R(arena, widest_);
    out_bar_ = R(arena, widest_);
    beta_bar_ = R(arena, links_);
    transposed_ = arena.take<T>(lanes * padded(widest_));
    gradient_ = arena.take<T>(layout_.size);
    for (int n = 0; n < links_; ++n) {
      Link &link = link_[n];
      link.backward = arena.take<T>(link.out * link.in);
      link.bar = arena.take<T>(link.out * padded(link.in));
      link.bias_bar = R(arena, link.out);
    }
  }

  // Matrices in the order product() reads them, the joint one formed; biases in all lanes.
  KOKKOS_FUNCTION void prepare()
  {
    fill(zero_, widest_, T(0));
    for (int n = 0; n < links_; ++n) {
      Link const &link = link_[n];
      for (int j = 0; j < link.out; ++j) fill(link.bias.from(j), 1, row_[link.b + j]);
      if (n == joint_) continue;
      transpose(row_ + link.w, link.out, link.in, link.in, link.forward);
    }
    NcfLayer const &end = layout_.data[joint_], &main = layout_.main[0];
    Link const &link = link_[joint_];
    transpose(row_ + main.w + code_size_, main.out, code_size_, main.in, code_matrix_);
    for (int i = 0; i < link.in * link.out; ++i) link.forward[i] = T(0);
    for (int j = 0; j < main.out; ++j) {
      T const *const w = row_ + main.w + j * main.in;
      T sum = row_[main.b + j];
      for (int i = 0; i < code_size_; ++i) {
        sum += w[i] * row_[end.b + i];
        for (int k = 0; k < end.in; ++k) {
          link.forward[k * main.out + j] += w[i] * row_[end.w + i * end.in + k];
        }
      }
      joint_bias_[j] = sum;
    }
  }

  KOKKOS_FUNCTION void prepare_pull_back()
  {
    fill(beta_bar_, links_, T(0));
    for (std::size_t i = 0; i < layout_.size; ++i) gradient_[i] = T(0);
    for (int n = 0; n < links_; ++n) {
      Link const &link = link_[n];
      fill(link.bias_bar, link.out, T(0));
      transpose(link.forward, link.in, link.out, link.out, link.backward);
      for (int i = 0; i < link.out * padded(link.in); ++i) link.bar[i] = T(0);
    }
  }

  KOKKOS_FUNCTION T const *encode(int l)
  {
    T *const in = encoder_.input();
    for (int r = 0; r < rank_; ++r) in[r] = xi_.at(r, l);
    return encoder_.evaluate();
  }

  // From the joint matrix J = W_d E and bias W_d e + …: W_d_bar = J_bar Eᵀ + b_bar eᵀ,
  // E_bar = W_dᵀ J_bar, e_bar = W_dᵀ b_bar.
  KOKKOS_FUNCTION void finish_joint() const
  {
    NcfLayer const &end = layout_.data[joint_], &main = layout_.main[0];
    int const ld = padded(end.in);
    for (int j = 0; j < main.out; ++j) {
      T const b_bar = gradient_[main.b + j], *const bar = link_[joint_].bar + j * ld;
      for (int i = 0; i < code_size_; ++i) {
        T const w = row_[main.w + j * main.in + i], *const e = row_ + end.w + i * end.in;
        T w_bar = b_bar * row_[end.b + i];
        for (int k = 0; k < end.in; ++k) {
          w_bar += bar[k] * e[k];
          gradient_[end.w + i * end.in + k] += w * bar[k];
        }
        gradient_[main.w + j * main.in + i] = w_bar;
        gradient_[end.b + i] += w * b_bar;
      }
    }
  }

  static KOKKOS_FUNCTION T lane_sum(R rows, int row)
  {
    T sum = 0;
    for (int l = 0; l < lanes; ++l) sum += rows.at(row, l);
    return sum;
  }

  NcfLayout const &layout_;
  T const *row_;
  int rank_, code_size_, joint_, links_, widest_ = 0;
  ContextEncoder<T> encoder_;
  R xi_, zero_;
  Link link_[max_links];
  T *joint_bias_ = nullptr, *affine_ = nullptr, *code_matrix_ = nullptr;
  T const *loaded_ = nullptr;  // the context whose affine term stands in affine_
  Tape scratch_;
  // Only with pull_back:
  R in_bar_, out_bar_, beta_bar_;
  T *transposed_ = nullptr, *gradient_ = nullptr;
};

}  // namespace tessera::fields
