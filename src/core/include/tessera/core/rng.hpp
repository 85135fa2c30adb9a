#pragma once

#include <cstdint>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

/// A counter-based stream of random numbers named by (seed, purpose, a, b): the same numbers on
/// any thread, rank or call order of other streams. Philox-4x32-10 (Salmon et al., SC 2011).
class Rng {
 public:
  Rng(std::uint64_t seed, std::string_view purpose, std::uint64_t a = 0, std::uint64_t b = 0);

  std::uint32_t bits();
  /// Uniform in [0, 1), 53 bits.
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal (Box-Muller).
  double normal();
  /// Uniform in {0, …, n-1}, without bias; n > 0.
  std::size_t index(std::size_t n);
  /// A permutation of 0 … n-1 (Fisher-Yates).
  std::vector<std::size_t> permutation(std::size_t n);

 private:
  std::uint32_t key_[2];
  std::uint32_t counter_[4];
  std::uint32_t block_[4];
  int used_ = 4;
};

}  // namespace tessera
