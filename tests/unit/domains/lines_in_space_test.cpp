#include <cmath>
#include <memory>
#include <numbers>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/domains/fisher_kpp.hpp>
#include <tessera/domains/mass_defect.hpp>
#include <tessera/domains/method_of_lines.hpp>
#include <tessera/domains/plain_pde.hpp>
#include <tessera/domains/transport.hpp>

// The method of lines along several axes.
namespace tessera::domains {
namespace {

using Kind = EndRule::Kind;

constexpr double pi = std::numbers::pi, diffusion = 0.05;

/// u_t = D (u_xx + u_yy + …), N - 1 axes with a boundary each.
template <int N>
class Heat final : public PdePlugin<Heat<N>, N, PlainPde> {
 public:
  explicit Heat(std::vector<Boundary> boundaries) : boundaries_(std::move(boundaries)) {}
  std::string name() const override { return "heat"; }
  bool linear() const override { return true; }
  Boundary boundary() const override { return boundaries_[0]; }
  Boundary boundary_along(std::size_t k) const override { return boundaries_[k]; }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    std::vector<LinearTerm> all;
    for (std::size_t k = 0; k + 1 < std::size_t(N); ++k) {
      all.push_back(difference(grid, boundaries_[k], 2, k));
    }
    return all;
  }
  template <class S, class... Second>
  S change(Form, double, double, S const &, Second const &...second) const
  {
    return diffusion * (second + ...);
  }
  std::vector<double> frozen_rate(Form) const override
  {
    std::vector<double> frozen(N, diffusion);
    frozen[0] = 0;
    return frozen;
  }

 private:
  std::vector<Boundary> boundaries_;
};

/// u_t + u (u_x + u_y / 2) = nu (u_xx + u_yy) on a torus.
class Burgers final : public PdePlugin<Burgers, 5, PlainPde> {
 public:
  static constexpr double viscosity = 0.05;
  std::string name() const override { return "burgers"; }
  bool linear() const override { return false; }
  Boundary boundary() const override { return {.periodic = true}; }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    return {difference(grid, boundary(), 1, 0), difference(grid, boundary(), 1, 1),
            difference(grid, boundary(), 2, 0), difference(grid, boundary(), 2, 1)};
  }
  template <class S>
  S change(Form, double, double, S const &u, S const &u_x, S const &u_y, S const &u_xx,
           S const &u_yy) const
  {
    return viscosity * (u_xx + u_yy) - u * (u_x + 0.5 * u_y);
  }
  std::vector<double> frozen_rate(Form) const override { return {0, 0, 0, viscosity, viscosity}; }
};

/// What holds at the ends of an axis, and a field that keeps its shape there: sin(k s + phase).
struct Mode {
  Boundary boundary;
  double waves, phase;  ///< k = pi waves / length
};

Mode const ring{{.periodic = true}, 2, 0.4};
Mode const cold{{{Kind::value, 0}, {Kind::value, 0}}, 1, 0};
Mode const closed{{{Kind::flux, 0}, {Kind::flux, 0}}, 1, pi / 2};
Mode const cold_and_closed{{{Kind::value, 0}, {Kind::flux, 0}}, 0.5, 0};

struct Body {
  char const *name;
  std::vector<Axis> axes;
  std::vector<Mode> modes;

  SpaceTimeGrid grid(std::size_t refined, std::size_t levels) const
  {
    std::vector<Axis> fine = axes;
    for (Axis &axis : fine) axis.cells *= refined;
    return SpaceTimeGrid::over(fine, levels, 1);
  }
  std::vector<double> field(SpaceTimeGrid const &grid) const
  {
    std::vector<double> u;
    for (double const t : grid.times()) {
      for (std::size_t i = 0; i < grid.cells; ++i) {
        double shape = 1, rate = 0;
        for (std::size_t k = 0; k < modes.size(); ++k) {
          double const wave = pi * modes[k].waves / axes[k].length;
          double const at = (double(grid.place(i, k)) + 0.5) * grid.axis(k).width();
          shape *= std::sin(wave * at + modes[k].phase), rate += diffusion * wave * wave;
        }
        u.push_back(shape * std::exp(-rate * t));
      }
    }
    return u;
  }
  std::unique_ptr<Pde> pde() const
  {
    std::vector<Boundary> boundaries;
    for (Mode const &mode : modes) boundaries.push_back(mode.boundary);
    if (modes.size() == 2) return std::make_unique<Heat<3>>(boundaries);
    return std::make_unique<Heat<4>>(boundaries);
  }
  std::vector<double> solved(SpaceTimeGrid const &grid) const
  {
    std::vector<double> exact = field(grid), found(grid.size());
    pde()->truth(grid, std::span(exact).first(grid.cells), found);
    return found;
  }
};

// Without it GoogleTest prints the bytes.
void PrintTo(Body const &body, std::ostream *out)
{
  *out << body.name;
}

class LinesInSpace : public testing::TestWithParam<Body> {};

TEST_P(LinesInSpace, ErrorsFallWithTheSquareOfTheWidth)
{
  auto const error = [](std::size_t refined) {
    SpaceTimeGrid const grid = GetParam().grid(refined, 4);
    return relative_l2(GetParam().solved(grid), GetParam().field(grid));
  };
  double const coarse = error(1), fine = error(2);

  EXPECT_LT(coarse, 0.05);
  EXPECT_GT(coarse / fine, 3.5);
  EXPECT_LT(coarse / fine, 4.5);
}

TEST_P(LinesInSpace, WhatIsGainedHasFlownIn)
{
  SpaceTimeGrid const grid = GetParam().grid(1, 101);

  EXPECT_LT(mass_defect(*GetParam().pde(), grid, GetParam().solved(grid)), 1e-3);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, LinesInSpace,
    testing::Values(Body{"torus", {{16, 1}, {24, 2}}, {ring, ring}},
                    Body{"cold", {{10, 1}, {12, 1.5}}, {cold, cold}},
                    Body{"closed", {{10, 1}, {12, 1.5}}, {closed, closed}},
                    Body{"cylinder", {{16, 1}, {9, 1}}, {ring, cold}},
                    Body{"mixed", {{9, 1}, {8, 0.5}}, {cold_and_closed, cold}},
                    Body{"room", {{6, 1}, {5, 0.75}, {8, 2}}, {cold, closed, ring}}),
    [](auto const &each) { return std::string(each.param.name); });

/// A field with no symmetry about either axis.
std::vector<double> hill(SpaceTimeGrid const &grid)
{
  auto const x = grid.centres(), y = grid.centres(1);
  std::vector<double> u(grid.cells);
  for (std::size_t i = 0; i < grid.cells; ++i) {
    u[i] = 0.3 + std::sin(2 * pi * x[i]) + 0.5 * std::cos(2 * pi * (x[i] + y[i]));
  }
  return u;
}

TEST(LinesInSpace, ANonlinearEquationFollowsItsSemiDiscretisation)
{
  // Runge and Kutta's classic method over plain loops.
  std::size_t const nx = 8, ny = 6;
  auto const grid = SpaceTimeGrid::over({{nx, 1}, {ny, 1}}, 2, 0.25);
  double const dx = 1 / double(nx), dy = 1 / double(ny);
  auto const rate = [&](std::vector<double> const &u) {
    std::vector<double> out(u.size());
    for (std::size_t i = 0; i < nx; ++i) {
      for (std::size_t j = 0; j < ny; ++j) {
        double const here = u[i * ny + j];
        double const west = u[(i + nx - 1) % nx * ny + j], east = u[(i + 1) % nx * ny + j];
        double const south = u[i * ny + (j + ny - 1) % ny], north = u[i * ny + (j + 1) % ny];
        out[i * ny + j] = Burgers::viscosity * ((west - 2 * here + east) / (dx * dx) +
                                                (south - 2 * here + north) / (dy * dy)) -
                          here * ((east - west) / (2 * dx) + (north - south) / (4 * dy));
      }
    }
    return out;
  };
  auto const plus = [](std::vector<double> u, double h, std::vector<double> const &slope) {
    for (std::size_t i = 0; i < u.size(); ++i) u[i] += h * slope[i];
    return u;
  };
  auto const initial = hill(grid);
  std::vector<double> u = initial, found(grid.size());
  int const steps = 500;
  double const h = grid.horizon / steps;
  for (int n = 0; n < steps; ++n) {
    auto const a = rate(u), b = rate(plus(u, h / 2, a)), c = rate(plus(u, h / 2, b)),
               d = rate(plus(u, h, c));
    u = plus(plus(plus(plus(u, h / 6, a), h / 3, b), h / 3, c), h / 6, d);
  }

  method_of_lines(Burgers(), grid, initial, found);

  for (std::size_t i = 0; i < u.size(); ++i) EXPECT_NEAR(found[grid.cells + i], u[i], 1e-5);
}

TEST(LinesInSpace, ATorusHasNoBeginning)
{
  // From a field shifted by five cells along x and three along y, the field shifted so.
  auto const grid = SpaceTimeGrid::over({{12, 1}, {9, 1}}, 4, 0.25);
  auto const there = [](std::size_t cell) { return (cell / 9 + 5) % 12 * 9 + (cell % 9 + 3) % 9; };
  auto const initial = hill(grid);
  std::vector<double> shifted(grid.cells), field(grid.size()), moved(grid.size());
  for (std::size_t i = 0; i < grid.cells; ++i) shifted[there(i)] = initial[i];

  method_of_lines(Burgers(), grid, initial, field);
  method_of_lines(Burgers(), grid, shifted, moved);

  for (std::size_t n = 0; n < grid.levels; ++n) {
    for (std::size_t i = 0; i < grid.cells; ++i) {
      EXPECT_NEAR(moved[n * grid.cells + there(i)], field[n * grid.cells + i], 1e-6);
    }
  }
}

TEST(LinesInSpace, AnEquationAlongXAloneIsThatOfALineInEveryRow)
{
  SpaceTimeGrid const line{.cells = 20, .levels = 4, .length = 1, .horizon = 0.5};
  auto const plane = SpaceTimeGrid::over({{20, 1}, {3, 1}}, 4, 0.5);
  auto const waves = make_wave_family(make_burgers(0.05))->sample(4, "test", 2),
             front = make_fisher_kpp_family()->sample(4, "test", 2);
  for (PdeSample const *sample : {&waves, &front}) {
    std::vector<double> alone(line.size()), rows(plane.size());
    sample->truth(line, alone);
    sample->truth(plane, rows);

    for (std::size_t p = 0; p < plane.size(); ++p) {
      EXPECT_NEAR(rows[p], alone[p / 3], 1e-6) << sample->pde->name();
    }
  }
}

}  // namespace
}  // namespace tessera::domains
