#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <memory>
#include <numbers>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <tessera/domains/plain_pde.hpp>

// Equations over two and three axes of space, and fields that solve them.
namespace tessera::twins {

using domains::Boundary;
using domains::EndRule;
using domains::SpaceTimeGrid;

/// u_t = D (u_xx + u_yy + …) + r u (1 - u), with N - 1 axes.
template <int N>
class Spreading final : public domains::PdePlugin<Spreading<N>, N, domains::PlainPde> {
 public:
  Spreading(double diffusion, double growth, std::vector<Boundary> boundaries)
      : diffusion_(diffusion), growth_(growth), boundaries_(std::move(boundaries))
  {
  }
  std::string name() const override { return "spreading"; }
  bool linear() const override { return growth_ == 0; }
  Boundary boundary() const override { return boundaries_[0]; }
  Boundary boundary_along(std::size_t k) const override { return boundaries_[k]; }
  std::vector<domains::LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    std::vector<domains::LinearTerm> all;
    for (std::size_t k = 0; k < boundaries_.size(); ++k) {
      all.push_back(difference(grid, boundaries_[k], 2, k));
    }
    return all;
  }
  template <class S, class... Second>
  S change(domains::Form, double, double, S const &u, Second const &...second) const
  {
    return diffusion_ * (second + ...) + growth_ * u - growth_ * (u * u);
  }
  std::vector<double> frozen_rate(domains::Form) const override
  {
    std::vector<double> rate(boundaries_.size() + 1, diffusion_);
    rate[0] = 0;
    return rate;
  }

 private:
  double diffusion_, growth_;
  std::vector<Boundary> boundaries_;
};

/// u_t = D (u_xx + u_yy) - a u_x - b u_y on a ring of rings: an operator that is not symmetric.
class Drift final : public domains::PdePlugin<Drift, 5, domains::PlainPde> {
 public:
  Drift(double diffusion, double along_x, double along_y)
      : diffusion_(diffusion), along_x_(along_x), along_y_(along_y)
  {
  }
  std::string name() const override { return "drift"; }
  bool linear() const override { return true; }
  Boundary boundary() const override { return {.periodic = true}; }
  std::vector<domains::LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    return {difference(grid, boundary(), 1, 0), difference(grid, boundary(), 2, 0),
            difference(grid, boundary(), 1, 1), difference(grid, boundary(), 2, 1)};
  }
  template <class S>
  S change(domains::Form, double, double, S const &, S const &u_x, S const &u_xx, S const &u_y,
           S const &u_yy) const
  {
    return diffusion_ * (u_xx + u_yy) - along_x_ * u_x - along_y_ * u_y;
  }
  std::vector<double> frozen_rate(domains::Form) const override
  {
    return {0, -along_x_, diffusion_, -along_y_, diffusion_};
  }

 private:
  double diffusion_, along_x_, along_y_;
};

using Place = std::array<double, 3>;

/// An equation over a box and one of its solutions.
struct SpaceEquation {
  std::string name;
  std::shared_ptr<domains::Pde const> pde;
  std::vector<double> lengths;
  std::function<double(double t, Place const &x)> u;

  /// From t = 0 to 1.
  SpaceTimeGrid grid(std::vector<std::size_t> const &cells, std::size_t levels) const
  {
    std::vector<domains::Axis> axes;
    for (std::size_t k = 0; k < cells.size(); ++k) axes.push_back({cells[k], lengths[k]});
    return SpaceTimeGrid::over(axes, levels, 1);
  }
  static Place place(SpaceTimeGrid const &grid, std::size_t cell)
  {
    Place at{};
    for (std::size_t k = 0; k < grid.dimensions(); ++k) {
      at[k] = (double(grid.place(cell, k)) + 0.5) * grid.axis(k).width();
    }
    return at;
  }
  std::vector<double> field(SpaceTimeGrid const &grid) const
  {
    std::vector<double> values;
    for (double const t : grid.times()) {
      for (std::size_t i = 0; i < grid.cells; ++i) values.push_back(u(t, place(grid, i)));
    }
    return values;
  }
  domains::PdeSample sample() const
  {
    auto const exact = u;
    return {pde,
            [exact](SpaceTimeGrid const &grid, std::span<double> out) {
              for (std::size_t i = 0; i < out.size(); ++i) out[i] = exact(0, place(grid, i));
            },
            {}};
  }
};

// Without it GoogleTest prints the bytes.
inline void PrintTo(SpaceEquation const &equation, std::ostream *out)
{
  *out << equation.name;
}

/// A wave along one axis that keeps its shape: of x / length, and how often it bends.
struct AxisWave {
  Boundary boundary;
  double bends;  ///< wave'' = -bends^2 wave
  std::function<double(double)> wave;
};

inline AxisWave ring_wave()
{
  double const k = 2 * std::numbers::pi;
  return {{.periodic = true}, k, [k](double s) { return std::sin(k * s + 0.3); }};
}
/// Between ends that hold `value`, or whose slopes are `flux`.
inline AxisWave value_wave(double value)
{
  using Kind = EndRule::Kind;
  double const k = std::numbers::pi;
  return {
      {{Kind::value, value}, {Kind::value, value}}, k, [k](double s) { return std::sin(k * s); }};
}
inline AxisWave flux_wave(double flux)
{
  using Kind = EndRule::Kind;
  double const k = std::numbers::pi;
  return {{{Kind::flux, flux}, {Kind::flux, flux}}, k, [k](double s) { return std::cos(k * s); }};
}
inline AxisWave value_flux_wave(double value)
{
  using Kind = EndRule::Kind;
  double const k = std::numbers::pi / 2;
  return {{{Kind::value, value}, {Kind::flux, 0}}, k, [k](double s) { return std::sin(k * s); }};
}
inline AxisWave flux_value_wave(double value)
{
  using Kind = EndRule::Kind;
  double const k = std::numbers::pi / 2;
  return {{{Kind::flux, 0}, {Kind::value, value}}, k, [k](double s) { return std::cos(k * s); }};
}

/// 1 + slope x + a product of waves that decays.
template <int N>
SpaceEquation decaying_waves(std::string const &name, std::vector<double> const &lengths,
                             std::vector<AxisWave> const &waves, double slope = 0)
{
  double const diffusion = 0.05;
  std::vector<Boundary> boundaries;
  double rate = 0;
  for (std::size_t k = 0; k < waves.size(); ++k) {
    boundaries.push_back(waves[k].boundary);
    rate += diffusion * std::pow(waves[k].bends / lengths[k], 2);
  }
  return {name, std::make_shared<Spreading<N>>(diffusion, 0, boundaries), lengths,
          [=](double t, Place const &x) {
            double product = std::exp(-rate * t);
            for (std::size_t k = 0; k < waves.size(); ++k)
              product *= waves[k].wave(x[k] / lengths[k]);
            return 1 + slope * x[0] + product;
          }};
}

/// Every rule of an end along one of two axes, and an operator that is not symmetric.
inline std::vector<SpaceEquation> plane_equations()
{
  std::vector<double> const lengths{1, 1.5};
  std::vector<SpaceEquation> all{
      decaying_waves<3>("rings", lengths, {ring_wave(), ring_wave()}),
      decaying_waves<3>("values", lengths, {value_wave(1), value_wave(1)}),
      decaying_waves<3>("fluxes", lengths, {flux_wave(0.5), flux_wave(0)}, 0.5),
      decaying_waves<3>("ring_values", lengths, {ring_wave(), value_wave(1)}),
      decaying_waves<3>("fluxes_ring", lengths, {flux_wave(0), ring_wave()}),
      decaying_waves<3>("ends_apart", lengths, {value_flux_wave(1), flux_value_wave(1)})};
  double const diffusion = 0.02, a = 0.3, b = -0.2, k = 2 * std::numbers::pi;
  all.push_back(
      {"drift", std::make_shared<Drift>(diffusion, a, b), lengths, [=](double t, Place const &x) {
         double const ky = k / 1.5, rate = diffusion * (k * k + ky * ky);
         return 1 +
                std::exp(-rate * t) * std::sin(k * (x[0] - a * t)) * std::cos(ky * (x[1] - b * t));
       }});
  return all;
}

/// Three axes, each with ends of its own kind.
inline SpaceEquation solid_equation()
{
  return decaying_waves<4>("solid", {1, 1.5, 0.8}, {flux_wave(0), ring_wave(), value_wave(1)});
}

/// The problem's field by the classical Runge-Kutta formula, so many steps a level.
inline std::vector<double> plain_truth(domains::PdeSample const &sample, SpaceTimeGrid const &grid,
                                       int steps = 40)
{
  auto const terms = sample.pde->terms(grid);
  std::size_t const cells = grid.cells;
  auto const rate = [&](std::vector<double> const &u) {
    std::vector<std::vector<double>> values;
    for (auto const &term : terms) term.apply(u, values.emplace_back(cells));
    std::vector<std::span<double const>> all{u};
    for (auto const &value : values) all.emplace_back(value);
    std::vector<double> out(cells);
    sample.pde->rate(domains::Form::rate, grid, 0, all, {out, {}, {}});
    return out;
  };
  auto const moved = [](std::vector<double> u, double by, std::vector<double> const &along) {
    for (std::size_t i = 0; i < u.size(); ++i) u[i] += by * along[i];
    return u;
  };
  double const h = grid.interval() / steps;
  std::vector<double> u = sample.start(grid), field = u;
  for (std::size_t n = 1; n < grid.levels; ++n) {
    for (int step = 0; step < steps; ++step) {
      auto const a = rate(u), b = rate(moved(u, h / 2, a)), c = rate(moved(u, h / 2, b)),
                 d = rate(moved(u, h, c));
      for (std::size_t i = 0; i < cells; ++i) u[i] += h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]);
    }
    field.insert(field.end(), u.begin(), u.end());
  }
  return field;
}

}  // namespace tessera::twins
