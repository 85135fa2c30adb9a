#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace tessera {

/// The block function behind Rng: 128 bits of counter and 64 of key to 128 random bits.
std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> const &counter,
                                    std::array<std::uint32_t, 2> const &key);

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
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
};

}  // namespace tessera
