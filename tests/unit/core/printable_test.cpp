#include <gtest/gtest.h>

#include <tessera/core/printable.hpp>

namespace {

using tessera::printable;

TEST(Printable, LeavesTextAsItIs)
{
  EXPECT_EQ(printable("gate.fit = \"größer\""), "gate.fit = \"größer\"");
}

TEST(Printable, EscapesWhatWouldEndTheLineOrMoveTheCursor)
{
  EXPECT_EQ(printable(std::string_view("a\n\x1b[2J\x7f\0b", 9)), "a\\x0a\\x1b[2J\\x7f\\x00b");
}

}  // namespace
