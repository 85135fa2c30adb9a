#include <tessera/domains/heat.hpp>

#include <cmath>
#include <numbers>

#include <tessera/domains/plain_pde.hpp>

#include "left_reservoir.hpp"

namespace tessera::domains {
namespace {

class Heat final : public PdePlugin<Heat, 2, PlainPde> {
 public:
  Heat(double diffusion, double source) : diffusion_(diffusion), source_(source) {}

  std::string name() const override { return "heat"; }
  std::string quantity() const override { return "Temperature"; }
  bool linear() const override { return true; }

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
  void lift(SpaceTimeGrid const &grid, std::span<double const> initial,
            std::span<double> field) const override
  {
    reservoir_profile(grid, diffusion_, diffusion_, initial, field);
  }
  void distance(SpaceTimeGrid const &grid, std::span<double> field) const override
  {
    reservoir_distance(grid, field);
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
