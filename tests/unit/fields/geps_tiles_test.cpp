#include <gtest/gtest.h>

#include <tessera/fields/geps_tiles.hpp>

#include <algorithm>
#include <cmath>

#include "support/geps_batch.hpp"

/// The device's tiling against packs on the host: both run the same formulas, so they take the same
/// steps and differ by rounding. Tiles run where Kokkos runs by default: on the host, or (the
/// target device_tests of a CUDA build) on the device.
namespace {

using namespace tessera;
using Device = Kokkos::DefaultExecutionSpace;
using fields::TileOptions;
using twins::GepsBatch;

constexpr int tape_steps = 200;

template <class T>
struct Outcome {
  experts::OdeSolution<T> solution;
  experts::View3<T> cotangent;
  experts::View2<T> gradient, context_bar;

  explicit Outcome(GepsBatch<T> const &problem)
      : solution(problem.batch.size(), problem.batch.times.extent(1), problem.batch.state(),
                 tape_steps),
        cotangent("tessera::test::cotangent", problem.batch.size(), problem.batch.times.extent(1),
                  problem.batch.state()),
        gradient("tessera::test::gradient", problem.rows.extent(0), problem.rows.extent(1)),
        context_bar("tessera::test::context_bar", problem.batch.size(), problem.layout.shape.rank)
  {
    Rng rng(3, "test/cotangent");
    for (std::size_t i = 0; i < cotangent.size(); ++i) {
      cotangent.data()[i] = static_cast<T>(rng.normal());
    }
    Kokkos::deep_copy(gradient, T(7));  // what is there before must not matter
    Kokkos::deep_copy(context_bar, T(7));
  }
};

template <class T>
Outcome<T> by_packs(GepsBatch<T> const &problem, experts::StepControl const &control)
{
  Outcome<T> run(problem);
  problem.bank->integrate({}, problem.rows, problem.batch, control, run.solution);
  problem.bank->pull_back({}, problem.rows, problem.batch, run.solution, run.cotangent,
                          run.gradient, run.context_bar);
  return run;
}

template <class T>
Outcome<T> by_tiles(GepsBatch<T> const &problem, experts::StepControl const &control,
                    TileOptions const &options)
{
  Outcome<T> run(problem);
  Device const space;
  fields::integrate_on<T>(space, problem.layout, problem.rows, problem.batch, control, run.solution,
                          options);
  fields::pull_back_on<T>(space, problem.layout, problem.rows, problem.batch, run.solution,
                          run.cotangent, run.gradient, run.context_bar, options);
  return run;
}

// Largest difference over the largest number.
template <class View>
double difference(View const &a, View const &b)
{
  double largest = 0, scale = 1e-300;
  for (std::size_t i = 0; i < a.size(); ++i) {
    largest = std::max(largest, std::abs(double(a.data()[i]) - double(b.data()[i])));
    scale = std::max(scale, std::abs(double(b.data()[i])));
  }
  return largest / scale;
}

template <class T>
int longest_solve(Outcome<T> const &run)
{
  auto const &attempted = run.solution.attempted;
  return *std::max_element(attempted.data(), attempted.data() + attempted.size());
}

template <class View>
bool same_bits(View const &a, View const &b)
{
  return std::equal(a.data(), a.data() + a.size(), b.data());
}

// Widths and ranks that divide nothing; the queue is longer than a tile, so lanes are refilled.
TEST(GepsTiles, SolveAndPullBackAsPacksDoOnOddSizes)
{
  for (auto const &shape : {fields::GepsShape{.state = 3, .width = 13, .depth = 4, .rank = 3},
                            fields::GepsShape{.state = 1, .width = 7, .depth = 2, .rank = 1},
                            fields::GepsShape{.state = 9, .width = 5, .depth = 3, .rank = 6},
                            fields::GepsShape{.state = 2, .width = 64, .depth = 3, .rank = 4}}) {
    GepsBatch<double> problem(shape, 2, 117, 12, 2.0);
    experts::StepControl const control{.rtol = 1e-5, .atol = 1e-7};

    Outcome<double> const packs = by_packs(problem, control);
    Outcome<double> const tiles = by_tiles(problem, control, {.queue = 50});

    for (int t = 0; t < 117; ++t) {
      ASSERT_EQ(tiles.solution.status(t), Status::ok);
      ASSERT_EQ(tiles.solution.attempted(t), packs.solution.attempted(t));
      ASSERT_EQ(tiles.solution.accepted(t), packs.solution.accepted(t));
    }
    EXPECT_LT(difference(tiles.solution.states, packs.solution.states), 1e-10);
    EXPECT_LT(difference(tiles.gradient, packs.gradient), 1e-10);
    EXPECT_LT(difference(tiles.context_bar, packs.context_bar), 1e-10);
    EXPECT_GE(longest_solve(tiles), 6);
  }
}

TEST(GepsTiles, FloatAgreesWithPacksToItsPrecision)
{
  GepsBatch<float> problem({.state = 2, .width = 20, .depth = 3, .rank = 4}, 3, 70, 8, 0.1);

  Outcome<float> const packs = by_packs(problem, {});
  Outcome<float> const tiles = by_tiles(problem, {}, {});

  EXPECT_LT(difference(tiles.solution.states, packs.solution.states), 1e-4);
  EXPECT_LT(difference(tiles.gradient, packs.gradient), 1e-3);
  EXPECT_LT(difference(tiles.context_bar, packs.context_bar), 1e-3);
}

// Several threads in a team: a missing barrier, or two writers of one number, would show here.
TEST(GepsTiles, ResultsAreTheSameBitsForAnyTeamSize)
{
  if (Device().concurrency() < 2) GTEST_SKIP() << "one thread";
  int const larger = Device().concurrency() > 1000 ? 256 : 2;
  GepsBatch<double> problem({.state = 3, .width = 13, .depth = 3, .rank = 3}, 2, 90, 10, 0.2);

  Outcome<double> const one = by_tiles(problem, {}, {.team_size = 1, .queue = 40});
  Outcome<double> const two = by_tiles(problem, {}, {.team_size = larger, .queue = 40});

  EXPECT_TRUE(same_bits(one.solution.states, two.solution.states));
  EXPECT_TRUE(same_bits(one.gradient, two.gradient));
  EXPECT_TRUE(same_bits(one.context_bar, two.context_bar));
}

TEST(GepsTiles, StatesDoNotDependOnTheQueue)
{
  GepsBatch<double> problem({.state = 2, .width = 9, .depth = 3, .rank = 2}, 2, 75, 9, 0.2);

  Outcome<double> const short_queue = by_tiles(problem, {}, {.queue = 5});
  Outcome<double> const long_queue = by_tiles(problem, {}, {.queue = 75});

  EXPECT_TRUE(same_bits(short_queue.solution.states, long_queue.solution.states));
  EXPECT_LT(difference(short_queue.gradient, long_queue.gradient), 1e-12);
}

TEST(GepsTiles, AFailedTrajectoryIsNamedAndGivesNoGradient)
{
  GepsBatch<double> problem({.state = 2, .width = 9, .depth = 3, .rank = 2}, 1, 40, 9, 0.2);
  problem.batch.initial(11, 0) = std::nan("");

  Outcome<double> const packs = by_packs(problem, {});
  Outcome<double> const tiles = by_tiles(problem, {}, {});

  EXPECT_EQ(tiles.solution.status(11), packs.solution.status(11));
  EXPECT_NE(tiles.solution.status(11), Status::ok);
  EXPECT_EQ(tiles.context_bar(11, 0), 0);
  EXPECT_LT(difference(tiles.gradient, packs.gradient), 1e-10);
}

TEST(GepsTiles, GiveUpBeyondABoundWherePacksDo)
{
  GepsBatch<double> problem({.state = 2, .width = 9, .depth = 3, .rank = 2}, 1, 40, 9, 0.2);
  problem.batch.truth = experts::View3<double>("tessera::test::truth", 40, 9, 2);
  problem.batch.bound = experts::View1<double>("tessera::test::bound", 40);
  for (int t = 0; t < 40; ++t) problem.batch.bound(t) = 0.2 * t;

  Outcome<double> const packs = by_packs(problem, {});
  Outcome<double> const tiles = by_tiles(problem, {}, {});

  int outdone = 0;
  for (int t = 0; t < 40; ++t) {
    ASSERT_EQ(tiles.solution.status(t), packs.solution.status(t)) << t;
    ASSERT_EQ(tiles.solution.attempted(t), packs.solution.attempted(t)) << t;
    outdone += packs.solution.status(t) == Status::outdone;
  }
  EXPECT_GT(outdone, 0);
  EXPECT_LT(outdone, 40);
}

}  // namespace
