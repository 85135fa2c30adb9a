#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/io/dataset_file.hpp>

#include "../io/hdf5.hpp"
#include "equal_datasets.hpp"
#include "support/refusal.hpp"
#include "temporary_folder.hpp"

namespace tessera::io {
namespace {

using domains::Dataset;
using domains::Trajectories;
using testing::AllOf;
using testing::HasSubstr;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

Trajectories make_split(std::size_t count)
{
  Trajectories split;
  split.environments = {{1, {0.3, 0.7}}, {0, {2.5}}};
  split.count = count;
  split.points = 3;
  split.dimension = 2;
  split.times = {0.0, 0.1, 0.2, 0.0, 0.5, 1.0};
  for (std::size_t i = 0; i < 2 * count * 3 * 2; ++i)
    split.states.push_back(1.0 / static_cast<double>(1 + i));
  return split;
}

Dataset make_data()
{
  Dataset data;
  data.name = "two families";
  data.families = {"24", "25"};
  data.family_names = {"harmonic oscillator", "damped"};
  data.state_names = {"u", "v"};
  data.parameter_names = {{"c0"}, {"c0", "c1"}};
  data.units = {{"m", "m/s", "1/s^2"}, {"m", "m/s", "1/s^2", "1/s"}};
  data.train = make_split(2);
  data.test = make_split(1);
  data.support = make_split(1);
  data.query = make_split(3);
  return data;
}

/// The text of the InputError that reading `data` back ends with.
std::string refusal_of(Dataset const &data)
{
  TemporaryFolder folder;
  write_dataset(folder / "data.h5", data, "");
  return refusal([&] { read_dataset(folder / "data.h5"); });
}

TEST(DatasetFile, GivesADataSetBackBitForBit)
{
  TemporaryFolder folder;
  Dataset const data = make_data();

  write_dataset(folder / "data.h5", data, "setting = \"x\"");
  Dataset const back = read_dataset(folder / "data.h5");

  expect_equal(back, data);
  EXPECT_EQ(dataset_settings(folder / "data.h5"), "setting = \"x\"");
}

TEST(DatasetFile, UnknownFamiliesAndParametersStayUnknown)
{
  TemporaryFolder folder;
  Dataset data;
  data.name = "measured";
  data.state_names = {"u", "v"};
  data.train = data.test = make_split(1);
  for (auto *split : {&data.train, &data.test}) split->environments = {{-1, {}}, {-1, {}}};

  write_dataset(folder / "data.h5", data, "");
  Dataset const back = read_dataset(folder / "data.h5");

  EXPECT_TRUE(back.families.empty());
  expect_equal(back.train, data.train);
}

TEST(DatasetFile, TheSameDataMakesTheSameBytes)
{
  TemporaryFolder folder;

  write_dataset(folder / "a.h5", make_data(), "s");
  write_dataset(folder / "b.h5", make_data(), "s");

  EXPECT_EQ(read_text(folder / "a.h5"), read_text(folder / "b.h5"));
}

TEST(DatasetFile, ANaNIsRefusedWithFileArrayAndPlace)
{
  Dataset data = make_data();
  data.query.states[((1 * 3 + 2) * 3 + 1) * 2] = nan;

  EXPECT_THAT(refusal_of(data), AllOf(HasSubstr("data.h5"), HasSubstr("/query/states"),
                                      HasSubstr("environment 1, trajectory 2, time 1")));
}

TEST(DatasetFile, AMissingParameterBeforeAPresentOneIsRefused)
{
  Dataset data = make_data();
  data.train.environments[0].parameters[0] = nan;

  EXPECT_THAT(refusal_of(data), AllOf(HasSubstr("/train/parameters"), HasSubstr("environment 0")));
}

TEST(DatasetFile, UnsortedTimesAreRefused)
{
  Dataset data = make_data();
  std::swap(data.train.times[4], data.train.times[5]);

  EXPECT_THAT(refusal_of(data), AllOf(HasSubstr("/train/times"), HasSubstr("must increase"),
                                      HasSubstr("environment 1, time 2")));
}

TEST(DatasetFile, AStateWithoutANameIsRefused)
{
  Dataset data = make_data();
  data.state_names = {"u"};

  EXPECT_THAT(refusal_of(data), AllOf(HasSubstr("/train/states"), HasSubstr("axis 3")));
}

TEST(DatasetFile, TestEnvironmentsOtherThanTheTrainingOnesAreRefused)
{
  Dataset data = make_data();
  data.test.environments[1].parameters = {2.6};

  EXPECT_THAT(refusal_of(data), HasSubstr("train and test must hold the same environments"));
}

TEST(DatasetFile, AFamilyBeyondTheListIsRefused)
{
  Dataset data = make_data();
  data.train.environments[1].family = 2;

  EXPECT_THAT(refusal_of(data), AllOf(HasSubstr("/train/family"), HasSubstr("family 2 of 2")));
}

TEST(DatasetFile, ATestSplitMayBeAbsentATrainingSplitNot)
{
  Dataset data = make_data();
  data.test = {};
  EXPECT_EQ(refusal_of(data), "no error");

  data.train = {};
  EXPECT_THAT(refusal_of(data), AllOf(HasSubstr("/train"), HasSubstr("missing")));
}

TEST(DatasetFile, NamesOfEnvironmentsComeBack)
{
  TemporaryFolder folder;
  Dataset data = make_data();
  data.train.environments[1].name = "pump 7";
  write_dataset(folder / "x.h5", data, "");

  Dataset const read = read_dataset(folder / "x.h5");

  EXPECT_EQ(read.train.environments[1].name, "pump 7");
  EXPECT_EQ(read.test.environments[1].name, "");
}

/// A file as a user's script would make it: the training split alone.
void write_train(std::filesystem::path const &path, hdf5::Shape const &times,
                 hdf5::Shape const &states)
{
  auto counted = [](hdf5::Shape const &shape) {
    std::size_t size = 1;
    for (std::size_t extent : shape) size *= extent;
    std::vector<double> values(size);
    for (std::size_t i = 0; i < size; ++i) values[i] = static_cast<double>(i);
    return values;
  };
  hdf5::File const file = hdf5::File::in_memory("user.h5");
  file.attribute("tessera_format").write(std::int64_t{1});
  file.attribute("name").write("user");
  file.attribute("state_names").write(std::vector<std::string>{"u", "v"});
  hdf5::Group const train = file.make_group("train");
  if (!times.empty()) {
    train.write<double>("times", times, counted(times), hdf5::Storage::checked);
  }
  train.write<double>("states", states, counted(states), hdf5::Storage::checked);
  std::ofstream(path, std::ios::binary) << file.image();
}

std::string refusal_of_train(hdf5::Shape const &times, hdf5::Shape const &states)
{
  TemporaryFolder folder;
  write_train(folder / "user.h5", times, states);
  return refusal([&] { read_dataset(folder / "user.h5"); });
}

TEST(DatasetFile, AListOfTimesIsThatOfEveryEnvironment)
{
  TemporaryFolder folder;
  for (hdf5::Shape const &times : {hdf5::Shape{4}, {1, 4}, {4, 1}}) {
    write_train(folder / "user.h5", times, {3, 2, 4, 2});

    EXPECT_EQ(read_dataset(folder / "user.h5").train.times,
              (std::vector<double>{0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3}));
  }
}

TEST(DatasetFile, TimesOfAnotherLengthThanTheStatesAreRefused)
{
  EXPECT_THAT(
      refusal_of_train({3, 5}, {3, 2, 4, 2}),
      AllOf(HasSubstr("user.h5:/train/times"), HasSubstr("length 5"), HasSubstr("4 times")));
  EXPECT_THAT(refusal_of_train({2, 4}, {3, 2, 4, 2}),
              AllOf(HasSubstr("/train/times"), HasSubstr("length 2"), HasSubstr("3 environments")));
}

TEST(DatasetFile, StatesWithoutATrajectoryAxisAreRefused)
{
  EXPECT_THAT(refusal_of_train({3, 4}, {3, 4, 2}),
              AllOf(HasSubstr("/train/states"), HasSubstr("must have 4 axes, has 3")));
}

TEST(DatasetFile, AMissingArrayIsRefusedByName)
{
  EXPECT_THAT(refusal_of_train({}, {3, 2, 4, 2}),
              AllOf(HasSubstr("user.h5:/train/times"), HasSubstr("missing")));
}

TEST(DatasetFile, ATruncatedFileIsRefused)
{
  TemporaryFolder folder;
  write_dataset(folder / "data.h5", make_data(), "s");

  std::filesystem::resize_file(folder / "data.h5",
                               std::filesystem::file_size(folder / "data.h5") / 2);

  EXPECT_THROW(read_dataset(folder / "data.h5"), InputError);
  EXPECT_EQ(dataset_settings(folder / "data.h5"), "");
}

TEST(DatasetFile, AMissingFileIsAnInputErrorAndHasNoSettings)
{
  TemporaryFolder folder;

  EXPECT_THROW(read_dataset(folder / "none.h5"), InputError);
  EXPECT_EQ(dataset_settings(folder / "none.h5"), "");
}

}  // namespace
}  // namespace tessera::io
