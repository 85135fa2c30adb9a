#pragma once

#include <cstddef>
#include <numeric>
#include <span>

namespace tessera::meta {

/// The first index whose running sum of `weights` exceeds `share` (in [0, 1)) of the total. An
/// entry of weight 0 is never drawn while another one has some.
inline std::size_t weighted_draw(std::span<double const> weights, double share)
{
  double const target = share * std::accumulate(weights.begin(), weights.end(), 0.);
  double sum = 0.;
  std::size_t last = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] <= 0.) continue;
    sum += weights[k];
    last = k;
    if (sum > target) break;
  }
  return last;
}

}  // namespace tessera::meta
