#pragma once

#include <algorithm>
#include <cstdint>

#include <tessera/core/rng.hpp>
#include <tessera/meta/windows.hpp>

namespace tessera::meta {

/// A window of `least` to `most` of `stored` times, every length as likely as the others and every
/// beginning of that length: a stream of its own for each (seed, step, environment).
inline Window draw_window(std::uint64_t seed, std::uint64_t step, std::size_t environment,
                          int stored, int least, int most)
{
  Rng rng(seed, "train/window", step + 1, environment);
  int const longest = std::min(most, stored), shortest = std::min(least, longest);
  int const points = shortest + static_cast<int>(rng.index(longest - shortest + 1));
  int const first = static_cast<int>(rng.index(stored - points + 1));
  return {first, points};
}

}  // namespace tessera::meta
