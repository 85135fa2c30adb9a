#include <array>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/domains/diffusion_sorption.hpp>
#include <tessera/domains/fisher_kpp.hpp>
#include <tessera/domains/pde_family.hpp>
#include <tessera/domains/transport.hpp>

namespace tessera::domains {
namespace {

SpaceTimeGrid const grid{.cells = 4, .levels = 2};

/// u(0, x) of a sample that starts from a constant.
double u0(PdeSample const &sample)
{
  auto const initial = sample.start(grid);
  EXPECT_EQ(initial, std::vector<double>(grid.cells, initial[0]));
  return initial[0];
}

TEST(PdeFamily, TestSamplesAreThoseOfTheTruth)
{
  auto const family = make_diffusion_sorption_family();
  for (std::uint64_t k : {0u, 7u, 999u}) {
    EXPECT_EQ(u0(family->sample(5, "test", k)), diffusion_sorption_start(5, k));
  }
  EXPECT_NE(u0(family->sample(5, "train", 7)), u0(family->sample(5, "test", 7)));
}

TEST(PdeFamily, VariedConstantsStayInTheirRangesAndReachTheEquation)
{
  auto const family = make_varied_diffusion_sorption_family();
  std::vector<double> const u(4, 0.5), second(4, 1.);
  std::array<std::span<double const>, 2> const terms{u, second};
  double lowest = 1, highest = 0;
  for (std::uint64_t k = 0; k < 200; ++k) {
    PdeSample const sample = family->sample(0, "train", k);
    ASSERT_EQ(sample.parameters.size(), family->parameters().size());
    EXPECT_EQ(sample.parameters[0], u0(sample));
    EXPECT_GE(u0(sample), 0);
    EXPECT_LT(u0(sample), 0.2);
    DiffusionSorption problem;
    problem.diffusion = 5e-4 * std::pow(2., sample.parameters[1]);
    problem.exponent = 0.874 * (1 + 0.1 * sample.parameters[2]);
    std::vector<double> rate(4);
    sample.pde->rate(Form::rate, grid, 1, terms, {rate, {}, {}});
    double const expected = problem.diffusion / problem.retardation(0.5);
    EXPECT_NEAR(rate[0], expected, 1e-6 * expected);
    lowest = std::min(lowest, problem.diffusion), highest = std::max(highest, problem.diffusion);
  }
  EXPECT_GE(lowest, 2.5e-4);
  EXPECT_LE(highest, 1e-3);
  EXPECT_GT(highest / lowest, 3.8);
}

TEST(PdeFamily, ASampleDependsOnItsNumberAlone)
{
  auto const one = make_varied_diffusion_sorption_family(),
             other = make_varied_diffusion_sorption_family();
  one->sample(3, "train", 0);
  EXPECT_EQ(one->sample(3, "train", 9).parameters, other->sample(3, "train", 9).parameters);
}

TEST(PdeFamily, AProblemOfASamplesParametersIsThatSample)
{
  auto const fixed = make_diffusion_sorption_family();
  auto const varied = make_varied_diffusion_sorption_family();
  std::vector<double> const u(4, 0.5), second(4, 1.);
  std::array<std::span<double const>, 2> const terms{u, second};
  for (auto const *family : {fixed.get(), varied.get()}) {
    PdeSample const sample = family->sample(2, "train", 5);

    PdeSample const again = family->problem(sample.parameters);

    std::vector<double> one(4), other(4);
    sample.pde->rate(Form::rate, grid, 1, terms, {one, {}, {}});
    again.pde->rate(Form::rate, grid, 1, terms, {other, {}, {}});
    EXPECT_EQ(u0(again), u0(sample));
    EXPECT_EQ(again.parameters, sample.parameters);
    EXPECT_EQ(one, other) << family->name();
  }
}

TEST(PdeFamily, SamplesLieInTheRangesThatAFamilyStates)
{
  std::vector<std::unique_ptr<PdeFamily>> families;
  families.push_back(make_varied_diffusion_sorption_family());
  families.push_back(make_heat_family());
  families.push_back(make_wave_family(make_burgers()));
  families.push_back(make_fisher_kpp_family());
  for (auto const &family : families) {
    auto const ranges = family->ranges();
    ASSERT_EQ(ranges.size(), family->parameters().size());
    for (std::uint64_t k = 0; k < 100; ++k) {
      auto const drawn = family->sample(0, "train", k).parameters;
      for (std::size_t p = 0; p < ranges.size(); ++p) {
        EXPECT_GE(drawn[p], ranges[p].low) << family->name();
        EXPECT_LT(drawn[p], ranges[p].high) << family->name();
      }
    }
  }
}

TEST(PdeFamily, AnInitialFieldOfWavesIsTheSameFunctionOnEveryGrid)
{
  auto const family = make_wave_family(make_burgers());
  auto const sample = family->sample(4, "test", 2);
  // Cells of a grid three times as fine have the middles of the coarse one's.
  SpaceTimeGrid const coarse{.cells = 10}, fine{.cells = 30};

  auto const a = sample.start(coarse), b = sample.start(fine);

  double sum = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_NEAR(a[i], b[3 * i + 1], 1e-14);
    sum += a[i];
  }
  EXPECT_NEAR(sum, 0, 1e-13);
  EXPECT_EQ(family->grid().horizon, 2);
}

TEST(PdeFamily, FamiliesAreMadeByNameWithTheirConstants)
{
  Registry registry;
  register_pde_families(registry);
  auto const make = [&](std::string const &text) {
    Config const config = Config::parse("[data]\n" + text, "x.toml", {});
    Section data = config.section("data");
    auto family = registry.make<PdeFamily>(data, "diffusion_sorption");
    config.finish();
    return family;
  };

  auto const burgers = make("type = \"burgers\"\nviscosity = 0.25\nhorizon = 3.0");

  EXPECT_EQ(burgers->name(), "burgers");
  EXPECT_EQ(burgers->grid().horizon, 3);
  EXPECT_EQ(burgers->problem(std::vector<double>(8, 0.)).pde->frozen_rate(Form::rate)[2], 0.25);
  for (std::string const name : {"heat", "advection", "fisher_kpp", "diffusion_sorption_varied"}) {
    EXPECT_EQ(make("type = \"" + name + "\"")->name(), name);
  }
}

TEST(PdeFamily, AProblemOfAnotherNumberOfParametersOrOfNaNIsRefusedByName)
{
  auto const family = make_varied_diffusion_sorption_family();
  auto const refusal = [&](std::vector<double> const &parameters) -> std::string {
    try {
      family->problem(parameters);
    } catch (InputError const &error) {
      return error.what();
    }
    return "taken";
  };

  EXPECT_THAT(refusal({0.1}), testing::HasSubstr("3 parameters (u0, log2 D, n_f), not 1"));
  EXPECT_THAT(refusal({0.1, std::nan(""), 0}), testing::HasSubstr("log2 D = nan"));
}

}  // namespace
}  // namespace tessera::domains
