#include <limits>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/io/run_folder.hpp>

#include "temporary_folder.hpp"

namespace {

using tessera::io::MetricsCsv;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

TEST(MetricsCsv, EveryRowIsInTheFileAtOnce)
{
  TemporaryFolder const place;
  MetricsCsv metrics(place / "metrics.csv", {"step", "loss.fit", "seconds"});

  metrics.row({1, 0.5, 1e-7});

  EXPECT_EQ(read_text(place / "metrics.csv"), "step,loss.fit,seconds\n1,0.5,1e-07\n");
}

TEST(MetricsCsv, NanIsAnEmptyCell)
{
  TemporaryFolder const place;
  MetricsCsv metrics(place / "metrics.csv", {"step", "purity", "loss"});

  metrics.row({2, nan, 3});

  EXPECT_EQ(read_text(place / "metrics.csv"), "step,purity,loss\n2,,3\n");
}

TEST(MetricsCsv, NumbersReadBackExactly)
{
  TemporaryFolder const place;
  double const third = 1.0 / 3.0;

  MetricsCsv(place / "metrics.csv", {"step", "loss"}).row({1, third});

  std::string const text = read_text(place / "metrics.csv");
  EXPECT_EQ(std::stod(text.substr(text.rfind(',') + 1)), third);
}

TEST(MetricsCsv, AResumedRunKeepsTheRowsUpToItsStep)
{
  TemporaryFolder const place;
  {
    MetricsCsv first(place / "metrics.csv", {"step", "loss"});
    for (int step = 1; step <= 4; ++step) first.row({double(step), 0.5});
  }

  MetricsCsv(place / "metrics.csv", {"step", "loss"}, 2).row({3, 0.25});

  EXPECT_EQ(read_text(place / "metrics.csv"), "step,loss\n1,0.5\n2,0.5\n3,0.25\n");
}

TEST(MetricsCsv, AResumedRunDropsARowThatWasCutOff)
{
  TemporaryFolder const place;
  std::ofstream(place / "metrics.csv") << "step,loss\n1,0.5\n2,0.";

  MetricsCsv(place / "metrics.csv", {"step", "loss"}, 2).row({2, 0.25});

  EXPECT_EQ(read_text(place / "metrics.csv"), "step,loss\n1,0.5\n2,0.25\n");
}

TEST(MetricsCsv, AResumedRunDropsWhatACrashOfTheMachineMayLeave)
{
  TemporaryFolder const place;
  std::ofstream(place / "metrics.csv")
      << "step,loss\n1,0.5\n2\n"
      << std::string(5, '\0') << "\n2,0." << std::string(3, '\0') << "\n";

  MetricsCsv(place / "metrics.csv", {"step", "loss"}, 2).row({2, 0.25});

  EXPECT_EQ(read_text(place / "metrics.csv"), "step,loss\n1,0.5\n2,0.25\n");
}

TEST(MetricsCsv, AResumedRunRefusesOtherColumns)
{
  TemporaryFolder const place;
  std::ofstream(place / "metrics.csv") << "step,loss\n1,0.5\n";

  EXPECT_THROW(MetricsCsv(place / "metrics.csv", {"step", "other"}, 1), tessera::InputError);
}

TEST(MetricsCsv, AFullDiskIsAnIoError)
{
  EXPECT_THROW(MetricsCsv("/dev/full", {"step"}), tessera::IoError);
}

TEST(MetricsCsv, ARowOfAnotherLengthIsAnError)
{
  TemporaryFolder const place;
  MetricsCsv metrics(place / "metrics.csv", {"step", "loss"});

  EXPECT_THROW(metrics.row({1}), tessera::Error);
}

}  // namespace
