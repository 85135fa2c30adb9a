#pragma once

#include <cstdint>
#include <random>

namespace tessera::domains {

/// NumPy's legacy random stream after `numpy.random.seed(seed)`.
class NumpyTwister {
 public:
  explicit NumpyTwister(std::uint32_t seed) : twister_(seed) {}

  /// Uniform in [low, high): 53 bits from two words of the twister.
  double uniform(double low, double high)
  {
    double const upper = static_cast<double>(twister_() >> 5);
    double const lower = static_cast<double>(twister_() >> 6);
    return low + (high - low) * ((upper * 67108864.0 + lower) / 9007199254740992.0);
  }

 private:
  std::mt19937 twister_;
};

}  // namespace tessera::domains
