#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/domains/odebench.hpp>

namespace tessera::domains {

inline Dataset make(OdebenchOptions const &options, std::uint64_t seed = 0)
{
  Registry registry;
  register_odebench_families(registry);
  return make_odebench(options, seed, registry);
}

/// Settings of the paper with few test starts: parameters and training starts do not depend on it.
inline Dataset make_small(std::string const &setting, std::uint64_t seed = 0)
{
  OdebenchOptions options;
  options.setting = setting;
  options.test_starts = 2;
  return make(options, seed);
}

using Values = std::vector<std::vector<double>>;

inline Values parameters_of(Dataset const &data, Trajectories const &split,
                            std::string const &family)
{
  Values result;
  for (Environment const &e : split.environments) {
    if (data.families[static_cast<std::size_t>(e.family)] == family) result.push_back(e.parameters);
  }
  std::sort(result.begin(), result.end());
  return result;
}

inline std::size_t first_of(Dataset const &data, Trajectories const &split,
                            std::string const &family)
{
  std::size_t e = 0;
  while (data.families[static_cast<std::size_t>(split.environments[e].family)] != family) ++e;
  return e;
}

inline Values starts_of(Dataset const &data, Trajectories const &split, std::string const &family)
{
  std::size_t const e = first_of(data, split, family);
  Values result;
  for (std::size_t n = 0; n < split.count; ++n) {
    auto const x = split.state(e, n, 0);
    result.emplace_back(x.begin(), x.end());
  }
  return result;
}

inline void expect_near(Values const &values, Values const &expected, double tolerance)
{
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(values[i].size(), expected[i].size());
    for (std::size_t j = 0; j < values[i].size(); ++j) {
      EXPECT_NEAR(values[i][j], expected[i][j], tolerance) << i << ", " << j;
    }
  }
}

}  // namespace tessera::domains
