#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/partition.hpp>

#include "support/refusal.hpp"

namespace tessera::domains {
namespace {

SpaceTimeGrid const plane = SpaceTimeGrid::over({{13, 1}, {9, 2}}, 5, 1);
SpaceTimeGrid const room = SpaceTimeGrid::over({{9, 1}, {8, 2}, {14, 3}}, 4, 1);

/// Every point lies in the box of its owner, and in no other.
void expect_one_owner_each(Partition const &partition)
{
  SpaceTimeGrid const &grid = partition.grid();
  std::size_t points = 0;
  for (std::size_t e = 0; e < partition.size(); ++e) points += partition.box(e).size();
  EXPECT_EQ(points, grid.size());
  for (std::size_t n = 0; n < grid.levels; ++n) {
    for (std::size_t i = 0; i < grid.cells; ++i) {
      std::size_t const owner = partition.owner(n, i);
      for (std::size_t e = 0; e < partition.size(); ++e) {
        EXPECT_EQ(partition.box(e).holds(grid, n, i), e == owner) << n << " " << i << " " << e;
      }
    }
  }
}

/// A box's own cells, in their order, are its points of a level in the order of the grid.
void expect_cells_in_order(Box const &box, SpaceTimeGrid const &grid)
{
  std::vector<std::size_t> held, listed;
  for (std::size_t i = 0; i < grid.cells; ++i) {
    if (box.holds(grid, box.first_level, i)) held.push_back(i);
  }
  for (std::size_t i = 0; i < box.cells(); ++i) listed.push_back(box.cell(grid, i));
  EXPECT_EQ(listed, held);
}

TEST(Partition, GivesEveryPointOneOwnerWhereSizesDoNotDivide)
{
  expect_one_owner_each(Partition({.cells = 31, .levels = 11}, 3, 4));
  expect_one_owner_each(Partition(plane, 2, {3, 2}));
  expect_one_owner_each(Partition(room, 1, {2, 1, 3}));
}

TEST(Partition, CellsOfABoxAreCountedAsTheGridsAre)
{
  SpaceTimeGrid const line{.cells = 31, .levels = 11};
  Partition const in_line(line, 3, 4), in_plane(plane, 2, {3, 2}), in_room(room, 1, {2, 2, 3});
  for (Partition const *partition : {&in_line, &in_plane, &in_room}) {
    for (std::size_t e = 0; e < partition->size(); ++e) {
      expect_cells_in_order(partition->box(e), partition->grid());
    }
    expect_cells_in_order(whole(partition->grid()), partition->grid());
  }
}

TEST(Partition, BoxesAreNumberedInTimeFirstThenAlongXThenAlongTheOthers)
{
  Partition const partition(room, 2, {2, 2, 3});

  EXPECT_EQ(partition.size(), 24);
  EXPECT_EQ(partition.in_time(), 2);
  EXPECT_EQ(partition.in_space(), 12);
  EXPECT_EQ(partition.box(0), (Box{0, 2, 0, 4, {{0, 4}, {0, 4}}}));
  EXPECT_EQ(partition.box(1), (Box{0, 2, 0, 4, {{0, 4}, {4, 9}}}));
  EXPECT_EQ(partition.box(3), (Box{0, 2, 0, 4, {{4, 8}, {0, 4}}}));
  EXPECT_EQ(partition.box(6), (Box{0, 2, 4, 9, {{0, 4}, {0, 4}}}));
  EXPECT_EQ(partition.box(23), (Box{2, 4, 4, 9, {{4, 8}, {9, 14}}}));
  EXPECT_THAT(partition.level_cuts(), testing::ElementsAre(0, 2, 4));
  EXPECT_THAT(partition.cell_cuts(), testing::ElementsAre(0, 4, 9));
  EXPECT_THAT(partition.cell_cuts(2), testing::ElementsAre(0, 4, 9, 14));
}

TEST(Partition, ANumberOfBoxesAloneCutsX)
{
  Partition const partition(plane, 1, 3);

  EXPECT_EQ(partition.in_space(), 3);
  for (std::size_t e = 0; e < 3; ++e) EXPECT_EQ(partition.box(e).along(1), (Range{0, 9}));
  EXPECT_EQ(Partition(plane, 1, 1).box(0), whole(plane));
}

TEST(Partition, ABoxMayReachBeyondTheEndOfARing)
{
  Box const box{0, 5, 11, 15, {{7, 10}}};  // cells 11, 12, 0, 1 of x times 7, 8, 0 of y

  std::set<std::size_t> cells, held;
  for (std::size_t i = 0; i < box.cells(); ++i) cells.insert(box.cell(plane, i));
  for (std::size_t i = 0; i < plane.cells; ++i) {
    if (box.holds(plane, 0, i)) held.insert(i);
  }

  EXPECT_EQ(box.cells(), 12);
  EXPECT_EQ(cells.size(), 12);
  EXPECT_EQ(cells, held);
  EXPECT_EQ(box.cell(plane, 0), 11 * 9 + 7);
  EXPECT_EQ(box.cell(plane, 2), 11 * 9 + 0);
  EXPECT_EQ(box.cell(plane, 11), 1 * 9 + 0);
  EXPECT_TRUE(box.holds(plane, 4, 0));
  EXPECT_FALSE(box.holds(plane, 5, 0));
}

TEST(Partition, RefusesBoxesThatAreTooSmall)
{
  EXPECT_THROW(Partition({.cells = 31, .levels = 11}, 1, 8), InputError);
  EXPECT_THROW(Partition({.cells = 31, .levels = 11}, 6, 1), InputError);
  EXPECT_THROW(Partition({.cells = 31, .levels = 11}, 0, 1), InputError);
  EXPECT_THAT(refusal([] {
                Partition(plane, 1, {2, 3});
              }),
              testing::HasSubstr("3 boxes cannot share 9 cells along y"));
  EXPECT_THAT(refusal([] {
                Partition(room, 1, {2, 2, 0});
              }),
              testing::HasSubstr("0 boxes cannot share 14 cells along z"));
}

TEST(Partition, RefusesAnotherNumberOfAxesThanTheGridHas)
{
  EXPECT_THAT(refusal([] {
                Partition(plane, 1, {2, 2, 1});
              }),
              testing::HasSubstr("numbers of boxes for 3 axes, and the grid has 2"));
  EXPECT_THROW(Partition(room, 1, {2, 2}), InputError);
}

}  // namespace
}  // namespace tessera::domains
