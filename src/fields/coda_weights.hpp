#pragma once

#include <tessera/core/pack.hpp>
#include <tessera/fields/coda_layout.hpp>
#include <tessera/solvers/ode/lane_arena.hpp>

/// The networks theta_root + H xi of the environments that a block works on.
namespace tessera::fields {

using solvers::LaneArena;

/// One layer's pieces, relative to the begin of a slot; all a multiple of the pack width.
struct CodaPiece {
  int in = 0, out = 0;  ///< padded
  std::size_t forward = 0, bias = 0, slope = 0;
  std::size_t backward = 0, bar = 0, bias_bar = 0, slope_bar = 0;  ///< only with pull_back
};

/// A slot holds one environment's network, for as long as a lane uses it, and the sum of its
/// gradient: known by the address of its context.
template <class T>
class CodaWeights {
 public:
  static constexpr int W = Pack<T>::width;
  static KOKKOS_FUNCTION int padded(int n) { return (n + W - 1) / W * W; }

  KOKKOS_FUNCTION CodaWeights(LaneArena &arena, CodaLayout const &layout, T const *row, int slots,
                              bool with_pull_back)
      : layout_(layout), row_(row), slots_(slots), with_pull_back_(with_pull_back)
  {
    for (int n = 0; n < layout.shape.depth; ++n) place(n);
    theta_ = arena.take<T>(layout.theta);
    xi_ = arena.take<T>(static_cast<std::size_t>(slots) * layout.shape.rank);
    users_ = arena.take<int>(slots);
    context_ = arena.take<T const *>(slots);
    memory_ = arena.take<T>(slot_size_ * static_cast<std::size_t>(slots));
    for (int s = 0; row != nullptr && s < slots; ++s) {
      users_[s] = 0;
      context_[s] = nullptr;
    }
  }

  KOKKOS_FUNCTION CodaPiece const &piece(int n) const { return piece_[n]; }
  KOKKOS_FUNCTION T *at(int slot, std::size_t offset) const
  {
    return memory_ + static_cast<std::size_t>(slot) * slot_size_ + offset;
  }

  /// The slot of a context (rank), its network formed where it was not there.
  KOKKOS_FUNCTION int enter(T const *context)
  {
    int free = -1;
    for (int s = 0; s < slots_; ++s) {
      if (context_[s] == context) {
        ++users_[s];
        return s;
      }
      if (free < 0 && users_[s] == 0) free = s;
    }
    KOKKOS_ASSERT(free >= 0);
    users_[free] = 1;
    context_[free] = context;
    form(free);
    return free;
  }

  /// A lane leaves its slot; whether it was the last one.
  KOKKOS_FUNCTION bool leave(int slot) { return --users_[slot] == 0; }

  /// After the last lane has left: adds the slot's gradient to an expert's and writes the
  /// context's cotangent (rank).
  ///   theta_root_bar += theta_bar, H_bar += theta_bar xiᵀ, xi_bar = Hᵀ theta_bar
  KOKKOS_FUNCTION void close(int slot, T *gradient, T *xi_bar)
  {
    add_to(slot, gradient);
    context_[slot] = nullptr;
    T const *const xi = xi_ + slot * layout_.shape.rank;
    for (int r = 0; r < layout_.shape.rank; ++r) {
      T *const to = gradient + layout_.hyper(r), factor = xi[r];
      for (std::size_t p = 0; p < layout_.theta; ++p) to[p] += factor * theta_[p];
      xi_bar[r] = dot(row_ + layout_.hyper(r), theta_, layout_.theta);
      gradient[layout_.shift] += xi_bar[r];
    }
  }

  /// Puts numbers in the order of theta into a slot that nobody enters.
  KOKKOS_FUNCTION void set(int slot, T const *theta)
  {
    for (std::size_t p = 0; p < layout_.theta; ++p) theta_[p] = theta[p];
    lay_out(slot);
  }

  /// Adds a slot's gradient, in the order of theta, to `gradient`.
  KOKKOS_FUNCTION void add_to(int slot, T *gradient)
  {
    gather(slot);
    for (std::size_t p = 0; p < layout_.theta; ++p) gradient[p] += theta_[p];
  }

 private:
  KOKKOS_FUNCTION void place(int n)
  {
    CodaLayer const &layer = layout_.layers[n];
    CodaPiece &piece = piece_[n];
    auto take = [this](int count) {
      std::size_t const begin = slot_size_;
      slot_size_ += static_cast<std::size_t>(padded(count));
      return begin;
    };
    piece.in = padded(layer.in), piece.out = padded(layer.out);
    piece.forward = take(layer.in * piece.out);
    piece.bias = take(layer.out);
    piece.slope = take(1);
    if (!with_pull_back_) return;
    piece.backward = take(layer.out * piece.in);
    piece.bar = take(layer.in * piece.out);
    piece.bias_bar = take(layer.out);
    piece.slope_bar = take(1);
  }

  KOKKOS_FUNCTION void form(int slot)
  {
    T *const xi = xi_ + slot * layout_.shape.rank;
    for (std::size_t p = 0; p < layout_.theta; ++p) theta_[p] = row_[p];
    for (int r = 0; r < layout_.shape.rank; ++r) {
      xi[r] = context_[slot][r] + row_[layout_.shift];
      T const *const h = row_ + layout_.hyper(r), factor = xi[r];
      for (std::size_t p = 0; p < layout_.theta; ++p) theta_[p] += factor * h[p];
    }
    lay_out(slot);
  }

  // The slot's pieces from theta_, zeros in its sums.
  KOKKOS_FUNCTION void lay_out(int slot)
  {
    T *const memory = at(slot, 0);
    for (std::size_t i = 0; i < slot_size_; ++i) memory[i] = T(0);
    for (int n = 0; n < layout_.shape.depth; ++n) {
      CodaLayer const &layer = layout_.layers[n];
      CodaPiece const &piece = piece_[n];
      T const *const w = theta_ + layer.w;
      for (int k = 0; k < layer.in; ++k) {
        T *const to = memory + piece.forward + k * piece.out;
        for (int j = 0; j < layer.out; ++j) to[j] = w[k * layer.out + j];
      }
      for (int j = 0; j < layer.out; ++j) memory[piece.bias + j] = theta_[layer.b + j];
      if (layer.hidden) memory[piece.slope] = theta_[layer.beta];
      if (!with_pull_back_) continue;
      for (int j = 0; j < layer.out; ++j) {
        T *const to = memory + piece.backward + j * piece.in;
        for (int k = 0; k < layer.in; ++k) to[k] = w[k * layer.out + j];
      }
    }
  }

  // theta_ = the slot's gradient, in the order of theta.
  KOKKOS_FUNCTION void gather(int slot)
  {
    T const *const memory = at(slot, 0);
    for (int n = 0; n < layout_.shape.depth; ++n) {
      CodaLayer const &layer = layout_.layers[n];
      CodaPiece const &piece = piece_[n];
      for (int k = 0; k < layer.in; ++k) {
        T const *const from = memory + piece.bar + k * piece.out;
        for (int j = 0; j < layer.out; ++j) theta_[layer.w + k * layer.out + j] = from[j];
      }
      for (int j = 0; j < layer.out; ++j) theta_[layer.b + j] = memory[piece.bias_bar + j];
      if (!layer.hidden) continue;
      T sum = 0;
      for (int i = 0; i < W; ++i) sum += memory[piece.slope_bar + i];
      theta_[layer.beta] = sum;
    }
  }

  // In sixteen partial sums, so that the compiler may use packs.
  static KOKKOS_FUNCTION T dot(T const *a, T const *b, std::size_t n)
  {
    constexpr std::size_t parts = 16;
    T part[parts] = {}, sum = 0;
    std::size_t i = 0;
    for (; i + parts <= n; i += parts) {
      for (std::size_t q = 0; q < parts; ++q) part[q] += a[i + q] * b[i + q];
    }
    for (; i < n; ++i) sum += a[i] * b[i];
    for (std::size_t q = 0; q < parts; ++q) sum += part[q];
    return sum;
  }

  CodaLayout const &layout_;
  T const *row_;
  int slots_;
  bool with_pull_back_;
  CodaPiece piece_[CodaLayout::max_depth];
  std::size_t slot_size_ = 0;
  T *theta_ = nullptr, *xi_ = nullptr, *memory_ = nullptr;
  int *users_ = nullptr;
  T const **context_ = nullptr;
};

}  // namespace tessera::fields
