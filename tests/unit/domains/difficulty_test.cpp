#include <gtest/gtest.h>

#include <cmath>

#include <tessera/domains/difficulty.hpp>

#include "odebench_sets.hpp"

namespace {

using namespace tessera::domains;

// Root mean square of a minus b over those of component i, and that of b about its mean.
std::pair<double, double> sizes(Trajectories const &a, Trajectories const &b, std::size_t e,
                                std::size_t i)
{
  std::size_t const rows = b.count * b.points, d = b.dimension;
  double mean = 0, difference = 0, spread = 0;
  for (std::size_t k = 0; k < rows; ++k) mean += b.states[(e * rows + k) * d + i] / double(rows);
  for (std::size_t k = 0; k < rows; ++k) {
    double const x = b.states[(e * rows + k) * d + i];
    difference += std::pow(a.states[(e * rows + k) * d + i] - x, 2) / double(rows);
    spread += std::pow(x - mean, 2) / double(rows);
  }
  return {std::sqrt(difference), std::sqrt(spread)};
}

TEST(Difficulty, NoiseIsAShareOfEachComponentsDeviationOnWhatIsLearntFromAlone)
{
  Dataset const easy = make_small("small-4");
  Dataset hard = easy;

  make_harder(hard, {.noise = 0.05}, 7);

  for (std::size_t e = 0; e < easy.train.size(); ++e) {
    for (std::size_t i = 0; i < 2; ++i) {
      auto const [noise, spread] = sizes(hard.train, easy.train, e, i);
      EXPECT_NEAR(noise / spread, 0.05, 0.01) << "environment " << e << ", component " << i;
    }
  }
  EXPECT_NE(hard.support.states, easy.support.states);
  EXPECT_EQ(hard.test.states, easy.test.states);
  EXPECT_EQ(hard.query.states, easy.query.states);
}

TEST(Difficulty, NoiseIsTheSeedsAlone)
{
  Dataset a = make_small("small-4"), b = a, c = a;

  make_harder(a, {.noise = 0.1}, 1);
  make_harder(b, {.noise = 0.1}, 1);
  make_harder(c, {.noise = 0.1}, 2);

  EXPECT_EQ(a.train.states, b.train.states);
  EXPECT_NE(a.train.states, c.train.states);
}

TEST(Difficulty, KeepsThatManySystemsOfEachFamilyInTrainingAndTestAlike)
{
  Dataset data = make_small("small-4");
  std::vector<std::size_t> count(data.families.size(), 0);

  make_harder(data, {.keep = 2}, 0);

  for (auto const &environment : data.train.environments) {
    ++count[static_cast<std::size_t>(environment.family)];
  }
  for (std::size_t n : count) EXPECT_EQ(n, 2U);
  ASSERT_EQ(data.test.size(), data.train.size());
  for (std::size_t e = 0; e < data.test.size(); ++e) {
    EXPECT_EQ(data.test.environments[e].parameters, data.train.environments[e].parameters);
  }
}

}  // namespace
