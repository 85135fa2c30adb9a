#include <gtest/gtest.h>

#include <tessera/io/versions.hpp>

namespace tessera::io {
namespace {

TEST(Versions, SayTheVersionOfEveryLibrary)
{
  auto const versions = library_versions();

  EXPECT_EQ(versions.size(), 7u);
  for (auto const &[name, version] : versions) {
    EXPECT_NE(version.find_first_of("0123456789"), std::string::npos) << name << ": " << version;
  }
}

TEST(Versions, SayWhatWasBuilt)
{
  auto const facts = build_description();

  EXPECT_EQ(facts.front().first, "version");
  for (auto const &[name, value] : facts) EXPECT_FALSE(value.empty()) << name;
}

}  // namespace
}  // namespace tessera::io
