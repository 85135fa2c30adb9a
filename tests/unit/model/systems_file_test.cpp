#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/model/systems_file.hpp>

#include "unit/io/temporary_folder.hpp"

namespace tessera::model {
namespace {

TEST(SystemsFile, GivesBackTheBitsThatWereWritten)
{
  TemporaryFolder place;
  std::vector<System> const systems{{2, {0.1, -1.0 / 3}, 1e-300, 1}, {0, {0, 5e300}, 0.25, 0}};

  write_systems(place / "adapted.json", systems, {"24 harmonic", "35 shear"});

  std::vector<System> const read = read_systems(place / "adapted.json");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].context, systems[0].context);
  EXPECT_EQ(read[0].expert, 2);
  EXPECT_EQ(read[0].gate_word, 1);
  EXPECT_EQ(read[1].support_loss, 0.25);
  EXPECT_THAT(read_text(place / "adapted.json"), testing::HasSubstr("24 harmonic"));
}

TEST(SystemsFile, KeepsHowSureASystemIsWhereThatIsKnown)
{
  TemporaryFolder place;
  std::vector<System> systems(2, System{1, {0.5, -1}, 0.25, 1});
  systems[0].covariance = {0.1, 0.01, 0.01, 1.0 / 3};
  systems[0].misfit = 40;
  systems[0].distance = 3.5;
  systems[0].foreign = true;

  write_systems(place / "adapted.json", systems);

  std::vector<System> const read = read_systems(place / "adapted.json");
  EXPECT_EQ(read[0].covariance, systems[0].covariance);
  EXPECT_EQ(read[0].misfit, 40);
  EXPECT_EQ(read[0].distance, 3.5);
  EXPECT_TRUE(read[0].foreign);
  EXPECT_TRUE(read[1].covariance.empty());
  EXPECT_FALSE(read[1].foreign);
}

TEST(SystemsFile, ThatSaysNothingOfDoubtIsReadAsBefore)
{
  TemporaryFolder place;
  std::ofstream(place / "old.json")
      << R"({"adapt": [{"expert": 1, "support_loss": 0.5, "context": [1]}]})";

  std::vector<System> const read = read_systems(place / "old.json");

  ASSERT_EQ(read.size(), 1u);
  EXPECT_EQ(read[0].support_loss, 0.5);
  EXPECT_TRUE(read[0].covariance.empty());
}

TEST(SystemsFile, ADamagedEntryIsRefusedWithItsPlace)
{
  TemporaryFolder place;
  std::ofstream(place / "bad.json")
      << R"({"adapt": [{"expert": 0, "context": [1]}, {"expert": 1}]})";

  try {
    read_systems(place / "bad.json");
    FAIL() << "taken";
  } catch (InputError const &error) {
    EXPECT_THAT(error.what(), testing::AllOf(testing::HasSubstr("bad.json: adapt[1]"),
                                             testing::HasSubstr("tessera adapt")));
  }
  EXPECT_THROW(read_systems(place / "none.json"), InputError);
}

}  // namespace
}  // namespace tessera::model
