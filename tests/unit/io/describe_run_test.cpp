#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <Kokkos_Core.hpp>

#include <tessera/io/run_folder.hpp>

namespace {

TEST(DescribeRun, NamesWhatTheRunRestsOn)
{
  auto const run = nlohmann::json::parse(tessera::io::describe_run("pendulum", 7, MPI_COMM_SELF));

  EXPECT_EQ(run["experiment"], "pendulum");
  EXPECT_EQ(run["seed"], 7);
  EXPECT_EQ(run["kokkos"]["back_end"], Kokkos::DefaultExecutionSpace::name());
  EXPECT_EQ(run["kokkos"]["threads"], Kokkos::DefaultExecutionSpace().concurrency());
  EXPECT_EQ(run["ranks"], 1);
  for (auto const *key : {"host", "git", "version"}) EXPECT_NE(run[key], "") << key;
  for (auto const &[name, version] : run["libraries"].items()) EXPECT_NE(version, "") << name;
}

TEST(DescribeRun, TellsTheStartInUtc)
{
  auto const run = nlohmann::json::parse(tessera::io::describe_run("pendulum", 7, MPI_COMM_SELF));

  EXPECT_THAT(run["started"].get<std::string>(),
              ::testing::MatchesRegex(
                  "20[0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z"));
}

}  // namespace
