#include <gtest/gtest.h>

#include <vector>

#include <tessera/core/peak_memory.hpp>

namespace {

TEST(PeakMemory, GrowsByWhatIsTouchedAndStaysWhenItIsGivenBack)
{
  double const before = tessera::peak_rss_mb();

  double touched = 0;
  {
    std::vector<char> const block(std::size_t(2 * before * 1e6), 1);
    touched = tessera::peak_rss_mb();
    EXPECT_EQ(block.back(), 1);
  }

  EXPECT_GT(before, 1);
  EXPECT_GE(touched, 2 * before);
  EXPECT_GE(tessera::peak_rss_mb(), touched);
}

}  // namespace
