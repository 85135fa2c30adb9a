#include <cmath>

#include <gtest/gtest.h>

#include <tessera/constraint/published_loss.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

namespace tessera::constraint {
namespace {

struct PublishedLossTest : ::testing::Test {
  PublishedLossTest()
  {
    auto const family = domains::make_diffusion_sorption_family();
    Rng rng(1, "published_loss");
    for (std::uint64_t k = 0; k < 2; ++k) {
      samples.push_back(family->sample(0, "train", k));
      fields.emplace_back(grid.size());
      for (double &u : fields.back()) u = 0.1 + 0.8 * rng.uniform();
    }
  }
  double length(auto const &at, std::size_t count) const
  {
    double sum = 0;
    for (std::size_t k = 0; k < count; ++k) sum += at(k) * at(k);
    return std::sqrt(sum);
  }
  domains::SpaceTimeGrid grid{.cells = 9, .levels = 7};
  std::vector<domains::PdeSample> samples;
  std::vector<std::vector<double>> fields;
};

TEST_F(PublishedLossTest, BoundaryTermsAreMeansOfNormsOverLevels)
{
  auto const loss = published_loss({}, grid, samples, fields);

  double left = 0, right = 0;
  for (auto const &u : fields) {
    left += length([&](std::size_t n) { return u[n * 9] - 1; }, 7) / 2;
    // D on a grid whose 9 points span 1: u_x is one-sided over 1/8.
    right +=
        length(
            [&](std::size_t n) { return u[n * 9 + 8] - 5e-4 * 8 * (u[n * 9 + 8] - u[n * 9 + 7]); },
            7) /
        2;
  }
  EXPECT_NEAR(loss.left, left, 1e-14);
  EXPECT_NEAR(loss.right, right, 1e-14);
}

TEST_F(PublishedLossTest, InitialTermIsRelativeOverTheBatch)
{
  auto const loss = published_loss({}, grid, samples, fields);

  double above = 0, below = 0;
  for (std::size_t k = 0; k < 2; ++k) {
    auto const initial = samples[k].start(grid);
    for (std::size_t i = 0; i < 9; ++i) {
      above += std::pow(fields[k][i] - initial[i], 2);
      below += std::pow(initial[i], 2);
    }
  }
  EXPECT_NEAR(loss.initial, std::sqrt(above / below), 1e-13);
}

TEST_F(PublishedLossTest, EquationTermOfAPlaneWaveInTimeIsItsSlope)
{
  // u = 0.2 + t/1000: no second difference, central and one-sided slopes both 1e-3.
  auto const t = grid.times();
  for (auto &u : fields) {
    for (std::size_t p = 0; p < u.size(); ++p) u[p] = 0.2 + t[p / 9] / 1000;
  }
  EXPECT_NEAR(published_loss({}, grid, samples, fields).equation, 1e-3 * std::sqrt(63.), 1e-14);
}

TEST_F(PublishedLossTest, DerivativeIsThatOfCentralDifferences)
{
  for (bool const truth : {false, true}) {
    PublishedLossOptions const options{
        .initial = 2, .boundary = 3, .equation = 40, .true_right = truth};
    auto const truths = fields;
    fields[0][8] += 0.01;
    fields[1][17] -= 0.02;
    auto const loss = published_loss(options, grid, samples, fields, truths);
    for (std::size_t p = 0; p < grid.size(); ++p) {
      double const kept = fields[1][p], h = 1e-6;
      auto at = [&](double amount) {
        fields[1][p] = kept + amount;
        return published_loss(options, grid, samples, fields, truths).total;
      };
      double const slope = (at(h) - at(-h)) / (2 * h);
      fields[1][p] = kept;
      EXPECT_NEAR(loss.bar[1][p], slope, 1e-5 * std::max(1., std::abs(slope))) << p << truth;
    }
  }
}

TEST_F(PublishedLossTest, AsksForTheTruthItIsToldToRead)
{
  EXPECT_THROW(published_loss({.true_right = true}, grid, samples, fields), InputError);
}

}  // namespace
}  // namespace tessera::constraint
