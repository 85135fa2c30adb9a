#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/experts/population.hpp>

namespace {

using namespace tessera::experts;

TEST(Population, BeginsWithOneExpertOnAndWakesTheOthers)
{
  Population population(3);
  EXPECT_EQ(population.active(), 1);
  EXPECT_EQ(population.duty(1), Duty::off);

  population.wake();

  EXPECT_EQ(population.active(), 3);
  EXPECT_EQ(population.duty(1), Duty::on);
}

TEST(Population, AnExpertKeepsItsIdWhenOneBeforeItIsRemoved)
{
  Population population(4);
  population.wake();
  population.freeze(3);

  std::vector<int> const number = population.remove(1);

  EXPECT_EQ(number, (std::vector{0, -1, 1, 2}));
  EXPECT_EQ(staying(number), (std::vector<std::size_t>{0, 2, 3}));
  EXPECT_EQ(population.id(2), 3);
  EXPECT_EQ(population.number(3), 2);
  EXPECT_EQ(population.duty(2), Duty::frozen);
  EXPECT_EQ(population.active(), 3);
}

TEST(Population, RefusesIdsThatNobodyHasAndTheLastExpert)
{
  Population population(2);
  population.remove(0);

  EXPECT_THROW(population.freeze(0), tessera::Error);
  EXPECT_THROW(population.remove(1), tessera::Error);
}

}  // namespace
