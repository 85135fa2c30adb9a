#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/partition.hpp>

namespace tessera::domains {
namespace {

TEST(Partition, GivesEveryPointOneOwnerWhereSizesDoNotDivide)
{
  SpaceTimeGrid const grid{.cells = 31, .levels = 11};
  Partition const partition(grid, 3, 4);

  std::size_t points = 0;
  for (std::size_t e = 0; e < partition.size(); ++e) points += partition.box(e).size();
  EXPECT_EQ(points, grid.size());
  for (std::size_t n = 0; n < grid.levels; ++n) {
    for (std::size_t i = 0; i < grid.cells; ++i) {
      std::size_t const owner = partition.owner(n, i);
      for (std::size_t e = 0; e < partition.size(); ++e) {
        EXPECT_EQ(partition.box(e).holds(n, i), e == owner) << n << " " << i << " " << e;
      }
    }
  }
}

TEST(Partition, RefusesBoxesThatAreTooSmall)
{
  EXPECT_THROW(Partition({.cells = 31, .levels = 11}, 1, 8), InputError);
  EXPECT_THROW(Partition({.cells = 31, .levels = 11}, 6, 1), InputError);
  EXPECT_THROW(Partition({.cells = 31, .levels = 11}, 0, 1), InputError);
}

}  // namespace
}  // namespace tessera::domains
