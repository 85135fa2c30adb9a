#pragma once

#include <cmath>
#include <vector>

#include <tessera/core/rng.hpp>
#include <tessera/domains/trajectories.hpp>

namespace tessera::twins {

// Two families that no single small shift joins: decay to the origin and rotation about it. The
// environments alternate, so that the order tells nothing.
inline domains::Trajectories two_families(std::size_t environments = 8, std::size_t count = 3)
{
  domains::Trajectories data;
  data.count = count;
  data.points = 20;
  data.dimension = 2;
  Rng rng(11, "test/starts");
  for (std::size_t e = 0; e < environments; ++e) {
    int const family = static_cast<int>(e % 2);
    double const c = 0.8 + 0.1 * double(e / 2);
    data.environments.push_back({family, {c}});
    for (int k = 0; k < 20; ++k) data.times.push_back(0.1 * k);
    for (std::size_t j = 0; j < count; ++j) {
      double const x = rng.uniform(0.5, 1.0), y = rng.uniform(-1.0, 1.0);
      for (int k = 0; k < 20; ++k) {
        double const t = 0.1 * k, r = family == 0 ? std::exp(-c * t) : 1.0;
        double const a = family == 0 ? 0.0 : 2 * c * t;
        data.states.push_back(r * (std::cos(a) * x + std::sin(a) * y));
        data.states.push_back(r * (-std::sin(a) * x + std::cos(a) * y));
      }
    }
  }
  return data;
}

inline std::vector<int> families(domains::Trajectories const &data)
{
  std::vector<int> list;
  for (auto const &environment : data.environments) list.push_back(environment.family);
  return list;
}

}  // namespace tessera::twins
