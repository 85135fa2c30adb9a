#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <tessera/io/dataset_file.hpp>
#include <tessera/io/pdebench.hpp>
#include <tessera/model/experiment.hpp>

#include "support/run_config.hpp"
#include "unit/io/temporary_folder.hpp"

// Every figure of summary.json again, by plain loops, from what else a run leaves: the data and
// predictions.h5. The formulas are those of the README and of "definitions" in the summary.

namespace tessera::model {
namespace {

using Json = nlohmann::json;
using Vector = std::vector<double>;

double mean_of(Vector const &v)
{
  return std::accumulate(v.begin(), v.end(), 0.0) / double(v.size());
}

double deviation_of(Vector const &v)
{
  double squares = 0;
  for (double x : v) squares += (x - mean_of(v)) * (x - mean_of(v));
  return std::sqrt(squares / double(v.size()));
}

double median_of(Vector v)
{
  std::sort(v.begin(), v.end());
  std::size_t const n = v.size();
  return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

struct ReportedNumbers : testing::Test {
  Json run_with(std::string const &config, std::string const &out,
                std::vector<std::string> const &overrides)
  {
    EXPECT_EQ(twins::run_config(folder.path(), config, out, overrides), Outcome::done);
    std::ifstream file(folder / out / "summary.json");
    return Json::parse(file);
  }

  TemporaryFolder folder;
};

constexpr char mixture[] = R"(
[data]
setting = "small-4"
test_starts = 3
[experts]
count = 4
width = 8
depth = 2
[train]
outer_steps = 4
warmup = 2
inner_context = 1
inner_model = 1
[solver]
max_steps = 40
[adapt]
search_steps = 2
polish_steps = 2
[output]
sinks = ["predictions"]
)";

// Errors of one split by environment, from true and predicted states.
struct Errors {
  Vector mse, relative;
  int zero = 0;  // trajectories that are predicted as zero from their second time on

  Errors(domains::Trajectories const &truth, domains::Trajectories const &found)
  {
    std::size_t const d = truth.dimension;
    for (std::size_t e = 0; e < truth.size(); ++e) {
      double squares = 0, ratio = 0;
      for (std::size_t j = 0; j < truth.count; ++j) {
        bool all_zero = true;
        for (std::size_t k = 0; k < truth.points; ++k) {
          auto const x = truth.state(e, j, k), y = found.state(e, j, k);
          double error = 0, size = 0;
          for (std::size_t i = 0; i < d; ++i) {
            error += (y[i] - x[i]) * (y[i] - x[i]);
            size += std::pow(std::max(std::abs(x[i]), 1e-6), 2);
            all_zero = all_zero && y[i] == 0;
          }
          squares += error;
          ratio += error / size;
        }
        zero += all_zero;
      }
      double const rows = double(truth.count * truth.points);
      mse.push_back(squares / (rows * double(d)));
      relative.push_back(ratio / rows);
    }
  }
};

// Of all states but the starts.
double share_in_bands(domains::Trajectories const &truth, domains::Trajectories const &found)
{
  double inside = 0, count = 0;
  for (std::size_t n = 0; n < truth.states.size(); ++n) {
    if (n / truth.dimension % truth.points == 0 || std::isnan(found.deviation.at(n))) continue;
    inside +=
        std::abs(truth.states[n] - found.states[n]) <= 1.6448536269514722 * found.deviation[n];
    ++count;
  }
  return inside / count;
}

void expect_figures(Json const &told, Errors const &errors)
{
  auto const near = [&](char const *name, double value) {
    EXPECT_NEAR(told.at(name), value, 1e-9 * std::abs(value)) << name;
  };
  near("mse_mean", mean_of(errors.mse));
  near("mse_median", median_of(errors.mse));
  near("rel_l2_mean", mean_of(errors.relative));
  near("rel_l2_std", deviation_of(errors.relative));
  near("rel_l2_median", median_of(errors.relative));
  auto const good = std::count_if(errors.relative.begin(), errors.relative.end(),
                                  [](double r) { return r < 0.1; });
  near("tprmse", double(good) / double(errors.relative.size()));
  EXPECT_EQ(told.at("failed"), errors.zero);
}

TEST_F(ReportedNumbers, OfAMixtureFollowFromItsPredictions)
{
  Json const summary = run_with(mixture, "out", {});

  auto const truth = io::read_dataset(folder / "data.h5");
  auto const found = io::read_dataset(folder / "out/predictions.h5");
  expect_figures(summary.at("test"), {truth.test, found.test});
  expect_figures(summary.at("adapt"), {truth.query, found.query});
  expect_figures(summary.at("adapt_outside"), {truth.outside_query, found.outside_query});
  EXPECT_DOUBLE_EQ(summary.at("adapt").at("coverage"), share_in_bands(truth.query, found.query));
}

TEST_F(ReportedNumbers, ATrajectoryThatCannotBeFollowedIsScoredAsPredictingZero)
{
  Json const summary = run_with(
      mixture, "out",
      {"solver.max_steps=9", "solver.rtol=1e-6", "solver.atol=1e-6", "train.window_max=8"});

  auto const truth = io::read_dataset(folder / "data.h5");
  auto const found = io::read_dataset(folder / "out/predictions.h5");
  Errors const errors(truth.test, found.test);
  ASSERT_GT(errors.zero, 0);
  ASSERT_LT(errors.zero, int(truth.test.size() * truth.test.count));
  expect_figures(summary.at("test"), errors);
}

// twins::small_place with what these tests look at.
std::vector<std::string> place_with(std::vector<std::string> overrides = {})
{
  overrides.insert(overrides.end(),
                   {"train.steps=4", "optimizer.rate=1e-2", "test.queries=1", "test.after=240.0",
                    "output.sinks=[\"predictions\"]", "output.predictions=3"});
  return overrides;
}

// Relative L2 errors of samples over the levels from `first` on.
Vector relative_errors(io::PdebenchFile const &truth, io::PdebenchFile const &found,
                       std::size_t first)
{
  auto const grid = truth.grid();
  Vector errors, x(grid.levels * grid.cells), y(x);
  for (std::size_t k = 0; k < found.samples().size(); ++k) {
    truth.read(truth.samples()[k], x);
    found.read(found.samples()[k], y, -1);
    double difference = 0, size = 0;
    for (std::size_t p = first * grid.cells; p < x.size(); ++p) {
      difference += (y[p] - x[p]) * (y[p] - x[p]);
      size += x[p] * x[p];
    }
    errors.push_back(std::sqrt(difference / size));
  }
  return errors;
}

TEST_F(ReportedNumbers, OfARunByPlaceFollowFromItsFields)
{
  Json const summary = run_with(twins::small_place, "out", place_with());

  io::PdebenchFile const truth(folder / "data.h5"), found(folder / "out/predictions.h5");
  ASSERT_EQ(found.samples().size(), 3U);
  Vector const all = relative_errors(truth, found, 0);
  Json const &test = summary.at("test");
  auto const near = [&](char const *name, double value) {
    EXPECT_NEAR(test.at(name), value, 1e-4 * value) << name;
  };
  near("rel_l2_mean", mean_of(all));
  near("rel_l2_std", deviation_of(all));
  near("rel_l2_median", median_of(all));
  near("rel_l2_max", *std::max_element(all.begin(), all.end()));
  // Of 21 levels to 500 s the eleventh has t = 250 s, the first behind 240 s.
  near("rel_l2_after_mean", mean_of(relative_errors(truth, found, 10)));
  EXPECT_EQ(test.at("samples"), 3);
}

TEST_F(ReportedNumbers, LevelsOfTrainingAndOfTheTestsRowsCount)
{
  Json const whole = run_with(twins::small_place, "whole", place_with());
  Json const rows = run_with(twins::small_place, "rows", place_with({"test.last_level=11"}));
  Json const short_training =
      run_with(twins::small_place, "short", place_with({"train.levels=11"}));

  auto const digest = [](Json const &s) { return s.at("train").at("parameters_digest"); };
  EXPECT_EQ(digest(rows), digest(whole));
  EXPECT_LT(rows.at("constraint").at("residual_norm_mean"),
            whole.at("constraint").at("residual_norm_mean"));
  EXPECT_NE(rows.at("test").at("rel_l2_mean"), whole.at("test").at("rel_l2_mean"));
  EXPECT_NE(digest(short_training), digest(whole));
}

}  // namespace
}  // namespace tessera::model
