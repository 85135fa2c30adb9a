#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/diffusion_sorption_pde.hpp>
#include <tessera/domains/heat.hpp>
#include <tessera/domains/jet.hpp>
#include <tessera/domains/mass_defect.hpp>
#include <tessera/domains/plain_pde.hpp>

namespace tessera::domains {
namespace {

SpaceTimeGrid const grid{.cells = 6, .levels = 5};

TEST(Jet, CarriesDerivativesOfProductsQuotientsAndPowers)
{
  auto f = [](auto const &a, auto const &b) { return a * b / (1. + pow(a, 0.7)) - 2. * b; };
  auto const x = Jet<2>::variable(0.8, 0), y = Jet<2>::variable(-1.3, 1);

  auto const jet = f(x, y);

  auto const value = [](double a, double b) { return a * b / (1 + std::pow(a, 0.7)) - 2 * b; };
  double const h = 1e-4, a = 0.8, b = -1.3;
  EXPECT_NEAR(jet.value, value(a, b), 1e-15);
  EXPECT_NEAR(jet.gradient[0], (value(a + h, b) - value(a - h, b)) / (2 * h), 1e-7);
  EXPECT_NEAR(jet.gradient[1], (value(a, b + h) - value(a, b - h)) / (2 * h), 1e-7);
  EXPECT_NEAR(jet.hessian[0], (value(a + h, b) - 2 * value(a, b) + value(a - h, b)) / (h * h),
              1e-6);
  EXPECT_NEAR(
      jet.hessian[1],
      (value(a + h, b + h) - value(a + h, b - h) - value(a - h, b + h) + value(a - h, b - h)) /
          (4 * h * h),
      1e-6);
  EXPECT_NEAR(jet.hessian[2], 0, 1e-12);
}

/// Pointwise functions of a plug-in against finite differences in every term.
class PdeFunctions : public ::testing::TestWithParam<int> {
 protected:
  std::unique_ptr<Pde> pde_ = GetParam() % 2 == 0 ? make_diffusion_sorption() : make_heat();
  Form form_ = GetParam() / 2 == 0 ? Form::rate : Form::conservative;

  double residual(std::vector<double> const &terms, std::vector<double> *gradient = nullptr,
                  std::vector<double> *hessian = nullptr) const
  {
    std::vector<double> value(1);
    if (gradient) gradient->resize(3), hessian->resize(6);
    std::array<std::span<double const>, 3> const at{
        std::span(&terms[0], 1), std::span(&terms[1], 1), std::span(&terms[2], 1)};
    pde_->residual(grid, 5, 0, at,
                   {value, gradient ? std::span<double>(*gradient) : std::span<double>(),
                    hessian ? std::span<double>(*hessian) : std::span<double>()});
    return value[0];
  }
};

TEST_P(PdeFunctions, ResidualHasTheDerivativesOfItsDifferences)
{
  std::vector<double> const at{0.13, -2e-3, 7.5};
  std::vector<double> gradient, hessian;
  residual(at, &gradient, &hessian);

  int k = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    double const h = 1e-5 * std::max(1., std::abs(at[i]));
    auto up = at, down = at;
    up[i] += h, down[i] -= h;
    std::vector<double> up_gradient, down_gradient, ignored;
    double const slope =
        (residual(up, &up_gradient, &ignored) - residual(down, &down_gradient, &ignored)) / (2 * h);
    EXPECT_NEAR(gradient[i], slope, 1e-8 + 1e-6 * std::abs(slope));
    for (std::size_t j = i; j < 3; ++j, ++k) {
      double const bend = (up_gradient[j] - down_gradient[j]) / (2 * h);
      EXPECT_NEAR(hessian[std::size_t(k)], bend, 1e-8 + 1e-6 * std::abs(bend));
    }
  }
}

TEST_P(PdeFunctions, StorageSlopeTimesRateFormIsTheRate)
{
  // stored(u)_t = stored' u_t: both forms are one equation.
  std::vector<double> const u{0.13, 0.4, 0.9}, second{7.5, -3, 2};
  std::vector<double> slope(3), stored(3), rate(3), plain(3);
  SpaceTimeGrid const three{.cells = 3, .levels = 2};
  pde_->storage(form_, u, {stored, slope, {}});
  std::array<std::span<double const>, 2> const terms{u, second};
  pde_->rate(form_, three, 5, terms, {rate, {}, {}});
  pde_->rate(Form::rate, three, 5, terms, {plain, {}, {}});

  for (std::size_t i = 0; i < 3; ++i) {
    // R is smooth about 0, and a little off for that where u is small.
    EXPECT_NEAR(rate[i], slope[i] * plain[i], 1e-6 * std::abs(rate[i]) + 1e-15);
  }
}

INSTANTIATE_TEST_SUITE_P(Plugins, PdeFunctions, ::testing::Range(0, 4));

TEST(Pde, DiffusionSorptionRateIsThatOfTheSemiDiscretisation)
{
  auto const pde = make_diffusion_sorption();
  std::vector<double> const u{0.9, 0.7, 0.4, 0.3, 0.1, 0.05};
  std::vector<double> second(6), rate(6), expected(6);
  pde->terms(grid)[0].apply(u, second);
  std::array<std::span<double const>, 2> const terms{u, second};
  pde->rate(Form::rate, grid, 0, terms, {rate, {}, {}});
  DiffusionSorption().rate(grid.width(), u, expected);

  for (std::size_t i = 0; i < 6; ++i) {
    // By smooth^2 / u^2 of the smooth positive part of u.
    EXPECT_NEAR(rate[i], expected[i], 1e-6 * std::abs(expected[i]));
  }
}

TEST(Pde, DiffusionSorptionIsSmoothWhereUChangesItsSign)
{
  auto const pde = make_diffusion_sorption();
  SpaceTimeGrid const two{.cells = 2, .levels = 2};
  std::vector<double> const u{-1e-7, 1e-7}, second{1, 1};
  std::vector<double> rate(2), slope(4);
  std::array<std::span<double const>, 2> const terms{u, second};
  pde->rate(Form::rate, two, 5, terms, {rate, slope, {}});

  EXPECT_NEAR(slope[0], slope[2], 2e-3 * std::abs(slope[0]));
  EXPECT_LT(std::abs(slope[0]) * 1e-4, rate[0]);  // a Newton step of 1e-4 stays where it is
}

TEST(Pde, TruthKeepsItsMass)
{
  SpaceTimeGrid const fine{.cells = 64, .levels = 101};
  for (auto const &pde : {make_diffusion_sorption(), make_heat()}) {
    std::vector<double> field(fine.size());
    pde->truth(fine, std::vector<double>(fine.cells, 0.1), field);

    EXPECT_LT(mass_defect(*pde, fine, field, 10), 2e-3) << pde->name();
  }
}

/// u_t = x: what a plug-in is told of its cell.
class Ramp final : public PdePlugin<Ramp, 1, PlainPde> {
 public:
  std::string name() const override { return "ramp"; }
  bool linear() const override { return true; }
  Boundary boundary() const override { return {.periodic = true}; }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &) const override { return {}; }
  template <class S>
  S change(Form, double x, double, S const &) const
  {
    return S(x);
  }
  std::vector<double> frozen_rate(Form) const override { return {0}; }
};

TEST(Pde, AFormulaIsToldTheMiddleOfItsCellAlongX)
{
  auto const room = SpaceTimeGrid::over({{3, 1.5}, {2, 8}, {4, 1}}, 2, 1);
  std::vector<double> const u(room.cells, 0.), x = room.centres();
  std::vector<double> rate(room.cells), residual(5);
  std::array<std::span<double const>, 1> const terms{u};
  std::array<std::span<double const>, 2> const five{std::span(u).first(5), std::span(u).first(5)};

  Ramp().rate(Form::rate, room, 0, terms, {rate, {}, {}});
  Ramp().residual(room, 0, 7, five, {residual, {}, {}});

  EXPECT_EQ(rate, x);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(residual[i], -x[7 + i]);
}

TEST(Pde, ContentIsTheIntegralOverAllAxes)
{
  auto const plane = SpaceTimeGrid::over({{8, 2}, {6, 0.75}}, 2, 1);
  std::vector<double> const u(plane.cells, 3.);

  EXPECT_NEAR(Ramp().content(plane, u), 3 * 2 * 0.75, 1e-13);
  EXPECT_NEAR(Ramp().inflow(plane, u), 2 * 2 / 2. * 0.75, 1e-13);  // of x
}

TEST(Pde, DiffusionSorptionIsAlongXAlone)
{
  auto const plane = SpaceTimeGrid::over({{8, 2}, {6, 0.75}}, 2, 1);

  EXPECT_THROW(make_diffusion_sorption()->terms(plane), InputError);
}

TEST(Pde, LiftHasInitialAndBoundaryValuesAndDistanceVanishesThere)
{
  auto const pde = make_diffusion_sorption();
  SpaceTimeGrid const fine{.cells = 512, .levels = 11};
  std::vector<double> lift(fine.size()), distance(fine.size());
  pde->lift(fine, std::vector<double>(fine.cells, 0.15), lift);
  pde->distance(fine, distance);

  for (std::size_t i = 0; i < fine.cells; ++i) {
    EXPECT_EQ(lift[i], 0.15);
    EXPECT_EQ(distance[i], 0);
  }
  EXPECT_NEAR(lift[10 * fine.cells], 1, 0.01);
  EXPECT_LT(distance[10 * fine.cells], 0.05);
  EXPECT_NEAR(lift[11 * fine.cells - 1], 0, 0.01);
}

}  // namespace
}  // namespace tessera::domains
