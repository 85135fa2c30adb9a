#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/io/checkpoint.hpp>

#include "temporary_folder.hpp"

namespace tessera::io {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// A folder of checkpoints of one array, `values`, and what reading them back said.
class CheckpointFolder : public testing::Test {
 protected:
  CheckpointFolder() { state_.add("values", 1, std::span(values_)); }

  fs::path save(std::int64_t step, double value, int keep = 10)
  {
    values_ = {value, value};
    return write_checkpoint(folder_.path(), state_, {step, ""}, keep);
  }
  static void cut(fs::path const &file) { fs::resize_file(file, fs::file_size(file) / 2); }

  std::optional<CheckpointHeader> resume()
  {
    values_ = {-1, -1};
    return resume_newest(folder_.path(), state_, "",
                         [this](std::string const &text) { warnings_.push_back(text); });
  }
  std::string refusal()
  {
    try {
      resume();
    } catch (IoError const &error) {
      return error.what();
    }
    return "no error";
  }

  TemporaryFolder folder_;
  std::vector<double> values_{0, 0};
  State state_;
  std::vector<std::string> warnings_;
};

TEST_F(CheckpointFolder, ResumesFromTheNewest)
{
  save(10, 1.5);
  save(20, 2.5);

  auto const header = resume();

  ASSERT_TRUE(header);
  EXPECT_EQ(header->step, 20);
  EXPECT_THAT(values_, ElementsAre(2.5, 2.5));
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(CheckpointFolder, WithoutCheckpointsHasNothingToResume)
{
  std::ofstream(folder_ / "notes_99.h5") << "";
  std::ofstream(folder_ / "step_00000001.h5.tmp") << "cut off while it was written";

  EXPECT_FALSE(resume());
  EXPECT_THAT(values_, ElementsAre(-1, -1));
  EXPECT_TRUE(list_checkpoints(folder_ / "missing").empty());
  EXPECT_TRUE(newest_checkpoint(folder_ / "missing").empty());
}

TEST_F(CheckpointFolder, DamagedOnesArePassedOverWithAWarningEach)
{
  save(10, 1.5);
  cut(save(20, 2.5));
  std::ofstream(folder_ / "step_00000030.h5") << "not HDF5";
  std::ofstream(folder_ / "step_00000040.h5") << "";

  auto const header = resume();

  ASSERT_TRUE(header);
  EXPECT_EQ(header->step, 10);
  EXPECT_THAT(values_, ElementsAre(1.5, 1.5));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("step_00000040.h5: is damaged"),
                                     HasSubstr("step_00000030.h5: is damaged"),
                                     AllOf(HasSubstr("step_00000020.h5: is damaged: it holds"),
                                           HasSubstr("taking the checkpoint before it"))));
  EXPECT_EQ(newest_checkpoint(folder_.path()).filename(), "step_00000010.h5");
}

TEST_F(CheckpointFolder, WithDamagedOnesOnlyIsAnErrorThatNamesThem)
{
  cut(save(10, 1.5));
  cut(save(20, 2.5));

  EXPECT_THAT(refusal(), AllOf(HasSubstr("step_00000020.h5, step_00000010.h5"),
                               HasSubstr("all are damaged"), HasSubstr("--force")));
  EXPECT_THAT(values_, ElementsAre(-1, -1));
}

TEST_F(CheckpointFolder, OfAnotherConfigIsAnErrorAndNotCalledDamaged)
{
  save(10, 1.5);
  std::vector<double> longer(3);
  State other;
  other.add("values", 1, std::span(longer));
  state_ = other;

  EXPECT_THAT(refusal(), AllOf(HasSubstr("holds 2 numbers, this run needs 3"),
                               HasSubstr("not damaged"), HasSubstr("another config")));
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(CheckpointFolder, KeepsTheNewestUpToTheOneWritten)
{
  for (int step : {1, 10, 20, 30}) save(step, step);
  cut(folder_ / "step_00000030.h5");
  resume();  // goes on from 20

  save(25, 25, 2);

  EXPECT_THAT(list_checkpoints(folder_.path()),
              ElementsAre(folder_ / "step_00000025.h5", folder_ / "step_00000020.h5"));
}

TEST_F(CheckpointFolder, NineDigitsAreNewerThanEight)
{
  save(99'999'999, 1.5);
  save(100'000'000, 2.5);

  EXPECT_EQ(newest_checkpoint(folder_.path()).filename(), "step_100000000.h5");
}

}  // namespace
}  // namespace tessera::io
