#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/domains/trajectories.hpp>

namespace tessera::domains {

/// The bits of numbers: unlike numbers, they differ between 0 and -0.
inline std::vector<std::uint64_t> bits(std::vector<double> const &values)
{
  std::vector<std::uint64_t> result;
  for (double value : values) result.push_back(std::bit_cast<std::uint64_t>(value));
  return result;
}

inline void expect_equal(Trajectories const &a, Trajectories const &b)
{
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t e = 0; e < a.size(); ++e) {
    EXPECT_EQ(a.environments[e].family, b.environments[e].family);
    EXPECT_EQ(bits(a.environments[e].parameters), bits(b.environments[e].parameters));
  }
  EXPECT_EQ(a.count, b.count);
  EXPECT_EQ(a.points, b.points);
  EXPECT_EQ(a.dimension, b.dimension);
  EXPECT_EQ(bits(a.times), bits(b.times));
  EXPECT_EQ(bits(a.states), bits(b.states));
}

inline void expect_equal(Dataset const &a, Dataset const &b)
{
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.families, b.families);
  EXPECT_EQ(a.family_names, b.family_names);
  EXPECT_EQ(a.state_names, b.state_names);
  EXPECT_EQ(a.parameter_names, b.parameter_names);
  EXPECT_EQ(a.units, b.units);
  expect_equal(a.train, b.train);
  expect_equal(a.test, b.test);
  expect_equal(a.support, b.support);
  expect_equal(a.query, b.query);
  expect_equal(a.outside_support, b.outside_support);
  expect_equal(a.outside_query, b.outside_query);
}

}  // namespace tessera::domains
