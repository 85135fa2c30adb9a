#include <cmath>
#include <fstream>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/io/pdebench.hpp>
#include <tessera/model/run_kind.hpp>
#include <tessera/model/sink.hpp>

#include "support/refusal.hpp"
#include "support/run_config.hpp"
#include "unit/io/temporary_folder.hpp"

namespace tessera::model {
namespace {

/// One small run for all tests of this file.
class TrainedPlaces : public testing::Test {
 protected:
  static void SetUpTestSuite()
  {
    folder_ = new TemporaryFolder;
    train("run", {});
  }
  static void TearDownTestSuite() { delete folder_; }

  static void train(std::string const &name, std::vector<std::string> overrides)
  {
    twins::run_config(folder_->path(), twins::small_place, name, std::move(overrides));
  }
  static void train(std::string const &name, std::vector<std::string> overrides,
                    Registry const &registry)
  {
    twins::run_config(folder_->path(), twins::small_place, name, std::move(overrides), registry);
  }
  static std::filesystem::path folder(std::string const &name = "run") { return *folder_ / name; }

  /// Sample k of a file of fields.
  static std::vector<double> field(std::filesystem::path const &file, std::size_t k)
  {
    io::PdebenchFile const fields(file);
    std::vector<double> values(fields.grid().size());
    fields.read(k, values, -1);
    return values;
  }
  /// What stored the field rounded it to.
  static std::vector<double> rounded(std::vector<double> values)
  {
    for (double &value : values) value = double(float(value));
    return values;
  }

 private:
  static inline TemporaryFolder *folder_ = nullptr;
};

TEST_F(TrainedPlaces, SolveToTheBitAsTheirRunPredicted)
{
  PlaceModel const model = PlaceModel::load(folder());

  for (std::size_t k : {0u, 2u}) {
    double const u0 = field(folder("data.h5"), k)[0];
    PlaceSolution const found = model.solve(model.problem({u0}));

    EXPECT_TRUE(found.converged);
    EXPECT_GT(found.iterations, 0);
    EXPECT_EQ(rounded(found.field), field(folder("run/predictions.h5"), k)) << k;
  }
}

TEST_F(TrainedPlaces, SolveManyProblemsAsEachAlone)
{
  PlaceModel const model = PlaceModel::load(folder());
  std::vector<domains::PdeSample> problems;
  for (int k = 0; k < 67; ++k) problems.push_back(model.problem({0.05 + 0.002 * k}));

  auto const together = model.solve(problems);

  ASSERT_EQ(together.size(), 67u);
  for (std::size_t k : {0u, 1u, 66u}) {
    EXPECT_EQ(together[k].field, model.solve(problems[k]).field) << k;
  }
}

TEST_F(TrainedPlaces, SayWhatTheyWereTrainedOn)
{
  PlaceModel const model = PlaceModel::load(folder());

  EXPECT_EQ(model.title(), "small");
  EXPECT_EQ(model.steps(), 3);
  EXPECT_EQ(model.parameters(), std::vector<std::string>{"u0"});
  EXPECT_EQ(model.ranges().front().high, 0.2);
  EXPECT_EQ(model.grid(), (domains::SpaceTimeGrid{.cells = 32, .levels = 21}));
}

TEST_F(TrainedPlaces, AnAnswerWithoutAConstraintIsLoadedToo)
{
  train("soft", {"train.method=pi_sc", "experts.in_space=1", "network.functions=1"});
  PlaceModel const model = PlaceModel::load(folder("soft"));
  double const u0 = field(folder("data.h5"), 1)[0];

  PlaceSolution const found = model.solve(model.problem({u0}));

  EXPECT_EQ(rounded(found.field), field(folder("soft/predictions.h5"), 1));
  EXPECT_EQ(found.iterations, 0);
}

TEST_F(TrainedPlaces, TheKindOfTheRunPicksTheModel)
{
  Registry registry;
  register_builtins(registry);

  EXPECT_TRUE(std::holds_alternative<PlaceModel>(load_model(folder(), registry)));
  EXPECT_THAT(refusal([] { Model::load(folder()); }), testing::HasSubstr("a run of type place"));
}

/// A sink of somebody else's: it counts what it is shown.
class Counter final : public Sink {
 public:
  Counter(std::size_t &fields, std::size_t &errors) : fields_(fields), errors_(errors) {}
  void write_place(PlaceResult const &result, io::RunFolder const &) const override
  {
    fields_ = result.solutions.size();
    errors_ = result.errors.size();
  }

 private:
  std::size_t &fields_, &errors_;
};

TEST_F(TrainedPlaces, ASinkOfTheUsersOwnIsShownFieldsAndErrors)
{
  std::size_t fields = 0, errors = 0;
  Registry registry;
  register_builtins(registry);
  registry.add<Sink>("counter", "counts",
                     [&](Section &) { return std::make_unique<Counter>(fields, errors); });

  train("counted", {"output.sinks=[\"counter\"]", "test.baselines=[\"legendre\"]"}, registry);

  EXPECT_EQ(fields, 3u);
  EXPECT_EQ(errors, 2u);
  EXPECT_FALSE(std::filesystem::exists(folder("counted") / "predictions.h5"));
}

TEST_F(TrainedPlaces, ProblemsAndFoldersThatCannotBeUsedAreRefused)
{
  PlaceModel const model = PlaceModel::load(folder());
  std::filesystem::copy(folder(), folder("bare"), std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(folder("bare") / "checkpoints");
  std::filesystem::create_directory(folder("oracle"));
  std::ofstream(folder("oracle") / "config.resolved.toml") << "[oracle]\nfields = 3\n";
  Registry registry;
  register_builtins(registry);

  EXPECT_THAT(refusal([&] { model.problem({0.1, 1}); }), testing::HasSubstr("(u0), not 2"));
  EXPECT_THAT(refusal([&] { model.problem({std::nan("")}); }), testing::HasSubstr("u0 = nan"));
  EXPECT_THAT(refusal([] { PlaceModel::load(folder("none")); }),
              testing::HasSubstr("folder of a run"));
  EXPECT_THAT(refusal([] { PlaceModel::load(folder("bare")); }),
              testing::HasSubstr("no checkpoint"));
  EXPECT_THAT(refusal([] { PlaceModel::load(folder("oracle")); }),
              testing::HasSubstr("a run of type oracle"));
  EXPECT_THAT(refusal([&] { load_model(folder("oracle"), registry); }),
              testing::HasSubstr("left no model"));
}

}  // namespace
}  // namespace tessera::model
