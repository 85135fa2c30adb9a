#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/io/report.hpp>

#include "temporary_folder.hpp"

namespace tessera::io {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

/// A summary by hand: mse 1, 2, 6 for seeds 0, 1, 2 have mean 3 and sample deviation sqrt(7).
RunSummary run(int seed, std::string const &mse, std::string const &rest = "")
{
  return {"a_seed" + std::to_string(seed),
          R"({"experiment": "a", "seed": )" + std::to_string(seed) +
              R"(, "train": {"seconds": 2.5, "parameters_digest": "00ff"}, "test": {"mse_mean": )" +
              mse + R"(, "per_family": {"24": {"mse": 0.125}}})" + rest + "}"};
}

TEST(Report, IsAMarkdownTableWithMeanAndSampleDeviation)
{
  std::string const text = report({run(0, "1"), run(1, "2"), run(2, "6")}, ReportForm::markdown);

  EXPECT_EQ(text,
            "| run | experiment | seed | `test.mse_mean` | `train.seconds` |\n"
            "| --- | --- | --- | --- | --- |\n"
            "| a_seed0 | a | 0 | 1 | 2.5 |\n"
            "| a_seed1 | a | 1 | 2 | 2.5 |\n"
            "| a_seed2 | a | 2 | 6 | 2.5 |\n"
            "| mean ± std of 3 | a | | 3 ± 2.6 | 2.5 ± 0 |\n"
            "\nstd: sample standard deviation over the runs of an experiment (n - 1).\n");
}

TEST(Report, AsCsvHoldsEveryNumberExactly)
{
  std::string const text = report({run(0, "1"), run(1, "0.1")}, ReportForm::csv);

  EXPECT_EQ(text,
            "row,run,experiment,seed,train.seconds,test.mse_mean,test.per_family.24.mse\n"
            "run,a_seed0,a,0,2.5,1,0.125\n"
            "run,a_seed1,a,1,2.5,0.1,0.125\n"
            "mean,,a,,2.5,0.55,0.125\n"
            "std,,a,,0,0.6363961030678927,0\n");
}

TEST(Report, OfOneRunHasNoMean)
{
  EXPECT_THAT(report({run(0, "1")}, ReportForm::markdown), Not(HasSubstr("mean ±")));
}

TEST(Report, LeavesAbsentPartsEmpty)
{
  std::string const text = report({run(0, "1", R"(, "routing": {"purity": 0.5})"), run(1, "null")},
                                  ReportForm::markdown);

  EXPECT_THAT(text, HasSubstr("| a_seed0 | a | 0 | 1 | 0.5 | 2.5 |\n"));
  EXPECT_THAT(text, HasSubstr("| a_seed1 | a | 1 | | | 2.5 |\n"));
  EXPECT_THAT(text, HasSubstr("| mean ± std of 2 | a | | | | 2.5 ± 0 |\n"));
}

TEST(Report, GroupsRunsByTheirExperiment)
{
  RunSummary const other{"b", R"({"experiment": "b", "seed": 0, "test": {"mse_mean": 9}})"};

  std::string const text = report({run(0, "1"), other, run(1, "3")}, ReportForm::markdown);

  EXPECT_THAT(text, HasSubstr("| a_seed1 | a | 1 | 3 | 2.5 |\n"
                              "| mean ± std of 2 | a | | 2 ± 1.4 | 2.5 ± 0 |\n"
                              "| b | b | 0 | 9 | |\n"));
}

TEST(Report, DoesNotAverageRunsOfTheSameSeed)
{
  RunSummary again = run(0, "2");
  again.name = "again";

  std::string const text = report({run(0, "1"), again}, ReportForm::markdown);

  EXPECT_THAT(text, HasSubstr("a: no mean, for a_seed0 and again have the same seed.\n"));
  EXPECT_THAT(text, Not(HasSubstr("mean ±")));
}

TEST(Report, KeepsNamesWithCommasAndBarsInTheirCell)
{
  RunSummary const odd{"a,\"b\"|c", R"({"experiment": "e", "seed": 0})"};

  EXPECT_THAT(report({odd}, ReportForm::csv), HasSubstr("run,\"a,\"\"b\"\"|c\",e,0\n"));
  EXPECT_THAT(report({odd}, ReportForm::markdown), HasSubstr("| a,\"b\"\\|c | e | 0 |\n"));
}

TEST(Report, RefusesTextThatIsNoSummary)
{
  for (char const *text : {"", "{", "[1]", R"({"seed": 0})", R"({"experiment": 3})"}) {
    EXPECT_THROW(report({{"x", text}}, ReportForm::csv), InputError) << text;
  }
}

class ReportFiles : public testing::Test {
 protected:
  void save(std::string const &folder, std::string const &name)
  {
    fs::create_directories(folder_ / folder);
    std::ofstream(folder_ / folder / name) << folder;
  }
  std::vector<std::string> names(std::string const &word)
  {
    std::vector<std::string> found;
    for (RunSummary const &run : read_summaries({folder_ / word})) {
      EXPECT_FALSE(run.json.empty());
      found.push_back(run.name);
    }
    return found;
  }
  std::string refusal(std::string const &word)
  {
    try {
      read_summaries({folder_ / word});
    } catch (InputError const &error) {
      return error.what();
    }
    return "no error";
  }
  TemporaryFolder folder_;
};

TEST_F(ReportFiles, AreARunFolderAFileOrTheFoldersOfAllSeeds)
{
  for (char const *folder : {"out_seed10", "out_seed2", "out_seedx", "alone"}) {
    save(folder, "summary.json");
  }

  EXPECT_THAT(names("alone/"), testing::ElementsAre("alone"));
  EXPECT_THAT(names("out"), testing::ElementsAre("out_seed2", "out_seed10"));
  EXPECT_THAT(names("alone/summary.json"), testing::ElementsAre(folder_ / "alone/summary.json"));
}

TEST_F(ReportFiles, ThatAreMissingOrUnfinishedAreNamed)
{
  save("begun", "run.json");
  save("photos", "cat.png");

  EXPECT_THAT(refusal("nowhere"), HasSubstr("no such run folder"));
  EXPECT_THAT(refusal("begun"), HasSubstr("--resume"));
  EXPECT_THAT(refusal("photos"), HasSubstr("is no run folder"));
}

TEST_F(ReportFiles, AreWrittenWholeButNotOverAFolder)
{
  write_report(folder_ / "table.md", "| a |\n");

  EXPECT_EQ(read_text(folder_ / "table.md"), "| a |\n");
  EXPECT_THROW(write_report(folder_.path(), "text"), InputError);
}

}  // namespace
}  // namespace tessera::io
