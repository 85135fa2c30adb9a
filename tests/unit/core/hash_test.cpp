#include <span>
#include <string_view>

#include <gtest/gtest.h>

#include <tessera/core/hash.hpp>

namespace {

std::uint64_t hash(std::string_view text, std::uint64_t before = tessera::fnv1a({}))
{
  return tessera::fnv1a(std::as_bytes(std::span(text)), before);
}

// The values that the authors of FNV publish.
TEST(Hash, IsFnv1a)
{
  EXPECT_EQ(hash(""), 0xcbf29ce484222325u);
  EXPECT_EQ(hash("a"), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(hash("foobar"), 0x85944171f73967e8u);
}

TEST(Hash, OfPiecesIsThatOfTheWhole)
{
  EXPECT_EQ(hash("bar", hash("foo")), hash("foobar"));
}

}  // namespace
