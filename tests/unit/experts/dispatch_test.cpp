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

  ASSERT_EQ(blocks.extent(0), 3u);
  EXPECT_EQ(blocks(0).first, 0);
  for (int b = 1; b < 3; ++b) EXPECT_EQ(blocks(b).first, blocks(b - 1).last);
  EXPECT_EQ(blocks(1).last, 70);
  EXPECT_EQ(blocks(2).expert, 2);
  EXPECT_EQ(blocks(2).last, 73);
}

TEST(Dispatch, AnExpertsBlocksFollowFromItsOwnCountAlone)
{
  for (int const count : {1, 40, 41, 100, 640, 5000}) {
    std::vector<int> among(3000, 0);
    among.insert(among.end(), std::size_t(count), 1);
    among.insert(among.end(), 70, 2);

    auto const alone = make_blocks(std::vector<int>(std::size_t(count), 1));
    auto const blocks = make_blocks(among);

    std::size_t first = 0;
    while (blocks(first).expert == 0) ++first;
    for (std::size_t b = 0; b < alone.extent(0); ++b) {
      EXPECT_EQ(blocks(first + b).first, 3000 + alone(b).first) << count;
      EXPECT_EQ(blocks(first + b).last, 3000 + alone(b).last) << count;
    }
    EXPECT_EQ(blocks(first + alone.extent(0)).expert, 2) << count;
  }
}

TEST(Dispatch, BlocksBecomeMoreAndLongerUpToALengthThatIsEnough)
{
  auto const number = [](int count) {
    return make_blocks(std::vector<int>(std::size_t(count), 0), 40).extent(0);
  };

  EXPECT_EQ(number(40), 1u);
  EXPECT_EQ(number(41), 2u);
  EXPECT_EQ(number(160), 2u);    // of 80
  EXPECT_EQ(number(640), 4u);    // of 160
  EXPECT_EQ(number(6400), 20u);  // of 320
}

TEST(Dispatch, NothingToDoMakesNoBlocks)
{
  EXPECT_EQ(make_blocks({}).extent(0), 0u);
}

}  // namespace
