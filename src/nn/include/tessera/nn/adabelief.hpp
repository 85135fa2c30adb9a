#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tessera/core/state.hpp>

namespace tessera::nn {

/// AdaBelief (Zhuang et al., NeurIPS 2020) over one flat range of parameters that is divided into
/// segments: the experts' rows, the rows of contexts. With g the gradient, t the steps of a
/// segment:
///
///     s ← .999 s + .001 (g − m)² + 1e-16,   m ← .9 m + .1 g      (m before this step in s)
///     x ← x − rate · m̂ / (√ŝ + 1e-16),      m̂ = m / (1 − .9ᵗ),  ŝ = s / (1 − .999ᵗ)
///
/// A segment that is not active neither moves nor decays, and its counter stands still. Moments are
/// kept and updated in T, bias corrections in double; every number depends on its own history only.
template <class T>
class AdaBelief {
 public:
  /// One segment of each given length, in the order of the parameters; moments and counters are 0.
  explicit AdaBelief(std::vector<std::size_t> segment_sizes);

  /// One step of the active segments. `parameters` and `gradient` are (parameter),
  /// `active_segments` (segment), non-zero where it moves; empty means all (as published). `rate`
  /// is the length of the first step of each parameter. The gradient must be finite. Throws Error
  /// where a length does not fit.
  void step(std::span<T> parameters, std::span<T const> gradient,
            std::span<std::uint8_t const> active_segments, double rate);

  /// Forgets everything, as just made.
  void reset();
  /// Forgets one segment, whose numbers mean something else from now on.
  void reset_segment(std::size_t segment);
  /// Gives segment `to` the moments and the counter of segment `from`, for an expert that starts as
  /// a copy of another. Throws Error where their lengths differ or one does not exist.
  void copy_segment(std::size_t from, std::size_t to);
  /// Segments by their old numbers: those that stay, in this order. Throws Error for one that does
  /// not exist. State that was registered before is no longer this one.
  void keep_segments(std::span<std::size_t const> stay);

  std::span<T const> mean() const { return mean_; }               ///< m (parameter)
  std::span<T const> spread() const { return spread_; }           ///< s (parameter)
  std::span<std::int64_t const> steps() const { return steps_; }  ///< t (segment)

  /// Adds m, s and t as `prefix`/mean, /spread, /steps.
  void register_state(State &state, std::string const &prefix);

 private:
  void update(std::size_t segment, std::span<T> parameters, std::span<T const> gradient,
              double rate);
  std::vector<std::size_t> begin_;  // of each segment, and the end of the last
  std::vector<T> mean_, spread_;
  std::vector<std::int64_t> steps_;
};

extern template class AdaBelief<float>;
extern template class AdaBelief<double>;

}  // namespace tessera::nn
