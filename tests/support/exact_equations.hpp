#pragma once

#include <cmath>
#include <functional>
#include <memory>
#include <numbers>
#include <ostream>
#include <string>
#include <vector>

#include <tessera/domains/fisher_kpp.hpp>
#include <tessera/domains/plain_pde.hpp>
#include <tessera/domains/transport.hpp>

// Equations with a solution that is known as a formula: every rule of a boundary, one to three
// terms, linear or not.
namespace tessera::twins {

using domains::Boundary;
using domains::EndRule;
using domains::Form;
using domains::SpaceTimeGrid;

/// u_t = D u_xx with any boundary.
class Diffusion final : public domains::PdePlugin<Diffusion, 2, domains::PlainPde> {
 public:
  Diffusion(double diffusion, Boundary boundary) : diffusion_(diffusion), boundary_(boundary) {}
  std::string name() const override { return "diffusion"; }
  bool linear() const override { return true; }
  Boundary boundary() const override { return boundary_; }
  std::vector<domains::LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    return {difference(grid, boundary_, 2)};
  }
  template <class S>
  S change(Form, double, double, S const &, S const &u_xx) const
  {
    return diffusion_ * u_xx;
  }
  std::vector<double> frozen_rate(Form) const override { return {0, diffusion_}; }

 private:
  double diffusion_;
  Boundary boundary_;
};

/// u_t = -r u: no term but u.
class Decay final : public domains::PdePlugin<Decay, 1, domains::PlainPde> {
 public:
  std::string name() const override { return "decay"; }
  bool linear() const override { return true; }
  Boundary boundary() const override { return {.periodic = true}; }
  std::vector<domains::LinearTerm> terms(SpaceTimeGrid const &) const override { return {}; }
  template <class S>
  S change(Form, double, double, S const &u) const
  {
    return -3. * u;
  }
  std::vector<double> frozen_rate(Form) const override { return {-3}; }
};

/// An equation on (0, 1) and one of its solutions.
struct ExactEquation {
  std::string name;
  std::shared_ptr<domains::Pde const> pde;
  double horizon;
  std::function<double(double t, double x)> u;

  SpaceTimeGrid grid(std::size_t cells, std::size_t levels) const
  {
    return {.cells = cells, .levels = levels, .length = 1, .horizon = horizon};
  }
  std::vector<double> field(SpaceTimeGrid const &grid) const
  {
    std::vector<double> values;
    for (double const t : grid.times()) {
      for (double const x : grid.centres()) values.push_back(u(t, x));
    }
    return values;
  }
  domains::PdeSample sample() const
  {
    auto const exact = u;
    return {pde,
            [exact](SpaceTimeGrid const &grid, std::span<double> out) {
              auto const x = grid.centres();
              for (std::size_t i = 0; i < out.size(); ++i) out[i] = exact(0, x[i]);
            },
            {}};
  }
};

// Without it GoogleTest prints the bytes.
inline void PrintTo(ExactEquation const &equation, std::ostream *out)
{
  *out << equation.name;
}

inline ExactEquation exact_diffusion(std::string const &name, Boundary const &boundary,
                                     std::function<double(double)> steady,
                                     std::function<double(double)> wave, double k)
{
  double const d = 0.05;
  return {name, std::make_shared<Diffusion>(d, boundary), 1,
          [=](double t, double x) { return steady(x) + std::exp(-d * k * k * t) * wave(k * x); }};
}

inline std::vector<ExactEquation> exact_equations()
{
  using Kind = EndRule::Kind;
  double const pi = std::numbers::pi;
  auto const sine = [](double z) { return std::sin(z); };
  auto const cosine = [](double z) { return std::cos(z); };
  std::vector<ExactEquation> all{
      exact_diffusion(
          "values", {{Kind::value, 2}, {Kind::value, 3}}, [](double x) { return 2 + x; }, sine, pi),
      exact_diffusion(
          "fluxes", {{Kind::flux, 0.5}, {Kind::flux, 0.5}}, [](double x) { return x / 2; }, cosine,
          pi),
      exact_diffusion(
          "value_flux", {{Kind::value, 1}, {Kind::flux, -1}}, [](double x) { return 1 - x; }, sine,
          pi / 2),
      exact_diffusion(
          "flux_value", {{Kind::flux, -1}, {Kind::value, 1}}, [](double x) { return 2 - x; },
          cosine, pi / 2),
      exact_diffusion(
          "ring", {.periodic = true}, [](double) { return 1; }, sine, 2 * pi)};
  all.push_back({"decay", std::make_shared<Decay>(), 1, [pi](double t, double x) {
                   return std::exp(-3 * t) * (2 + std::sin(2 * pi * x));
                 }});
  all.push_back({"advection", domains::make_advection(0.3), 1,
                 [pi](double t, double x) { return std::sin(2 * pi * (x - 0.3 * t)) + 0.5; }});
  // Cole and Hopf: u = -2 nu phi_x / phi with phi = a + exp(-nu k^2 t) cos(k x).
  double const nu = 0.05;
  all.push_back({"burgers", domains::make_burgers(nu), 0.5, [pi, nu](double t, double x) {
                   double const k = 2 * pi, e = std::exp(-nu * k * k * t);
                   return 2 * nu * k * e * std::sin(k * x) / (1.5 + e * std::cos(k * x));
                 }});
  // A front of speed 5 sqrt(D r / 6) (Ablowitz and Zeppetella, Bull. Math. Biol. 41, 1979).
  double const d = 2e-3, r = 8;
  all.push_back({"fisher_kpp", domains::make_fisher_kpp(d, r), 1, [d, r](double t, double x) {
                   double const z =
                       std::sqrt(r / (6 * d)) * (x - 0.4 - 5 * std::sqrt(d * r / 6) * t);
                   return std::pow(1 + std::exp(z), -2);
                 }});
  return all;
}

}  // namespace tessera::twins
