#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <tessera/core/state.hpp>

namespace tessera::nn {

/// Adam (Kingma and Ba, ICLR 2015) with decays .9 and .999 and 1e-8 behind the root, over real
/// parameters or over complex ones (pairs of real and imaginary part), whose second moment |g|² is
/// shared by both parts.
template <class T>
class Adam {
 public:
  Adam(std::size_t parameters, bool complex);

  /// One step. Shapes (parameter); the gradient must be finite. Throws Error where a length does
  /// not fit.
  void step(std::span<T> parameters, std::span<T const> gradient, double rate);
  /// Adds moments and counter as `prefix`/mean, /square, /steps.
  void register_state(State &state, std::string const &prefix);

 private:
  bool complex_;
  std::vector<T> mean_, square_;  ///< (parameter), (parameter or pair)
  std::int64_t steps_ = 0;
};

/// |g| over all given ranges together, and g scaled to at most `limit` (0: as it is); for pairs of
/// real and imaginary parts the same number. Adds squares in a fixed order.
template <class T>
double clip_global_norm(std::vector<std::span<T>> const &gradients, double limit);

extern template class Adam<float>;
extern template class Adam<double>;
extern template double clip_global_norm(std::vector<std::span<float>> const &, double);
extern template double clip_global_norm(std::vector<std::span<double>> const &, double);

}  // namespace tessera::nn
