#include <tessera/domains/heat.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/pde_plugin.hpp>
#include <tessera/solvers/stiff_integrator.hpp>

#include "left_reservoir.hpp"

namespace tessera::domains {
namespace {

class Heat final : public PdePlugin<Heat, 2> {
 public:
  Heat(double diffusion, double source) : diffusion_(diffusion), source_(source) {}

  std::string name() const override { return "heat"; }
  std::string quantity() const override { return "Temperature"; }
  bool linear() const override { return true; }

  template <class S>
  S stored(Form, S const &u) const
  {
    return u;
  }
  template <class S>
  S change(Form, double x, double, S const &, S const &u_xx) const
  {
    return diffusion_ * u_xx + S(source_ * std::sin(std::numbers::pi * x));
  }

  Boundary boundary() const override
  {
    return {{EndRule::Kind::reservoir, 1}, {EndRule::Kind::reservoir, 0}};
  }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    return {difference(grid, boundary(), 2)};
  }
  std::vector<double> frozen_rate(Form) const override { return {0, diffusion_}; }
  double frozen_storage(Form) const override { return 1; }
  void lift(SpaceTimeGrid const &grid, std::span<double const> initial,
            std::span<double> field) const override
  {
    reservoir_profile(grid, diffusion_, diffusion_, initial, field);
  }
  void distance(SpaceTimeGrid const &grid, std::span<double> field) const override
  {
    reservoir_distance(grid, field);
  }

  double content(SpaceTimeGrid const &grid, std::span<double const> u) const override
  {
    double sum = 0;
    for (double const value : u) sum += value;
    return sum * grid.width();
  }
  double inflow(SpaceTimeGrid const &grid, std::span<double const> u) const override
  {
    double heated = 0;
    for (double const x : grid.centres()) heated += source_ * std::sin(std::numbers::pi * x);
    return diffusion_ / grid.width() * (1 - u.front() - u.back()) + heated * grid.width();
  }

  void truth(SpaceTimeGrid const &grid, std::span<double const> initial,
             std::span<double> field) const override
  {
    LinearTerm const second = difference(grid, boundary(), 2);
    auto const x = grid.centres();
    solvers::BandedSystem const system{
        .size = grid.cells,
        .rate =
            [&](std::span<double const> u, std::span<double> rate) {
              second.apply(u, rate);
              for (std::size_t i = 0; i < u.size(); ++i) {
                rate[i] = diffusion_ * rate[i] + source_ * std::sin(std::numbers::pi * x[i]);
              }
            },
        .jacobian =
            [&](std::span<double const>, std::span<double> out) {
              std::transform(second.bands.begin(), second.bands.end(), out.begin(),
                             [&](double band) { return diffusion_ * band; });
            }};
    auto const report = solvers::integrate_stiff(system, initial, grid.times(),
                                                 {.rtol = 1e-7, .atol = 1e-7}, field);
    if (report.status == Status::ok) return;
    throw SolverError(
        fmt::format("heat from u(0, 0) = {:.17g}: {}", initial.front(), message(report.status)));
  }

 private:
  double diffusion_, source_;
};

}  // namespace

std::unique_ptr<Pde> make_heat(double diffusion, double source)
{
  return std::make_unique<Heat>(diffusion, source);
}

}  // namespace tessera::domains
