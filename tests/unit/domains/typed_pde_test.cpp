#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/domains/fisher_kpp.hpp>
#include <tessera/domains/transport.hpp>
#include <tessera/domains/typed_pde.hpp>

namespace tessera::domains {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::unique_ptr<PdeFamily> family_of(std::string const &text)
{
  Config const config = Config::parse(text, "own.toml");
  auto family = read_typed_family(config.section("equation"), config.section("boundary"),
                                  config.section("initial"));
  config.finish();
  return family;
}

/// The message of the error that reading the text ends in.
std::string refusal(std::string const &text)
{
  try {
    family_of(text);
  } catch (InputError const &error) {
    return error.what();
  }
  return "taken";
}

std::string const hump =
    "[equation]\n"
    "name = \"fisher_kpp\"\n"
    "quantity = \"Density\"\n"
    "rate = \"D*u_xx + r*u - r*u^2\"\n"
    "parameters = { D = 2e-3, r = 8, height = [0.2, 1], middle = [0.25, 0.75] }\n"
    "[initial]\n"
    "field = \"height*exp(-100*(x - middle)^2)\"\n";
std::string const waves =
    "[equation]\n"
    "rate = \"nu*u_xx - u*u_x\"\n"
    "parameters = { nu = [0.01, 0.02] }\n"
    "[boundary]\n"
    "left = \"periodic\"\n"
    "[initial]\n"
    "field = \"sin(2*pi*x)\"\n";

/// Values of u and of two or three terms at odd many cells.
std::vector<std::vector<double>> some_terms(std::size_t count)
{
  std::vector<std::vector<double>> terms(count, std::vector<double>(37));
  Rng rng(3, "test/terms");
  for (auto &term : terms) {
    for (double &value : term) value = rng.uniform(-1, 1);
  }
  return terms;
}

void expect_alike(Pde const &typed, Pde const &compiled, std::size_t count)
{
  SpaceTimeGrid const grid{.cells = 37, .levels = 4};
  auto const numbers = some_terms(count + 1);
  for (bool residual : {false, true}) {
    std::size_t const n = count + residual, curves = n * (n + 1) / 2;
    std::vector<std::span<double const>> terms(numbers.begin(), numbers.begin() + long(n));
    std::vector<double> value(37), slope(37 * n), curve(37 * curves), a, b;
    for (Pde const *pde : {&typed, &compiled}) {
      PointValues const out{value, slope, curve};
      if (residual) {
        pde->residual(grid, 0.5, 0, terms, out);
      } else {
        pde->rate(Form::rate, grid, 0.5, terms, out);
      }
      auto &all = pde == &typed ? a : b;
      for (auto const &list : {value, slope, curve}) {
        all.insert(all.end(), list.begin(), list.end());
      }
    }
    for (std::size_t k = 0; k < a.size(); ++k) {
      EXPECT_NEAR(a[k], b[k], 1e-13 * (1 + std::abs(b[k]))) << residual << " " << k;
    }
  }
}

TEST(TypedPde, IsTheCompiledOneOfTheSameFormula)
{
  auto const fisher = family_of(hump)->problem({0.5, 0.4});
  expect_alike(*fisher.pde, *make_fisher_kpp(2e-3, 8), 2);
  expect_alike(*family_of(waves)->problem({0.015}).pde, *make_burgers(0.015), 3);
  EXPECT_EQ(fisher.pde->quantity(), "Density");
  EXPECT_FALSE(fisher.pde->linear());
}

TEST(TypedPde, HasTheSameTrueFieldsAsTheCompiledOne)
{
  SpaceTimeGrid const grid{.cells = 32, .levels = 6};
  std::vector<double> typed(grid.size()), compiled(grid.size());
  family_of(hump)->problem({0.5, 0.4}).truth(grid, typed);
  make_fisher_kpp_family(2e-3, 8)->problem({0.5, 0.4}).truth(grid, compiled);

  EXPECT_LT(relative_l2(typed, compiled), 1e-12);
}

TEST(TypedPde, IsLinearWhereNoProductOfTermsIsInIt)
{
  auto const rate = [](char const *text) {
    return "[equation]\nrate = \"" + std::string(text) +
           "\"\nparameters = { D = [1, 2] }\n[initial]\nfield = \"x\"\n";
  };

  EXPECT_TRUE(family_of(rate("D*u_xx - x*u_x + sin(x)*u + D"))->problem({1}).pde->linear());
  EXPECT_FALSE(family_of(rate("D*u*u_xx"))->problem({1}).pde->linear());
}

TEST(TypedPde, DrawsItsParametersAndTellsThemInUnitsOfAboutOne)
{
  auto const family = family_of(hump);
  EXPECT_EQ(family->parameters(), (std::vector<std::string>{"height", "middle"}));

  PdeSample const sample = family->sample(0, "train", 3), other = family->sample(0, "test", 3);

  EXPECT_NE(sample.parameters, other.parameters);
  EXPECT_DOUBLE_EQ(sample.told[1], (sample.parameters[1] - 0.5) / 0.25);
  auto const u = sample.start({.cells = 3});
  double const off = 0.5 - sample.parameters[1];
  EXPECT_NEAR(u[1], sample.parameters[0] * std::exp(-100 * off * off), 1e-15);
}

TEST(TypedPde, KnowsWhatHoldsAtItsEnds)
{
  EXPECT_TRUE(family_of(waves)->problem({0.01}).pde->boundary().periodic);
  EXPECT_EQ(family_of(hump)->problem({1, 0.5}).pde->boundary().left.kind, EndRule::Kind::flux);
  std::string const ends = "[boundary]\nleft = \"value 2*height\"\nright = \"flux -1\"\n";

  Boundary const boundary = family_of(hump + ends)->problem({0.7, 0.5}).pde->boundary();

  EXPECT_EQ(boundary.left.kind, EndRule::Kind::value);
  EXPECT_DOUBLE_EQ(boundary.left.number, 1.4);
  EXPECT_EQ(boundary.right.kind, EndRule::Kind::flux);
  EXPECT_DOUBLE_EQ(boundary.right.number, -1);
}

std::string with(std::string text, std::string const &from, std::string const &to)
{
  return text.replace(text.find(from), from.size(), to);
}

TEST(TypedPde, MistakesAreNamedAtTheirPlace)
{
  EXPECT_THAT(refusal(with(hump, "r*u^2", "q*u^2")), HasSubstr("own.toml:4:24"));
  EXPECT_THAT(refusal(with(hump, "- r*u^2", "+ u_tt")),
              AllOf(HasSubstr("own.toml:4:24"), HasSubstr("first order in time")));
  EXPECT_THAT(refusal(with(hump, "D*u_xx +", "-D*u_xx +")), HasSubstr("blows up"));
  EXPECT_THAT(refusal(with(hump, "exp(", "log(x - 2 + 0*")), HasSubstr("not a finite number"));
  EXPECT_THAT(refusal(with(hump, "height = [0.2, 1]", "height = [1, 0.2]")),
              HasSubstr("[low, high]"));
  EXPECT_THAT(refusal(hump + "[boundary]\nleft = \"periodic\"\nright = \"value 1\"\n"),
              HasSubstr("must both be"));
  EXPECT_THAT(refusal(hump + "[boundary]\nleft = \"robin 1\"\n"), HasSubstr("is no rule"));
  EXPECT_THAT(refusal(with(hump, "D = 2e-3", "u_x = 2e-3")), HasSubstr("meaning of its own"));
}

}  // namespace
}  // namespace tessera::domains
