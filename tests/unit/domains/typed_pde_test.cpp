#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/domains/fisher_kpp.hpp>
#include <tessera/domains/plain_pde.hpp>
#include <tessera/domains/transport.hpp>
#include <tessera/domains/typed_pde.hpp>

namespace tessera::domains {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

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

std::string const plane =
    "[equation]\n"
    "length = [1, 2]\n"
    "rate = \"0.3*(u_xx + u_yy) - u*u_x + x*u*u_y + 2*u - 2*u^2\"\n"
    "parameters = { height = [0.2, 1] }\n"
    "[boundary]\n"
    "left = \"periodic\"\n"
    "bottom = \"value 2*height\"\n"
    "top = \"flux -1\"\n"
    "[initial]\n"
    "field = \"height*sin(2*pi*x)*y\"\n";

/// The same, compiled, with height = 0.5.
class Plane final : public PdePlugin<Plane, 5, PlainPde> {
 public:
  std::string name() const override { return "plane"; }
  bool linear() const override { return false; }
  Boundary boundary() const override { return {.periodic = true}; }
  Boundary boundary_along(std::size_t k) const override
  {
    if (k == 0) return boundary();
    return {{EndRule::Kind::value, 1}, {EndRule::Kind::flux, -1}};
  }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    std::vector<LinearTerm> all;
    for (int const order : {1, 2}) {
      for (std::size_t k = 0; k < 2; ++k) {
        all.push_back(difference(grid, boundary_along(k), order, k));
      }
    }
    return all;
  }
  template <class S>
  S change(Form, double x, double, S const &u, S const &u_x, S const &u_y, S const &u_xx,
           S const &u_yy) const
  {
    return 0.3 * (u_xx + u_yy) - u * u_x + x * u * u_y + 2. * u - 2. * (u * u);
  }
  std::vector<double> frozen_rate(Form) const override { return {0, 0, 0, 0.3, 0.3}; }
};

/// Values of u and of its terms.
std::vector<std::vector<double>> some_terms(std::size_t count, std::size_t cells)
{
  std::vector<std::vector<double>> terms(count, std::vector<double>(cells));
  Rng rng(3, "test/terms");
  for (auto &term : terms) {
    for (double &value : term) value = rng.uniform(-1, 1);
  }
  return terms;
}

void expect_alike(Pde const &typed, Pde const &compiled, std::size_t count,
                  SpaceTimeGrid const &grid = {.cells = 37, .levels = 4})
{
  std::size_t const cells = grid.cells;
  auto const numbers = some_terms(count + 1, cells);
  for (bool residual : {false, true}) {
    std::size_t const n = count + residual, curves = n * (n + 1) / 2;
    std::vector<std::span<double const>> terms(numbers.begin(), numbers.begin() + long(n));
    std::vector<double> value(cells), slope(cells * n), curve(cells * curves), a, b;
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

TEST(TypedPde, OverTwoAxesIsTheCompiledOneOfTheSameFormula)
{
  SpaceTimeGrid const grid = SpaceTimeGrid::over({{7, 1}, {5, 2}}, 4, 1);
  PdeSample const typed = family_of(plane)->problem({0.5});

  expect_alike(*typed.pde, Plane(), 5, grid);
  auto const terms = typed.pde->terms(grid), wanted = Plane().terms(grid);
  ASSERT_EQ(terms.size(), wanted.size());
  for (std::size_t k = 0; k < terms.size(); ++k) {
    EXPECT_EQ(terms[k].name, wanted[k].name);
    EXPECT_EQ(terms[k].bands, wanted[k].bands) << terms[k].name;
    EXPECT_EQ(terms[k].ghost, wanted[k].ghost) << terms[k].name;
  }
  EXPECT_EQ(terms[3].name, "u_yy");
}

TEST(TypedPde, HasTheTrueFieldsOfTheCompiledOneOverTwoAxes)
{
  SpaceTimeGrid const grid = SpaceTimeGrid::over({{7, 1}, {5, 2}}, 4, 0.5);
  PdeSample const sample = family_of(plane)->problem({0.5});
  std::vector<double> typed(grid.size()), compiled(grid.size());

  sample.truth(grid, typed);
  Plane().truth(grid, sample.start(grid), compiled);

  EXPECT_LT(relative_l2(typed, compiled), 1e-12);
}

TEST(TypedPde, FormulasReadWhereACellStandsAlongEveryAxis)
{
  auto const family = family_of(
      "[equation]\nlength = [2, 3, 4]\nrate = \"D*u_zz + x + 10*y + 100*z\"\n"
      "parameters = { D = [1, 2] }\n[initial]\nfield = \"x + 10*y + 100*z\"\n");
  SpaceTimeGrid const grid = SpaceTimeGrid::over({{2, 2}, {3, 3}, {4, 4}}, 2, 1);
  PdeSample const sample = family->problem({1});
  std::vector<double> const nothing(grid.cells, 0.);
  std::vector<double> rate(grid.cells), residual(9), wanted;
  for (int i = 0; i < 2; ++i) {
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 4; ++k) wanted.push_back((i + 0.5) + 10 * (j + 0.5) + 100 * (k + 0.5));
    }
  }

  std::vector<std::span<double const>> const terms(2, nothing),
      part(3, std::span(nothing).first(residual.size()));
  sample.pde->rate(Form::rate, grid, 0, terms, {rate, {}, {}});
  sample.pde->residual(grid, 0, 5, part, {residual, {}, {}});

  EXPECT_EQ(sample.start(grid), wanted);
  EXPECT_EQ(rate, wanted);
  for (std::size_t i = 0; i < residual.size(); ++i) EXPECT_EQ(residual[i], -wanted[5 + i]) << i;
  EXPECT_EQ(family->grid().dimensions(), 3u);
  EXPECT_EQ(family->grid().axis(2).length, 4);
}

TEST(TypedPde, AGridOfOtherAxesIsRefused)
{
  PdeSample const sample = family_of(plane)->problem({0.5});
  SpaceTimeGrid const line{.cells = 16, .levels = 3};
  std::vector<std::vector<double>> const numbers(5, std::vector<double>(16));
  std::vector<std::span<double const>> const terms(numbers.begin(), numbers.end());
  std::vector<double> rate(16);

  EXPECT_THROW(sample.start(line), InputError);
  EXPECT_THROW(sample.pde->rate(Form::rate, line, 0, terms, {rate, {}, {}}), InputError);
}

TEST(TypedPde, AListOfOneLengthIsOneAxis)
{
  SpaceTimeGrid const grid{.cells = 9, .levels = 3, .length = 2};
  std::string const one =
      "rate = \"D*u_xx + x\"\nparameters = { D = [1, 2] }\n"
      "[initial]\nfield = \"x\"\n";

  auto const number = family_of("[equation]\nlength = 2.0\n" + one),
             list = family_of("[equation]\nlength = [2.0]\n" + one);

  EXPECT_EQ(list->grid().dimensions(), 1u);
  EXPECT_EQ(list->grid().length, number->grid().length);
  EXPECT_EQ(list->problem({1}).start(grid), number->problem({1}).start(grid));
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

TEST(TypedPde, KnowsWhatHoldsAtTheEndsOfEveryAxis)
{
  auto const pde = family_of(plane)->problem({0.7}).pde;

  EXPECT_TRUE(pde->boundary().periodic);
  EXPECT_TRUE(pde->boundary_along(0).periodic);
  Boundary const walls = pde->boundary_along(1);
  EXPECT_FALSE(walls.periodic);
  EXPECT_EQ(walls.left.kind, EndRule::Kind::value);
  EXPECT_DOUBLE_EQ(walls.left.number, 1.4);
  EXPECT_EQ(walls.right.kind, EndRule::Kind::flux);
  EXPECT_DOUBLE_EQ(walls.right.number, -1);
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

TEST(TypedPde, AxesThatAreNotThereAreNamedAtTheirPlace)
{
  EXPECT_THAT(refusal(with(hump, "- r*u^2", "+ u_yy")),
              AllOf(HasSubstr("own.toml:4:24"), HasSubstr("\"u_yy\""),
                    HasSubstr("there are u, u_x, u_xx, x, height"),
                    HasSubstr("equation.length = [1.0, 1.0] has an axis y")));
  EXPECT_THAT(refusal(with(hump, "(x - middle)", "(z - middle)")),
              AllOf(HasSubstr("own.toml:7:27"), HasSubstr("\"z\""),
                    HasSubstr("equation.length = [1.0, 1.0, 1.0] has an axis z")));
  EXPECT_THAT(refusal(with(plane, "2*u - 2*u^2", "u_zz")),
              AllOf(HasSubstr("own.toml:3:47"), HasSubstr("u, u_x, u_y, u_xx, u_yy, x, y, height"),
                    HasSubstr("has an axis z")));
  EXPECT_THAT(refusal(with(plane, "2*u - 2*u^2", "u_xy")),
              AllOf(HasSubstr("unknown name"), Not(HasSubstr("has an axis"))));
  EXPECT_THAT(refusal(hump + "[boundary]\nbottom = \"flux 0\"\n"),
              AllOf(HasSubstr("own.toml:9:10"), HasSubstr("an axis y that is not there"),
                    HasSubstr("equation.length = [1.0, 1.0]")));
  EXPECT_THAT(refusal(with(plane, "top =", "front =")), HasSubstr("an axis z that is not there"));
}

TEST(TypedPde, MistakesOverSeveralAxesAreNamedAtTheirPlace)
{
  EXPECT_THAT(
      refusal(with(plane, "[1, 2]", "[1, 2, 3, 4]")),
      AllOf(HasSubstr("own.toml:2:10"), HasSubstr("has 4 numbers"), HasSubstr("[x, y, z]")));
  EXPECT_THAT(refusal(with(plane, "[1, 2]", "[]")), HasSubstr("has 0 numbers"));
  EXPECT_THAT(refusal(with(plane, "[1, 2]", "[1, 0]")), HasSubstr("positive and finite, found 0"));
  EXPECT_THAT(refusal(with(plane, "value 2*height", "periodic")),
              HasSubstr("bottom and top must both be"));
  EXPECT_THAT(refusal(with(plane, "flux -1", "robin 1")), HasSubstr("(u_y there)"));
  EXPECT_THAT(refusal(with(plane, "u_xx + u_yy", "u_xx - u_yy")), HasSubstr("falls with u_yy"));
  EXPECT_THAT(refusal(with(plane, "{ ", "{ y = 1, ")), HasSubstr("meaning of its own"));
  EXPECT_EQ(refusal(with(hump, "{ ", "{ y = 1, ")), "taken");
}

}  // namespace
}  // namespace tessera::domains
