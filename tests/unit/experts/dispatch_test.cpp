#include <gtest/gtest.h>

#include <tessera/experts/dispatch.hpp>

namespace {

using namespace tessera::experts;

TEST(Dispatch, GroupsByExpertAndKeepsTheOrderInside)
{
  std::vector<int> expert{2, 0, 2, 1, 0};

  EXPECT_EQ(group_by_expert(expert), (std::vector<std::size_t>{1, 4, 3, 0, 2}));
}

TEST(Dispatch, BlocksCoverEveryTrajectoryOnceAndHoldOneExpert)
{
  std::vector<int> expert(70, 0);
  expert.insert(expert.end(), 3, 2);

  auto blocks = make_blocks(expert, 32);

  ASSERT_EQ(blocks.extent(0), 4u);
  EXPECT_EQ(blocks(0).first, 0);
  for (int b = 1; b < 4; ++b) EXPECT_EQ(blocks(b).first, blocks(b - 1).last);
  EXPECT_EQ(blocks(2).last, 70);
  EXPECT_EQ(blocks(3).expert, 2);
  EXPECT_EQ(blocks(3).last, 73);
}

TEST(Dispatch, NothingToDoMakesNoBlocks)
{
  EXPECT_EQ(make_blocks({}).extent(0), 0u);
}

}  // namespace
