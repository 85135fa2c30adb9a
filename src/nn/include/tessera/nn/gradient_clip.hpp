#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tessera/core/state.hpp>

namespace tessera::nn {

/// Shortens gradients that leap. Each segment (an expert's row, a row of contexts) remembers the
/// running mean of its gradient's length, a ← .98 a + .02 min(|g|, factor · a); a longer gradient
/// than factor · a is scaled to that length. Without it one explosive trajectory fills the second
/// moments of AdaBelief, which then forget it over a thousand steps in which the segment hardly
/// moves.
template <class T>
class GradientClip {
 public:
  /// One segment of each given length, in the order of the gradient. `factor` = 0 clips nothing.
  GradientClip(std::vector<std::size_t> segment_sizes, double factor);

  /// Clips the active segments of `gradient` (parameter) in place; `active_segments` (segment) as
  /// in AdaBelief::step. The gradient must be finite. Returns how many segments were shortened.
  int apply(std::span<T> gradient, std::span<std::uint8_t const> active_segments);

  /// Gives segment `to` the memory of segment `from`.
  void copy_segment(std::size_t from, std::size_t to) { length_[to] = length_[from]; }
  /// As AdaBelief::keep_segments.
  void keep_segments(std::span<std::size_t const> stay);
  void register_state(State &state, std::string const &prefix);

 private:
  std::vector<std::size_t> begin_;
  std::vector<double> length_;  ///< (segment): running mean, 0 before the first gradient
  double factor_;
};

extern template class GradientClip<float>;
extern template class GradientClip<double>;

}  // namespace tessera::nn
