#include <tessera/domains/transport.hpp>

#include <tessera/domains/plain_pde.hpp>

namespace tessera::domains {
namespace {

class Advection final : public PdePlugin<Advection, 2, PlainPde> {
 public:
  explicit Advection(double speed) : speed_(speed) {}
  std::string name() const override { return "advection"; }
  bool linear() const override { return true; }
  Boundary boundary() const override { return {.periodic = true}; }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    return {difference(grid, boundary(), 1)};
  }
  template <class S>
  S change(Form, double, double, S const &, S const &u_x) const
  {
    return -speed_ * u_x;
  }
  std::vector<double> frozen_rate(Form) const override { return {0, -speed_}; }

 private:
  double speed_;
};

class Burgers final : public PdePlugin<Burgers, 3, PlainPde> {
 public:
  explicit Burgers(double viscosity) : viscosity_(viscosity) {}
  std::string name() const override { return "burgers"; }
  std::string quantity() const override { return "Velocity"; }
  bool linear() const override { return false; }
  Boundary boundary() const override { return {.periodic = true}; }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    return {difference(grid, boundary(), 1), difference(grid, boundary(), 2)};
  }
  template <class S>
  S change(Form, double, double, S const &u, S const &u_x, S const &u_xx) const
  {
    return viscosity_ * u_xx - u * u_x;
  }
  /// About u = 0: fields of either sign are carried both ways.
  std::vector<double> frozen_rate(Form) const override { return {0, 0, viscosity_}; }

 private:
  double viscosity_;
};

}  // namespace

std::unique_ptr<Pde> make_advection(double speed)
{
  return std::make_unique<Advection>(speed);
}

std::unique_ptr<Pde> make_burgers(double viscosity)
{
  return std::make_unique<Burgers>(viscosity);
}

}  // namespace tessera::domains
