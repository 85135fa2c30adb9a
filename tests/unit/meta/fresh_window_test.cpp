#include <gtest/gtest.h>

#include <map>

#include "fresh_windows.hpp"

namespace {

using namespace tessera::meta;

TEST(FreshWindow, EveryLengthAndEveryBeginningComesUpAsOftenAsItShould)
{
  std::map<int, std::map<int, int>> seen;  // length, first -> count
  int const draws = 20000;

  for (int step = 0; step < draws; ++step) {
    Window const w = draw_window(1, step, 0, 10, 3, 6);
    ++seen[w.points][w.first];
  }

  ASSERT_EQ(seen.size(), 4U);
  for (int points = 3; points <= 6; ++points) {
    int const beginnings = 10 - points + 1;
    ASSERT_EQ(seen[points].size(), std::size_t(beginnings)) << points;
    EXPECT_EQ(seen[points].begin()->first, 0);
    EXPECT_EQ(seen[points].rbegin()->first, 10 - points);
    double const expected = double(draws) / 4 / beginnings;
    for (auto const &[first, count] : seen[points]) {
      EXPECT_NEAR(count, expected, 0.2 * expected) << points << " from " << first;
    }
  }
}

TEST(FreshWindow, ShortDataAreTakenWhole)
{
  Window const w = draw_window(1, 5, 2, 4, 8, 25);

  EXPECT_EQ(w.first, 0);
  EXPECT_EQ(w.points, 4);
}

TEST(FreshWindow, EnvironmentsStepsAndSeedsHaveStreamsOfTheirOwn)
{
  auto const same = [](Window a, Window b) { return a.first == b.first && a.points == b.points; };
  int environments = 0, steps = 0, seeds = 0;

  for (int k = 0; k < 200; ++k) {
    Window const w = draw_window(1, k, 0, 100, 8, 25);
    environments += same(w, draw_window(1, k, 1, 100, 8, 25));
    steps += same(w, draw_window(1, k + 1, 0, 100, 8, 25));
    seeds += same(w, draw_window(2, k, 0, 100, 8, 25));
  }

  EXPECT_LT(environments, 5);
  EXPECT_LT(steps, 5);
  EXPECT_LT(seeds, 5);
}

}  // namespace
