#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>

#include <tessera/core/error.hpp>
#include <tessera/io/numpy.hpp>
#include <tessera/io/trajectory_file.hpp>

#include "../io/hdf5.hpp"
#include "temporary_folder.hpp"

namespace tessera::io {
namespace {

using Arrays = std::map<std::string, NumpyArray>;

/// Two environments, three trajectories, four times, two states: X counts up from 0.
domains::Trajectories counting(bool common_grid)
{
  domains::Trajectories data;
  data.environments.resize(2);
  data.count = 3;
  data.points = 4;
  data.dimension = 2;
  data.times = {0, 1, 2, 3, 0, 1, 2, common_grid ? 3.0 : 4.0};
  for (int i = 0; i < 48; ++i) data.states.push_back(i);
  return data;
}

TEST(TrajectoryFile, GivesBackWhatWasWrittenInBothFormats)
{
  TemporaryFolder place;
  for (std::string const name : {"a.npz", "a.h5"}) {
    for (bool common : {true, false}) {
      domains::Trajectories const data = counting(common);

      write_trajectory_file(place / name, data);

      domains::Trajectories const read = read_trajectory_file(place / name);
      EXPECT_EQ(read.states, data.states) << name;
      EXPECT_EQ(read.times, data.times) << name;
      EXPECT_EQ(read.count, 3u);
      EXPECT_EQ(read.size(), 2u);
    }
  }
}

TEST(TrajectoryFile, MissingFirstAxesMeanOneOfThem)
{
  TemporaryFolder place;
  write_npz(place / "one.npz", {{"t", {{3}, {0, 1, 2}}}, {"X", {{3, 2}, {1, 2, 3, 4, 5, 6}}}});

  domains::Trajectories const read = read_trajectory_file(place / "one.npz");

  EXPECT_EQ(read.size(), 1u);
  EXPECT_EQ(read.count, 1u);
  EXPECT_EQ(read.state(0, 0, 2)[1], 6);
}

TEST(TrajectoryFile, ListsOfTimesMayHaveASecondAxisAsThoseOfMatlab)
{
  TemporaryFolder place;
  domains::Trajectories const data = counting(true);
  std::vector<std::size_t> const x{2, 3, 4, 2};
  std::vector<double> const list{0, 1, 2, 3};
  for (std::vector<std::size_t> const &t : {std::vector<std::size_t>{1, 4}, {4, 1}}) {
    write_npz(place / "a.npz", {{"t", {t, list}}, {"X", {x, data.states}}});
    {
      hdf5::File const file = hdf5::File::in_memory("a.h5");
      file.write<double>("t", t, list, hdf5::Storage::checked);
      file.write<double>("X", x, data.states, hdf5::Storage::checked);
      std::ofstream(place / "a.h5", std::ios::binary) << file.image();
    }
    for (std::string const name : {"a.npz", "a.h5"}) {
      EXPECT_EQ(read_trajectory_file(place / name).times, data.times) << name;
    }
  }
}

TEST(TrajectoryFile, StartsAloneAreTakenWhereAskedFor)
{
  TemporaryFolder place;
  write_npz(place / "starts.npz", {{"t", {{3}, {0, 1, 2}}}, {"X", {{1, 2, 1, 2}, {1, 2, 3, 4}}}});

  domains::Trajectories const read = read_trajectory_file(place / "starts.npz", "", true);

  EXPECT_EQ(read.points, 3u);
  EXPECT_EQ(read.state(0, 1, 0)[0], 3);
  EXPECT_EQ(read.state(0, 1, 2)[1], 0);
  EXPECT_THROW(read_trajectory_file(place / "starts.npz"), InputError);
}

struct Bad {
  char const *name;
  Arrays arrays;
  char const *message;
};

TEST(TrajectoryFile, WhatCannotBeUsedIsRefusedWithFileAndArray)
{
  double const nan = std::numeric_limits<double>::quiet_NaN();
  NumpyArray const t{{3}, {0, 1, 2}}, x{{3, 1}, {1, 2, 3}};
  std::vector<Bad> const table{
      {"no X", {{"t", t}}, "X"},
      {"one axis", {{"t", t}, {"X", {{3}, {1, 2, 3}}}}, "X: has shape (3)"},
      {"lengths", {{"t", t}, {"X", {{2, 1}, {1, 2}}}}, "X: has shape (2, 1), but t has 3 times"},
      {"axes in reverse", {{"t", t}, {"X", {{2, 3}, {1, 2, 3, 4, 5, 6}}}}, "permute(X, "},
      {"a NaN", {{"t", t}, {"X", {{3, 1}, {1, nan, 3}}}}, "trajectory 0, time 1"},
      {"times", {{"t", {{3}, {0, 2, 1}}}, {"X", x}}, "t: 1 at environment 0, time 2"},
      {"grids", {{"t", {{2, 3}, {0, 1, 2, 0, 1, 2}}}, {"X", x}}, "t: has shape (2, 3)"},
      {"one time", {{"t", {{1}, {0}}}, {"X", {{1, 1}, {1}}}}, "t: needs at least two"}};
  TemporaryFolder place;

  for (Bad const &bad : table) {
    write_npz(place / "bad.npz", bad.arrays);
    try {
      read_trajectory_file(place / "bad.npz");
      ADD_FAILURE() << bad.name << " was taken";
    } catch (InputError const &error) {
      EXPECT_THAT(error.what(),
                  testing::AllOf(testing::HasSubstr("bad.npz"), testing::HasSubstr(bad.message)))
          << bad.name;
    }
  }
}

TEST(TrajectoryFile, EndingsMayStandInCapitals)
{
  TemporaryFolder place;
  write_trajectory_file(place / "a.NPZ", counting(true));
  write_trajectory_file(place / "a.H5", counting(true));

  EXPECT_EQ(read_trajectory_file(place / "a.NPZ").states, counting(true).states);
  EXPECT_EQ(read_trajectory_file(place / "a.H5").states, counting(true).states);
}

TEST(TrajectoryFile, AnotherEndingAndAMissingSplitAreRefused)
{
  TemporaryFolder place;

  EXPECT_THROW(write_trajectory_file(place / "a.csv", counting(true)), InputError);
  EXPECT_THROW(read_trajectory_file(place / "a.csv"), InputError);
  EXPECT_THROW(read_trajectory_file(place / "none.h5", "query"), InputError);
}

}  // namespace
}  // namespace tessera::io
