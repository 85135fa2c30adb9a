#include <tessera/core/trimmed.hpp>

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(Trimmed, LosesSpacesAndTabsAtItsEndsAlone)
{
  EXPECT_EQ(trimmed(" \t one two\t "), "one two");
  EXPECT_EQ(trimmed("one"), "one");
  EXPECT_EQ(trimmed("\none\r"), "\none\r");
  EXPECT_EQ(trimmed(" \t "), "");
  EXPECT_EQ(trimmed(""), "");
}

}  // namespace
}  // namespace tessera
