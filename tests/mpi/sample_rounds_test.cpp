#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/domains/diffusion_sorption.hpp>
#include <tessera/domains/sample_rounds.hpp>

namespace tessera::domains {
namespace {

MPI_Comm const world = MPI_COMM_WORLD;

int rank()
{
  int rank = 0;
  MPI_Comm_rank(world, &rank);
  return rank;
}

TEST(SampleRounds, HandRankZeroEverySampleInOrder)
{
  std::vector<std::size_t> taken;
  std::vector<double> values;
  SampleWork const work{.numbers = 2,
                        .make =
                            [](std::size_t sample, std::span<double> out) {
                              out[0] = double(sample);
                              out[1] = double(10 * sample);
                            },
                        .take =
                            [&](std::size_t sample, std::span<double const> in) {
                              taken.push_back(sample);
                              values.insert(values.end(), in.begin(), in.end());
                            }};

  work_in_rounds(world, {3, 8}, work);

  if (rank() != 0) {
    EXPECT_TRUE(taken.empty());
    return;
  }
  EXPECT_THAT(taken, testing::ElementsAre(3, 4, 5, 6, 7));
  EXPECT_THAT(values, testing::ElementsAre(3, 30, 4, 40, 5, 50, 6, 60, 7, 70));
}

TEST(SampleRounds, AFailureAnywhereIsThrownEverywhere)
{
  auto const nothing = [](std::size_t, auto) {};
  auto const failing = [](std::size_t sample, auto) {
    if (sample == 4) throw IoError("sample 4");
  };

  EXPECT_THROW(work_in_rounds(world, {0, 7}, {1, failing, nothing}), IoError);
  EXPECT_THROW(work_in_rounds(world, {0, 7}, {1, nothing, failing}), IoError);
}

TEST(SampleRounds, EndTogetherWhenOneRankIsAskedToStop)
{
  auto const nothing = [](std::size_t, auto) {};
  auto const stopping = [](std::size_t sample, auto) {
    if (sample == 1) request_stop();
  };

  EXPECT_THROW(work_in_rounds(world, {0, 50}, {1, stopping, nothing}), Error);

  clear_stop();
}

TEST(SampleRounds, TruthHasTheSameBitsOnAnyNumberOfRanks)
{
  SpaceTimeGrid const grid{.cells = 64};
  auto const initial = [&](std::size_t sample) {
    return std::vector<double>(grid.cells, diffusion_sorption_start(7, sample));
  };
  std::string verdicts;
  SampleWork const work{.numbers = grid.size(),
                        .make =
                            [&](std::size_t sample, std::span<double> field) {
                              diffusion_sorption_truth({}, grid, initial(sample), field);
                            },
                        .take =
                            [&](std::size_t, std::span<double const> field) {
                              std::vector<double> alone(grid.size());
                              std::size_t const sample = 5 + verdicts.size();
                              diffusion_sorption_truth({}, grid, initial(sample), alone);
                              verdicts +=
                                  std::equal(alone.begin(), alone.end(), field.begin()) ? '=' : 'x';
                            }};

  work_in_rounds(world, {5, 10}, work);

  EXPECT_EQ(verdicts, rank() == 0 ? "=====" : "");
}

}  // namespace
}  // namespace tessera::domains
