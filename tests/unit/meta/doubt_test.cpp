#include <gtest/gtest.h>

#include <cmath>

#include <tessera/fields/geps.hpp>
#include <tessera/meta/doubt.hpp>
#include <tessera/meta/evaluation.hpp>

#include "support/lines_bank.hpp"

namespace {

using namespace tessera;
using namespace tessera::meta;
using twins::Lines;

constexpr double noise = 0.05;

// Lines over [0, 1] with slopes of mean 0.5 and deviation 0.3.
struct DoubtOfLines : ::testing::Test {
  static constexpr std::size_t systems = 120, points = 31;
  std::shared_ptr<Lines> bank = std::make_shared<Lines>();
  Mixture<double> mixture{bank, 1, systems, true, 3};
  AdaptOptions options{.method = "levenberg_marquardt", .iterations = 10, .prior = 1e-4};
  Rng rng{11, "test/doubt"};
  std::vector<double> slopes = draw(systems);

  DoubtOfLines()
  {
    for (std::size_t e = 0; e < systems; ++e) mixture.slice(e, 0)[0] = slopes[e];
  }

  std::vector<double> draw(std::size_t count)
  {
    std::vector<double> drawn;
    for (std::size_t e = 0; e < count; ++e) drawn.push_back(0.5 + 0.3 * rng.normal());
    return drawn;
  }

  domains::Trajectories lines(std::vector<double> const &of, std::size_t count, std::size_t length,
                              double noisy, double bend = 0)
  {
    domains::Trajectories data;
    data.environments.resize(of.size());
    data.count = count;
    data.points = length;
    data.dimension = 1;
    for (double slope : of) {
      for (std::size_t k = 0; k < length; ++k) data.times.push_back(double(k) / double(points - 1));
      for (std::size_t j = 0; j < count; ++j) {
        for (std::size_t k = 0; k < length; ++k) {
          double const t = double(k) / double(points - 1);
          data.states.push_back(double(j) + slope * t + bend * t * t + noisy * rng.normal());
        }
      }
    }
    return data;
  }

  Doubt rehearsed() { return rehearse(mixture, lines(slopes, 4, points, noise), options, {}); }
};

TEST_F(DoubtOfLines, TheCovarianceIsThatOfTheLinearEstimate)
{
  Doubt doubt{.dimension = 1,
              .noise = {noise},
              .drift = std::vector<double>(10, 0.0),
              .horizon = {1},
              .most_misfit = {1},
              .most_distance = {1}};
  auto const support = lines({0.7}, 1, 11, 0);
  Adapted found{.expert = {0}, .contexts = {0.7}};

  tell_doubt(mixture, doubt, support, options, {}, found);

  double mean = 0, spread = 0, squares = 0, sum = 0;
  for (double slope : slopes) mean += slope / systems;
  for (double slope : slopes) spread += (slope - mean) * (slope - mean) / systems;
  for (int k = 1; k < 11; ++k) squares += k * k / 900.0, sum += k / 30.0;
  double const variance = noise * noise * 10 / 20;  // ten residuals of zero beside ten known ones
  double const w = options.prior / (1.01 * spread);
  double const a = squares / 11 + w, b = variance * (squares + sum * sum) / 121;
  double const expected = (b + w * w * 1.01 * spread) / (a * a);
  ASSERT_EQ(found.covariance.size(), 1u);
  EXPECT_NEAR(found.covariance[0] / expected, 1, 1e-6);
  auto const band = deviations(mixture, doubt, support, {0}, {0.7}, {expected}, {});
  for (int k = 0; k < 11; ++k) EXPECT_NEAR(band[k], k / 30.0 * std::sqrt(expected), 1e-12);
}

TEST_F(DoubtOfLines, ARehearsalFindsTheNoiseNoDriftAndBandsThatNeedNoFactor)
{
  Doubt const doubt = rehearsed();

  EXPECT_NEAR(doubt.noise[0], noise, 0.1 * noise);
  for (double drift : doubt.drift) EXPECT_LT(drift, 0.5 * noise);
  EXPECT_NEAR(doubt.factor, 1, 0.15);
}

TEST_F(DoubtOfLines, NineTenthsOfTheTruthOfNewSystemsLieInTheirBands)
{
  Doubt const doubt = rehearsed();
  auto const of = draw(400);
  auto const support = lines(of, 1, points / 3 + 1, noise), query = lines(of, 1, points, 0);

  Adapted found = adapt(mixture, support, options, {});
  tell_doubt(mixture, doubt, support, options, {}, found);
  auto const band =
      deviations(mixture, doubt, query, found.expert, found.contexts, found.covariance, {});
  auto const states = predict(mixture, query, found.expert, found.contexts, {}).states;

  EXPECT_NEAR(coverage(states, band, query), 0.9, 0.05);
}

TEST_F(DoubtOfLines, WhatNoExpertDescribesIsForeignAndWhatTheyKnowIsNot)
{
  Doubt const doubt = rehearsed();
  auto const of = draw(50);
  auto const known = lines(of, 1, points, noise), bent = lines(of, 1, points, noise, 2);

  Adapted own = adapt(mixture, known, options, {}), other = adapt(mixture, bent, options, {});
  tell_doubt(mixture, doubt, known, options, {}, own);
  tell_doubt(mixture, doubt, bent, options, {}, other);

  EXPECT_LE(std::count(own.foreign.begin(), own.foreign.end(), 1), 2);
  EXPECT_EQ(std::count(other.foreign.begin(), other.foreign.end(), 1), 50);
}

TEST_F(DoubtOfLines, WithoutTangentsNothingIsKnown)
{
  bank->tangents = false;
  Adapted found{.expert = {0}, .contexts = {0.7}};

  Doubt const doubt = rehearsed();
  tell_doubt(mixture, doubt, lines({0.7}, 1, 11, 0), options, {}, found);

  EXPECT_FALSE(doubt.known());
  EXPECT_TRUE(found.covariance.empty());
}

TEST(Doubt, DriftGoesFromNothingThroughTheMiddlesOfPartsAndOnBeyondTheHorizon)
{
  Doubt doubt{
      .dimension = 1, .noise = {0}, .drift = {1, 3, 3, 3, 3, 3, 3, 3, 3, 4}, .horizon = {10}};

  EXPECT_DOUBLE_EQ(doubt.drift_at(0, 0, 0), 0);
  EXPECT_DOUBLE_EQ(doubt.drift_at(0, 0.5, 0), 1);
  EXPECT_DOUBLE_EQ(doubt.drift_at(0, 1, 0), 2);
  EXPECT_DOUBLE_EQ(doubt.drift_at(0, 9.75, 0), 4);
  EXPECT_DOUBLE_EQ(doubt.drift_at(0, 20, 0), 8);
}

TEST(Doubt, DeviationsAreTheContextsPushedThroughTheSolution)
{
  std::shared_ptr<experts::ExpertBank<double>> const bank =
      fields::make_geps_bank<double>({.state = 2, .width = 9, .depth = 3, .rank = 2});
  Mixture<double> const mixture(bank, 1, 2, true, 5);
  experts::StepControl const tight{.rtol = 1e-11, .atol = 1e-11};
  Doubt const doubt{.dimension = 2,
                    .noise = {0, 0},
                    .drift = std::vector<double>(20, 0.3),
                    .horizon = {1},
                    .most_misfit = {1},
                    .most_distance = {1}};
  domains::Trajectories data;
  data.environments.resize(1);
  data.count = 1;
  data.points = 11;
  data.dimension = 2;
  for (int k = 0; k < 11; ++k) data.times.push_back(0.1 * k);
  data.states.assign(22, 0.5);
  std::vector<double> const covariance{0.5, 0.2, 0.2, 0.4};

  auto const found = deviations(mixture, doubt, data, {0}, {0.3, -0.2}, covariance, tight);

  std::vector<std::vector<double>> slope;
  for (int r = 0; r < 2; ++r) {
    double const h = 1e-4;
    std::vector<double> up{0.3, -0.2}, down = up;
    up[r] += h, down[r] -= h;
    auto const above = predict(mixture, data, {0}, up, tight).states;
    auto const below = predict(mixture, data, {0}, down, tight).states;
    for (std::size_t n = 0; n < 22; ++n) {
      if (r == 0) slope.push_back({});
      slope[n].push_back((above[n] - below[n]) / (2 * h));
    }
  }
  for (std::size_t n = 2; n < 22; ++n) {
    auto const &s = slope[n];
    double const context = 0.5 * s[0] * s[0] + 0.4 * s[1] * s[1] + 0.4 * s[0] * s[1];
    double const drift = doubt.drift_at(0, 0.1 * double(n / 2), n % 2);
    EXPECT_NEAR(found[n], std::sqrt(context + drift * drift), 1e-6) << n;
  }
}

}  // namespace
