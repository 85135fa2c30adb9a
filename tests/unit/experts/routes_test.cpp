#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/experts/routes.hpp>

namespace {

using namespace tessera::experts;

Routes two_items()
{
  Routes routes;
  routes.add(std::vector{2, 0}, std::vector{0.75, 0.25});
  routes.add(std::vector{1}, std::vector{1.});
  return routes;
}

TEST(Routes, HoldTheSharesOfEachItemInTheirOrder)
{
  Routes const routes = two_items();

  ASSERT_EQ(routes.size(), 2U);
  EXPECT_EQ(routes.of(0).expert[1], 0);
  EXPECT_EQ(routes.of(0).weight[1], 0.25);
  EXPECT_EQ(routes.of(1).size(), 1U);
  EXPECT_EQ(routes.leaders(), (std::vector{2, 1}));
}

TEST(Routes, SingleAndEvenOnesSayWhatTheirNamesDo)
{
  Routes const single = Routes::single(std::vector{1, 0}), even = Routes::even(2, 4);

  EXPECT_EQ(single.leaders(), (std::vector{1, 0}));
  EXPECT_EQ(single.of(0).weight[0], 1);
  EXPECT_EQ(even.of(1).size(), 4U);
  for (double w : even.of(1).weight) EXPECT_EQ(w, 0.25);
}

TEST(Routes, AnExpertThatIsGoneLeavesItsShareToTheOthers)
{
  Routes const routes = two_items().renumbered(std::vector{-1, 0, 1});

  EXPECT_EQ(routes.leaders(), (std::vector{1, 0}));
  ASSERT_EQ(routes.of(0).size(), 1U);
  EXPECT_EQ(routes.of(0).weight[0], 1.);
  EXPECT_THROW(two_items().renumbered(std::vector{0, -1, 1}), tessera::Error);
}

TEST(Routes, RefuseItemsWithoutExpertsAndWeightsThatAreNone)
{
  Routes routes;

  EXPECT_THROW(routes.add({}, {}), tessera::Error);
  EXPECT_THROW(routes.add(std::vector{0, 1}, std::vector{1.}), tessera::Error);
  EXPECT_THROW(routes.add(std::vector{0}, std::vector{0.}), tessera::Error);
}

}  // namespace
