#pragma once

#include <tessera/solvers/ode/lane_arena.hpp>

#include "coda_weights.hpp"
#include "lane_group_products.hpp"
#include "swish.hpp"

/// One CoDA expert as a vector field (concept: solvers/ode/integrate_lanes.hpp).
namespace tessera::fields {

using solvers::Rows;

/// Every environment has weights of its own, so a pack holds neurons and not trajectories: rows
/// here are (lane, neuron), neurons padded to whole packs whose rest stays zero. Only the state
/// and its slope, a few numbers, change between the two forms.
template <class T, int NV>
class CodaField {
 public:
  using Number = T;
  static constexpr int packs = NV, lanes = Rows<T, NV>::lanes, W = Pack<T>::width;
  using R = Rows<T, NV>;

  /// What pull_back needs of one evaluation, each (lane, neuron): every layer's input, and of a
  /// hidden one z and sigma(beta z).
  struct Tape {
    T *x[CodaLayout::max_depth], *z[CodaLayout::max_depth], *sigma[CodaLayout::max_depth];
  };

  KOKKOS_FUNCTION CodaField(LaneArena &arena, CodaLayout const &layout, T const *row,
                            bool with_pull_back)
      : layout_(layout),
        depth_(layout.shape.depth),
        widest_(padded(Kokkos::max(layout.shape.width, layout.shape.state))),
        weights_(arena, layout, row, lanes, with_pull_back),
        out_(arena.take<T>(lanes * widest_)),
        zero_(arena.take<T>(widest_))
  {
    for (int l = 0; l < lanes; ++l) slot_[l] = -1;
    if (!with_pull_back) scratch_ = make_tape(arena);
    if (with_pull_back) {
      bar_ = arena.take<T>(lanes * widest_);
      gradient_ = arena.take<T>(layout.size);
    }
    if (row == nullptr) return;
    for (int i = 0; i < widest_; ++i) zero_[i] = T(0);
    for (std::size_t i = 0; with_pull_back && i < layout.size; ++i) gradient_[i] = T(0);
  }

  KOKKOS_FUNCTION Tape make_tape(LaneArena &arena) const
  {
    Tape tape;
    for (int n = 0; n < depth_; ++n) {
      CodaLayer const &layer = layout_.layers[n];
      tape.x[n] = arena.take<T>(lanes * padded(layer.in));
      if (!layer.hidden) continue;
      tape.z[n] = arena.take<T>(lanes * padded(layer.out));
      tape.sigma[n] = arena.take<T>(lanes * padded(layer.out));
    }
    return tape;
  }

  /// The context (rank) of lane l, known by its address; the expert's shift is added here.
  KOKKOS_FUNCTION void load_lane(int l, T const *context)
  {
    idle_lane(l);
    slot_[l] = weights_.enter(context);
  }

  /// Lane l is left out until it is loaded.
  KOKKOS_FUNCTION void idle_lane(int l)
  {
    if (slot_[l] >= 0) weights_.leave(slot_[l]);
    slot_[l] = -1;
    explosive_[l] = false;
    grouped_ = false;
  }

  KOKKOS_FUNCTION void evaluate(R x, R dx) { evaluate(x, dx, scratch_); }

  KOKKOS_FUNCTION void evaluate(R x, R dx, Tape const &tape)
  {
    if (!grouped_) make_groups();
    int const state = layout_.shape.state;
    to_lanes(x, tape.x[0], padded(state));
    for (int n = 0; n < depth_; ++n) {
      CodaLayer const &layer = layout_.layers[n];
      CodaPiece const &piece = weights_.piece(n);
      T *const out = layer.hidden ? tape.z[n] : out_;
      for (int g = 0; g < groups_; ++g) {
        product(group_[g], piece.forward, piece.bias, tape.x[n], piece.in, out, piece.out,
                layer.in);
      }
      if (layer.hidden) activate(n, tape);
    }
    fill(dx, state, T(0));
    for (int l = 0; l < lanes; ++l) {
      for (int i = 0; slot_[l] >= 0 && i < state; ++i) dx.at(i, l) = out_[l * padded(state) + i];
    }
  }

  /// x_bar = (df/dx)ᵀ dx_bar; adds to the gradients of the lanes' environments. A lane whose
  /// cotangent leaves the range of numbers adds nothing from there on.
  KOKKOS_FUNCTION void pull_back(Tape const &tape, R dx_bar, R x_bar)
  {
    if (!grouped_) make_groups();
    int const state = layout_.shape.state;
    to_lanes(dx_bar, bar_, padded(state));
    quench(bar_, padded(state));
    for (int n = depth_ - 1; n >= 0; --n) {
      CodaLayer const &layer = layout_.layers[n];
      CodaPiece const &piece = weights_.piece(n);
      for (int g = 0; g < groups_; ++g) {
        add_gradient(group_[g], n, tape.x[n], bar_);
        add_bias_gradient(group_[g], n, bar_);
        product(group_[g], piece.backward, no_start, bar_, piece.out, out_, piece.in, layer.out);
      }
      if (n > 0) deactivate(n - 1, tape);
    }
    fill(x_bar, state, T(0));
    for (int l = 0; l < lanes; ++l) {
      for (int i = 0; slot_[l] >= 0 && i < state; ++i) x_bar.at(i, l) = out_[l * padded(state) + i];
    }
  }

  /// Closes lane l. The last lane of an environment carries its context's cotangent (rank), the
  /// others zero; NaN says that the lane's own cotangents left the range of numbers.
  KOKKOS_FUNCTION void finish_lane(int l, T *context_bar)
  {
    int const rank = layout_.shape.rank;
    for (int r = 0; r < rank; ++r) context_bar[r] = T(0);
    if (weights_.leave(slot_[l])) weights_.close(slot_[l], gradient_, context_bar);
    for (int r = 0; explosive_[l] && r < rank; ++r) {
      context_bar[r] = Kokkos::Experimental::quiet_NaN_v<T>;
    }
    slot_[l] = -1;
    grouped_ = false;
  }

  /// The block's gradient in the expert's layout, written to `gradient` (size).
  KOKKOS_FUNCTION void finish_block(T *gradient) const
  {
    for (std::size_t i = 0; i < layout_.size; ++i) gradient[i] = gradient_[i];
  }

 protected:
  static constexpr std::size_t no_start = ~std::size_t(0);
  static KOKKOS_FUNCTION int padded(int n) { return CodaWeights<T>::padded(n); }

  // Lanes of one environment by fours; what is left alone goes together, each with its own
  // weights. The order of sums within a lane is the same in all groups.
  KOKKOS_FUNCTION void make_groups()
  {
    groups_ = 0;
    LaneGroup mixed;
    bool done[lanes] = {};
    for (int l = 0; l < lanes; ++l) {
      if (slot_[l] < 0 || done[l]) continue;
      LaneGroup same;
      same.shared = true;
      for (int other = l; other < lanes; ++other) {
        if (slot_[other] != slot_[l]) continue;
        done[other] = true;
        put(same, other);
      }
      if (same.count == 1) put(mixed, same.lane[0]);
      if (same.count > 1) group_[groups_++] = same;
    }
    if (mixed.count > 0) group_[groups_++] = mixed;
    grouped_ = true;
  }

  // A full group is closed and begun anew.
  KOKKOS_FUNCTION void put(LaneGroup &group, int l)
  {
    group.lane[group.count] = l;
    group.slot[group.count++] = slot_[l];
    if (group.count < LaneGroup::most) return;
    group_[groups_++] = group;
    group.count = 0;
  }

  KOKKOS_FUNCTION void to_lanes(R rows, T *out, int ld) const
  {
    for (int l = 0; l < lanes; ++l) {
      for (int i = 0; i < ld; ++i) out[l * ld + i] = T(0);
      for (int i = 0; slot_[l] >= 0 && i < layout_.shape.state; ++i)
        out[l * ld + i] = rows.at(i, l);
    }
  }

  // y = start + matrix x, in the lanes of one group.
  KOKKOS_FUNCTION void product(LaneGroup const &group, std::size_t matrix, std::size_t start,
                               T const *x, int ldx, T *y, int ldy, int inputs) const
  {
    LanePointers<T> p;
    for (int u = 0; u < group.count; ++u) {
      p.matrix[u] = weights_.at(group.slot[u], matrix);
      p.start[u] = start == no_start ? zero_ : weights_.at(group.slot[u], start);
      p.x[u] = x + group.lane[u] * ldx;
      p.y[u] = y + group.lane[u] * ldy;
    }
    group_product(group, p, ldy, inputs);
  }

  KOKKOS_FUNCTION void add_gradient(LaneGroup const &group, int n, T const *x, T const *y) const
  {
    CodaLayer const &layer = layout_.layers[n];
    CodaPiece const &piece = weights_.piece(n);
    T const *from[LaneGroup::most], *bar[LaneGroup::most];
    for (int u = 0; u < group.count; ++u) {
      from[u] = x + group.lane[u] * piece.in;
      bar[u] = y + group.lane[u] * piece.out;
    }
    int const step = group.shared ? group.count : 1;
    for (int u = 0; u < group.count; u += step) {
      group_outer(step, from + u, bar + u, layer.in, weights_.at(group.slot[u], piece.bar),
                  piece.out);
    }
  }

  KOKKOS_FUNCTION void add_bias_gradient(LaneGroup const &group, int n, T const *y) const
  {
    CodaPiece const &piece = weights_.piece(n);
    for (int u = 0; u < group.count; ++u) {
      T *const sum = weights_.at(group.slot[u], piece.bias_bar);
      T const *const bar = y + group.lane[u] * piece.out;
      for (int j = 0; j < piece.out; ++j) sum[j] += bar[j];
    }
  }

  KOKKOS_FUNCTION void activate(int n, Tape const &tape) const
  {
    CodaPiece const &piece = weights_.piece(n);
    for (int l = 0; l < lanes; ++l) {
      if (slot_[l] < 0) continue;
      Pack<T> const beta(*weights_.at(slot_[l], piece.slope));
      for (int j = l * piece.out; j < (l + 1) * piece.out; j += W) {
        Pack<T> sigma;
        swish(Pack<T>::load(tape.z[n] + j), beta, sigma).store(tape.x[n + 1] + j);
        sigma.store(tape.sigma[n] + j);
      }
    }
  }

  // bar_ of z from out_, the cotangent of the activation.
  KOKKOS_FUNCTION void deactivate(int n, Tape const &tape)
  {
    CodaPiece const &piece = weights_.piece(n);
    for (int l = 0; l < lanes; ++l) {
      if (slot_[l] < 0) continue;
      Pack<T> const beta(*weights_.at(slot_[l], piece.slope));
      T *const slope_bar = weights_.at(slot_[l], piece.slope_bar);
      Pack<T> sum = Pack<T>::load(slope_bar);
      for (int j = l * piece.out; j < (l + 1) * piece.out; j += W) {
        swish_bar(Pack<T>::load(out_ + j), Pack<T>::load(tape.x[n + 1] + j),
                  Pack<T>::load(tape.z[n] + j), Pack<T>::load(tape.sigma[n] + j), beta, sum)
            .store(bar_ + j);
      }
      sum.store(slope_bar);
    }
  }

  // An environment's gradient is one sum: what is not finite must not enter it. The bound leaves
  // room for products and sums.
  KOKKOS_FUNCTION void quench(T *bar, int ld)
  {
    T const bound = sizeof(T) == sizeof(float) ? T(1e15) : T(1e120);
    for (int l = 0; l < lanes; ++l) {
      for (int i = 0; i < layout_.shape.state; ++i) {
        if (!(Kokkos::abs(bar[l * ld + i]) < bound)) explosive_[l] = true;
      }
      for (int i = 0; explosive_[l] && i < ld; ++i) bar[l * ld + i] = T(0);
    }
  }

  CodaLayout const &layout_;
  int depth_, widest_;
  CodaWeights<T> weights_;
  T *out_, *zero_;
  Tape scratch_;
  int slot_[lanes], groups_ = 0;
  bool explosive_[lanes], grouped_ = false;
  LaneGroup group_[lanes + 1];
  // Only with pull_back:
  T *bar_ = nullptr, *gradient_ = nullptr;
};

}  // namespace tessera::fields
