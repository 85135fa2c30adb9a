#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/ordered_sum.hpp>

namespace {

using Space = Kokkos::DefaultHostExecutionSpace;
using Rows = Kokkos::View<double **, Kokkos::LayoutRight, Space>;

// In float64 1 vanishes beside 1e16, so that every other order of these gives another sum.
constexpr double big = 1e16;

TEST(OrderedSum, AddsNeighboursFirst)
{
  // ((1 + 1) + (1e16 - 1e16)) + ((1e16 + 1) + -1e16)
  std::vector<double> const values{1, 1, big, -big, big, 1, -big};

  EXPECT_EQ(tessera::ordered_sum(std::span<double const>(values)), 2 + ((big + 1) - big));
  EXPECT_EQ(tessera::ordered_sum(std::span<double const>()), 0);
}

TEST(OrderedSum, OfRowsIsTheSameTreeForEveryNumberOfRows)
{
  for (std::size_t count = 1; count <= 9; ++count) {
    std::vector<double> column;
    Rows rows("rows", count + 2, 300);
    for (std::size_t row = 0; row < count; ++row) {
      column.push_back(row % 3 == 1 ? -big : row % 3 == 2 ? 1 : big + 2);
      for (std::size_t k = 0; k < 300; ++k) rows(row + 1, k) = column.back();
    }
    double const expected = tessera::ordered_sum(std::span<double const>(column));

    tessera::ordered_sum(Space(), rows, 1, count + 1);

    for (std::size_t k : {0, 255, 256, 299}) EXPECT_EQ(rows(1, k), expected) << count << " rows";
    EXPECT_EQ(rows(0, 0), 0);
    EXPECT_EQ(rows(count + 1, 0), 0);
  }
}

}  // namespace
