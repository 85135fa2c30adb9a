#include <algorithm>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/io/numpy.hpp>
#include <tessera/io/published_layout.hpp>

#include "equal_datasets.hpp"
#include "numpy_files.hpp"
#include "support/refusal.hpp"
#include "temporary_folder.hpp"

namespace tessera::io {
namespace {

using domains::Dataset;
using domains::Environment;
using domains::Trajectories;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A folder that holds plain.npz, (2 environments, 3, 4 times, 2), as train and as test.
class PlainFolder : public TemporaryFolder {
 public:
  PlainFolder()
  {
    put("plain.npz", "train.npz");
    put("plain.npz", "test.npz");
  }
  void put(std::string const &fixture, std::string const &name) const
  {
    std::filesystem::copy_file(made_by_numpy(fixture), *this / name,
                               std::filesystem::copy_options::overwrite_existing);
  }
  void put_ramp(std::string const &name, std::vector<std::size_t> const &t,
                std::vector<std::size_t> const &x) const
  {
    auto fill = [](std::vector<std::size_t> const &shape) {
      std::size_t size = 1;
      for (std::size_t extent : shape) size *= extent;
      NumpyArray array{shape, std::vector<double>(size)};
      for (std::size_t i = 0; i < size; ++i) array.values[i] = static_cast<double>(i);
      return array;
    };
    write_npz(*this / name, {{"t", fill(t)}, {"X", fill(x)}});
  }
  std::string refusal_of_reading() const
  {
    return refusal([&] { read_published(path()); });
  }
};

std::string refusal_of_train(std::string const &fixture)
{
  PlainFolder folder;
  folder.put(fixture, "train.npz");
  return folder.refusal_of_reading();
}

std::string refusal_of_envs(std::string const &json)
{
  PlainFolder folder;
  write_text(folder / "train_envs.json", json);
  return folder.refusal_of_reading();
}

TEST(PublishedLayout, NamesAndParametersMayStandInTheArchives)
{
  PlainFolder folder;
  folder.put("named.npz", "train.npz");

  Dataset const data = read_published(folder.path());

  for (Trajectories const *split : {&data.train, &data.test}) {
    EXPECT_EQ(split->environments[0].name, "pump 7");
    EXPECT_EQ(split->environments[1].parameters, std::vector{0.125});
    EXPECT_EQ(split->environments[1].family, 0);
  }
  EXPECT_EQ(data.parameter_names, (std::vector<std::vector<std::string>>{{"k"}}));
}

TEST(PublishedLayout, TrainingAloneLeavesTheTestEmpty)
{
  PlainFolder folder;
  std::filesystem::remove(folder / "test.npz");

  Dataset const data = read_published(folder.path());

  EXPECT_EQ(data.train.size(), 2u);
  EXPECT_EQ(data.test.size(), 0u);
}

/// Environments with their own values; a time grid for each family.
Trajectories make_split(std::vector<Environment> environments, std::size_t count, double first)
{
  Trajectories split{std::move(environments), count, 3, 2, {}, {}};
  for (std::size_t e = 0; e < split.size(); ++e) {
    double const dt = 0.1 * (2 + split.environments[e].family);
    for (int k = 0; k < 3; ++k) split.times.push_back(k * dt);
    for (std::size_t i = 0; i < count * 6; ++i) {
      split.states.push_back(first + static_cast<double>(e) + 1.0 / static_cast<double>(3 + i));
    }
  }
  return split;
}

/// Two families with two training environments each, family after family.
Dataset make_data()
{
  Dataset data;
  data.name = "two families";
  data.families = {"25", "24"};
  data.family_names = {"damped", "harmonic oscillator"};
  data.state_names = {"u", "v"};
  data.parameter_names = {{"c0", "c1"}, {"c0"}};
  data.units = {{"m", "m/s", "1/s^2", "1/s"}, {"m", "m/s", "1/s^2"}};
  std::vector<Environment> const known = {
      {0, {1.0 / 3.0, 0.1}}, {0, {0.3, 5e-324}}, {1, {-0.0}}, {1, {1e300}}};
  data.train = make_split(known, 2, 0);
  data.test = make_split(known, 1, 10);
  data.support = make_split({{0, {0.7, 0.2}}, {1, {2.2}}}, 1, 20);
  data.query = make_split({{0, {0.7, 0.2}}, {1, {2.2}}}, 3, 30);
  data.outside_support = make_split({{1, {9.0}}}, 1, 40);
  data.outside_query = make_split({{1, {9.0}}}, 2, 50);
  return data;
}

void give_one_grid(Dataset &data)
{
  for (auto split : {&Dataset::train, &Dataset::test, &Dataset::support, &Dataset::query,
                     &Dataset::outside_support, &Dataset::outside_query}) {
    auto &times = (data.*split).times;
    for (std::size_t i = 0; i < times.size(); ++i) times[i] = 0.1 * static_cast<double>(i % 3);
  }
}

void expect_given_back(Dataset const &data)
{
  TemporaryFolder folder;
  write_published(folder.path(), data);
  expect_equal(read_published(folder.path()), data);
}

std::string refusal_of_writing(Dataset const &data)
{
  TemporaryFolder folder;
  return refusal([&] { write_published(folder.path(), data); });
}

TEST(PublishedLayout, ReadsAFlatFolderWithoutFamilies)
{
  Dataset const data = read_published(made_by_numpy("flat"));

  EXPECT_EQ(data.name, "flat");
  EXPECT_THAT(data.families, IsEmpty());
  EXPECT_THAT(data.state_names, ElementsAre("x1", "x2"));
  ASSERT_EQ(data.train.size(), 3u);
  EXPECT_EQ(data.train.environments[2].family, -1);
  EXPECT_THAT(data.train.environments[2].parameters, IsEmpty());
  EXPECT_EQ(data.train.count, 2u);
  EXPECT_THAT(data.train.grid(2), ElementsAre(0, 0.125, 0.25, 0.375));
  // Values count in eighths: environment 2, trajectory 1, time 3 begins at 2·16 + 8 + 6.
  EXPECT_THAT(data.train.state(2, 1, 3), ElementsAre(46 / 8.0, 47 / 8.0));
  EXPECT_THAT(data.test.state(0, 0, 0), ElementsAre(100, 100.125));
  EXPECT_EQ(data.support.size(), 2u);
  EXPECT_THAT(data.query.state(0, 0, 0), ElementsAre(300, 300.125));
  EXPECT_EQ(data.query.count, 2u);
  EXPECT_EQ(data.outside_support.size(), 0u);
}

TEST(PublishedLayout, ReadsTheNamesOfOutOfDistributionData)
{
  Dataset const data = read_published(made_by_numpy("ood/"));

  EXPECT_EQ(data.name, "ood");
  EXPECT_EQ(data.train.dimension, 3u);
  EXPECT_EQ(data.support.size(), 1u);
  EXPECT_THAT(data.query.state(0, 1, 0), ElementsAre(301.5, 301.625, 301.75));
}

TEST(PublishedLayout, ReadsFamiliesTheirGridsAndTheirParameters)
{
  Dataset const data = read_published(made_by_numpy("per_family"));

  EXPECT_THAT(data.families, ElementsAre("25", "24"));
  EXPECT_THAT(data.family_names, ElementsAre("25", "24"));
  EXPECT_THAT(data.parameter_names, ElementsAre(ElementsAre("c0", "c1"), ElementsAre("c0")));
  ASSERT_EQ(data.train.size(), 6u);
  EXPECT_EQ(data.train.environments[2].family, 0);
  EXPECT_EQ(data.train.environments[3].family, 1);
  EXPECT_THAT(data.train.environments[1].parameters, ElementsAre(3.6, 0.52));
  EXPECT_THAT(data.train.environments[5].parameters, ElementsAre(2.52));
  EXPECT_EQ(data.train.grid(2)[1], 0.06);
  EXPECT_EQ(data.train.grid(3)[1], 0.08);
  EXPECT_THAT(data.train.state(4, 0, 0), ElementsAre(64 / 8.0, 65 / 8.0));
  // Nothing describes the test split: its environments are those of training.
  EXPECT_THAT(data.test.environments[5].parameters, ElementsAre(2.52));
}

TEST(PublishedLayout, SupportAndQueryMayDifferInParameters)
{
  Dataset const data = read_published(made_by_numpy("per_family"));

  EXPECT_THAT(data.support.environments[0].parameters, ElementsAre(3.6, 0.52));
  EXPECT_THAT(data.query.environments[0].parameters, ElementsAre(4.2, 0.4));
}

TEST(PublishedLayout, FamiliesThatNothingNamesAreNumbered)
{
  PlainFolder folder;
  for (char const *name : {"train", "test", "adapt_train", "adapt_test"}) {
    folder.put("per_family/" + std::string(name) + ".npz", std::string(name) + ".npz");
  }

  Dataset const data = read_published(folder.path());

  EXPECT_THAT(data.families, ElementsAre("0", "1"));
  EXPECT_EQ(data.parameter_names.size(), 2u);
  EXPECT_EQ(data.test.environments[2].family, 0);
  EXPECT_EQ(data.test.environments[3].family, 1);
  EXPECT_EQ(data.query.environments[1].family, 1);
}

TEST(PublishedLayout, WhatOnlyTheTestSplitSaysHoldsForTraining)
{
  PlainFolder folder;
  write_text(folder / "test_envs.json", R"({"a": [{"k": 1}], "b": [{"k": 2.5}]})");

  Dataset const data = read_published(folder.path());

  EXPECT_EQ(data.train.environments[1].family, 1);
  EXPECT_THAT(data.train.environments[1].parameters, ElementsAre(2.5));
}

TEST(PublishedLayout, WithoutAdaptationFilesThereIsNoAdaptation)
{
  PlainFolder const folder;

  Dataset const data = read_published(folder.path());

  EXPECT_EQ(data.train.size(), 2u);
  EXPECT_EQ(data.support.size() + data.query.size(), 0u);
}

TEST(PublishedLayout, MissingFilesAreRefused)
{
  PlainFolder folder;

  folder.put("plain.npz", "adapt_test.npz");
  EXPECT_THAT(folder.refusal_of_reading(),
              AllOf(HasSubstr("adapt_train.npz: is missing beside adapt_test.npz"),
                    HasSubstr("or remove both")));
  std::filesystem::remove(folder / "adapt_test.npz");
  std::filesystem::remove(folder / "train.npz");
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("train.npz: is missing beside test.npz"));
  std::filesystem::remove(folder / "test.npz");
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("holds no train.npz"));
  EXPECT_THAT(refusal([&] { read_published(folder / "none"); }),
              HasSubstr("none: there is no such folder"));
}

TEST(PublishedLayout, FilesOfTwoNamingsAreRefused)
{
  PlainFolder folder;
  folder.put("plain.npz", "train_data.npz");

  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("two namings, train.npz and train_data.npz"));
}

TEST(PublishedLayout, BrokenArraysAreRefusedWithFileArrayAndPlace)
{
  EXPECT_THAT(refusal_of_train("nan.npz"),
              AllOf(HasSubstr("train.npz: array X: not a finite number"),
                    HasSubstr("environment 1, trajectory 2, time 3")));
  EXPECT_THAT(refusal_of_train("unsorted.npz"),
              AllOf(HasSubstr("train.npz: array t: times must increase"), HasSubstr("time 2")));
  EXPECT_THAT(refusal_of_train("rank.npz"),
              AllOf(HasSubstr("train.npz: array X: must have the axes (environment,"),
                    HasSubstr("has shape (3, 4, 2)")));
  EXPECT_THAT(refusal_of_train("missing.npz"), HasSubstr("train.npz: there is no array t"));
  EXPECT_THAT(refusal_of_train("objects.npz"), HasSubstr("train.npz: array X: holds Python"));
  EXPECT_THAT(refusal_of_train("truncated.npz"), HasSubstr("train.npz: is no archive"));
}

TEST(PublishedLayout, ListsOfTimesMayHaveASecondAxisAsThoseOfMatlab)
{
  PlainFolder folder;

  for (std::vector<std::size_t> const &shape : {std::vector<std::size_t>{1, 4}, {4, 1}}) {
    folder.put_ramp("train.npz", shape, {2, 3, 4, 2});
    EXPECT_EQ(read_published(folder.path()).train.times,
              (std::vector<double>{0, 1, 2, 3, 0, 1, 2, 3}));
  }
}

TEST(PublishedLayout, EnvironmentsMayHaveTimesOfTheirOwn)
{
  PlainFolder folder;
  folder.put_ramp("train.npz", {2, 4}, {2, 3, 4, 2});

  EXPECT_EQ(read_published(folder.path()).train.times,
            (std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(PublishedLayout, TimesThatDoNotFitTheStatesAreRefused)
{
  PlainFolder folder;

  folder.put_ramp("train.npz", {5}, {2, 3, 4, 2});
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("array t: has shape (5) where X, of shape "
                                                     "(2, 3, 4, 2), asks for (4)"));
  folder.put_ramp("train.npz", {3, 4}, {2, 3, 4, 2});
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("asks for (4)"));
  folder.put_ramp("train.npz", {4}, {2, 1, 3, 4, 2});
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("asks for (2, 4)"));
  folder.put_ramp("train.npz", {4}, {2, 0, 4, 2});
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("array X: is empty"));
}

TEST(PublishedLayout, SplitsThatDoNotFitEachOtherAreRefused)
{
  PlainFolder folder;

  folder.put_ramp("test.npz", {4}, {3, 3, 4, 2});
  EXPECT_THAT(folder.refusal_of_reading(),
              HasSubstr("test.npz: array X: holds 3 environments where train.npz holds 2"));
  folder.put_ramp("test.npz", {4}, {2, 3, 4, 1});
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("test.npz: array X: has states of size 1"));
  folder.put_ramp("test.npz", {4}, {2, 7, 4, 2});
  folder.put_ramp("adapt_train.npz", {4}, {1, 1, 4, 3});
  folder.put_ramp("adapt_test.npz", {4}, {1, 1, 4, 3});
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("adapt_train.npz: array X: has states"));
}

TEST(PublishedLayout, OtherNumbersOfFamiliesAreRefused)
{
  PlainFolder folder;
  folder.put_ramp("train.npz", {2, 4}, {2, 2, 3, 4, 2});
  folder.put_ramp("test.npz", {4, 4}, {4, 1, 3, 4, 2});
  folder.put_ramp("adapt_train.npz", {3, 4}, {3, 1, 3, 4, 2});
  folder.put_ramp("adapt_test.npz", {3, 4}, {3, 1, 3, 4, 2});
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("holds 4 environments in 4 families where"));

  folder.put_ramp("test.npz", {2, 4}, {2, 2, 3, 4, 2});
  EXPECT_THAT(folder.refusal_of_reading(),
              AllOf(HasSubstr("adapt_train.npz: array X: has 3 families where 2 are known"),
                    HasSubstr("adapt_train_envs.json")));
}

TEST(PublishedLayout, DescriptionsThatDoNotFitAreRefused)
{
  EXPECT_THAT(refusal_of_envs(R"({"a": [{"k": 1}]})"),
              AllOf(HasSubstr("train_envs.json: lists 1 environments"), HasSubstr("train.npz")));
  EXPECT_THAT(refusal_of_envs(R"({"a": [{"k": 1}, {"j": 1}]})"),
              HasSubstr("family a, environment 1: has no parameter k"));
  EXPECT_THAT(refusal_of_envs(R"({"a": [{"k": 1}, {"k": 1, "j": 1}]})"),
              HasSubstr("environment 1: has 2 parameters"));
  EXPECT_THAT(refusal_of_envs(R"({"a": [{"k": 1}, {"k": "1"}]})"),
              HasSubstr("environment 1: parameter k is no number"));
  EXPECT_THAT(refusal_of_envs(R"({"a": [1, 2]})"), HasSubstr("environment 0: must be an object"));
  EXPECT_THAT(refusal_of_envs(R"({"a": 2})"), HasSubstr("family a: must be a list"));
  EXPECT_THAT(refusal_of_envs("[]"), HasSubstr("train_envs.json: must be an object"));
  EXPECT_THAT(refusal_of_envs("{\n\"a\": ["), HasSubstr("train_envs.json: parse error at line 2"));
  EXPECT_THAT(refusal_of_envs(std::string((1u << 22) + 1u, '[')),
              HasSubstr("train_envs.json: has 4194305 bytes, more than the 4194304"));
}

TEST(PublishedLayout, DescriptionsThatContradictEachOtherAreRefused)
{
  PlainFolder folder;
  write_text(folder / "train_envs.json", R"({"a": [{"k": 1}, {"k": 2}]})");
  write_text(folder / "test_envs.json", R"({"a": [{"k": 1}, {"k": 3}]})");

  EXPECT_THAT(folder.refusal_of_reading(),
              HasSubstr("train and test must hold the same environments"));
}

TEST(PublishedLayout, FamiliesKnownForAdaptationOnlyAreRefused)
{
  PlainFolder folder;
  folder.put("plain.npz", "adapt_train.npz");
  folder.put("plain.npz", "adapt_test.npz");
  write_text(folder / "adapt_train_envs.json", R"({"a": [{}, {}]})");

  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("add train_envs.json"));
}

TEST(PublishedLayout, NamesThatDoNotFitAreRefused)
{
  PlainFolder folder;

  write_text(folder / "dataset.json", R"({"state_names": ["u"]})");
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("state_names has 1 entries for 2 states"));
  write_text(folder / "dataset.json", R"({"units": [["m"]]})");
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("units has 1 entries for 0 families"));
  write_text(folder / "dataset.json", R"({"state_names": "u, v"})");
  EXPECT_THAT(folder.refusal_of_reading(), HasSubstr("dataset.json: type must be array"));
}

TEST(PublishedLayout, GivesADataSetBackBitForBit)
{
  expect_given_back(make_data());
}

TEST(PublishedLayout, FamiliesOfEqualSizeAreWrittenWithAnAxisOfTheirOwn)
{
  TemporaryFolder folder;
  write_published(folder.path(), make_data());

  auto const train = read_npz(folder / "train.npz"),
             outside = read_npz(folder / "outside_test.npz");

  EXPECT_THAT(train.at("t").shape, ElementsAre(2, 3));
  EXPECT_THAT(train.at("X").shape, ElementsAre(2, 2, 2, 3, 2));
  EXPECT_THAT(outside.at("t").shape, ElementsAre(3));
  EXPECT_THAT(outside.at("X").shape, ElementsAre(1, 2, 3, 2));
}

TEST(PublishedLayout, FamiliesOfUnequalSizeAreWrittenFlat)
{
  Dataset data = make_data();
  std::vector<Environment> const unequal = {{0, {1, 2}}, {1, {1}}, {1, {2}}};
  data.train = make_split(unequal, 2, 0);
  data.test = make_split(unequal, 1, 10);
  give_one_grid(data);
  TemporaryFolder folder;

  write_published(folder.path(), data);

  EXPECT_THAT(read_npz(folder / "train.npz").at("X").shape, ElementsAre(3, 2, 3, 2));
  expect_equal(read_published(folder.path()), data);
}

TEST(PublishedLayout, EnvironmentsAreSortedByFamilyAndKeepTheirOrderWithinIt)
{
  std::vector<Environment> const mixed = {{1, {4}}, {0, {2, 0}}, {1, {3}}, {0, {1, 0}}};
  Dataset data = make_data();
  data.train = make_split(mixed, 1, 0);
  data.test = make_split(mixed, 1, 10);
  TemporaryFolder folder;

  write_published(folder.path(), data);
  Dataset const back = read_published(folder.path());

  std::size_t const order[] = {1, 3, 0, 2};
  for (std::size_t e = 0; e < 4; ++e) {
    EXPECT_EQ(back.train.environments[e].parameters, mixed[order[e]].parameters) << e;
    EXPECT_TRUE(std::ranges::equal(back.train.grid(e), data.train.grid(order[e]))) << e;
    EXPECT_TRUE(std::ranges::equal(back.test.state(e, 0, 2), data.test.state(order[e], 0, 2)));
  }
}

TEST(PublishedLayout, UnknownFamiliesAndParametersStayUnknown)
{
  Dataset data;
  data.name = "measured";
  data.state_names = {"u", "v"};
  data.train = make_split({{-1, {}}, {-1, {}}}, 2, 0);
  data.test = make_split({{-1, {}}, {-1, {}}}, 1, 10);
  TemporaryFolder folder;

  write_published(folder.path(), data);

  EXPECT_FALSE(std::filesystem::exists(folder / "train_envs.json"));
  expect_equal(read_published(folder.path()), data);
  data.train.environments[1].parameters = data.test.environments[1].parameters = {0.1, 0.2};
  expect_given_back(data);
}

TEST(PublishedLayout, ParametersAndFamiliesMayBeWithoutNames)
{
  Dataset data = make_data();
  data.parameter_names.clear();
  data.units.clear();
  data.family_names.clear();

  expect_given_back(data);
}

TEST(PublishedLayout, TimeGridsThatTheLayoutCannotHoldAreRefused)
{
  Dataset within = make_data(), unequal = make_data();
  within.train.times[2] += 0.01;
  std::vector<Environment> const environments = {{0, {1, 2}}, {1, {1}}, {1, {2}}};
  unequal.train = make_split(environments, 2, 0);
  unequal.test = make_split(environments, 1, 10);

  EXPECT_THAT(refusal_of_writing(within), HasSubstr("train.npz: array t: environments of one "
                                                    "family differ in their times"));
  EXPECT_THAT(refusal_of_writing(unequal),
              HasSubstr("train.npz: array t: environments differ in their times"));
}

TEST(PublishedLayout, DataThatCouldNotBeReadBackIsRefused)
{
  auto refusal_after = [](auto const &change) {
    Dataset data = make_data();
    change(data);
    return refusal_of_writing(data);
  };

  EXPECT_THAT(refusal_after(
                  [](Dataset &d) { d.query.states[4] = std::numeric_limits<double>::infinity(); }),
              HasSubstr("adapt_test.npz: array X: not a finite number"));
  EXPECT_THAT(refusal_after([](Dataset &d) { d.test.states.pop_back(); }),
              HasSubstr("test.npz: array X: has 23 values where 24"));
  EXPECT_THAT(refusal_after([](Dataset &d) { d.test = {}; }), HasSubstr("train and test must"));
  EXPECT_THAT(refusal_after([](Dataset &d) { d.query = {}; }),
              HasSubstr("adapt_train and adapt_test must"));
  EXPECT_THAT(refusal_after([](Dataset &d) { d.state_names = {"u"}; }), HasSubstr("state_names"));
  EXPECT_THAT(refusal_after([](Dataset &d) { d.families[1] = "25"; }), HasSubstr("the same id"));
  EXPECT_THAT(refusal_after([](Dataset &d) { d.units.pop_back(); }), HasSubstr("units has 1"));
  EXPECT_THAT(refusal_after([](Dataset &d) {
                d.support.environments[1].family = d.query.environments[1].family = 2;
              }),
              HasSubstr("environment 1: is of family 2 of 2"));
  EXPECT_THAT(refusal_after([](Dataset &d) { d.support.environments[0].parameters = {1}; }),
              HasSubstr("environment 0: has 1 parameters"));
  EXPECT_THAT(refusal_after([](Dataset &d) {
                d.support.environments[1].parameters[0] = std::numeric_limits<double>::quiet_NaN();
              }),
              HasSubstr("parameter c0 is not a finite number"));
}

TEST(PublishedLayout, AnEarlierDataSetIsReplacedWhole)
{
  TemporaryFolder folder;
  Dataset data = make_data();
  write_published(folder.path(), data);
  data.outside_support = data.outside_query = data.support = data.query = {};

  write_published(folder.path(), data);

  EXPECT_FALSE(std::filesystem::exists(folder / "adapt_train_envs.json"));
  expect_equal(read_published(folder.path()), data);
}

TEST(PublishedLayout, AFolderOfAnotherNamingIsNotWrittenTo)
{
  TemporaryFolder folder;
  write_text(folder / "ood_test.npz", "");

  EXPECT_THAT(refusal([&] { write_published(folder.path(), make_data()); }),
              AllOf(HasSubstr("ood_test.npz: is of another naming"), HasSubstr("empty folder")));
  EXPECT_FALSE(std::filesystem::exists(folder / "train.npz"));
}

}  // namespace
}  // namespace tessera::io
