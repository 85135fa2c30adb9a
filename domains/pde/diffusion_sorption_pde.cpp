#include <tessera/domains/diffusion_sorption_pde.hpp>

#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/domains/pde_plugin.hpp>

#include "left_reservoir.hpp"

namespace tessera::domains {
namespace {

class DiffusionSorptionPde final : public PdePlugin<DiffusionSorptionPde, 2> {
 public:
  explicit DiffusionSorptionPde(DiffusionSorption const &problem) : problem_(problem) {}
  std::string name() const override { return "diffusion_sorption"; }
  std::string quantity() const override { return "Concentration"; }
  bool linear() const override { return false; }

  template <class S>
  S stored(Form form, S const &u) const
  {
    if (form == Form::rate) return u;
    // C(u); below 0 it goes on as a line, so that Newton's method finds its way back.
    if (value_of(u) <= 0) return problem_.retardation(0) * u;
    double const c = (problem_.retardation(0) - 1) / std::pow(floor_, problem_.exponent - 1);
    return u +
           c / problem_.exponent *
               (pow(u + S(floor_), problem_.exponent) + S(-std::pow(floor_, problem_.exponent)));
  }
  template <class S>
  S change(Form form, double, double, S const &u, S const &u_xx) const
  {
    S const flux = problem_.diffusion * u_xx;
    if (form == Form::conservative) return flux;
    double const c = (problem_.retardation(0) - 1) / std::pow(floor_, problem_.exponent - 1);
    // R has a kink at 0, where its slope falls from -1e6 to 0: what crosses it is beyond any
    // Newton step. A smooth positive part of u differs from u by smooth_^2 / u.
    S const positive = 0.5 * (u + pow(u * u + S(4 * smooth_ * smooth_), 0.5));
    return flux / (1. + c * pow(positive + S(floor_), problem_.exponent - 1));
  }

  Boundary boundary() const override
  {
    return {{EndRule::Kind::reservoir, 1}, {EndRule::Kind::outflow, problem_.diffusion}};
  }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    check_axes(grid);
    return {difference(grid, boundary(), 2)};
  }
  bool spreading(Form form, SpaceTimeGrid const &grid, std::span<double> bands,
                 std::span<double> ghost) const override
  {
    reservoir_spreading(grid, stored(form, 1.), bands, ghost);
    return true;
  }
  std::vector<double> frozen_rate(Form form) const override
  {
    return {0, form == Form::rate ? problem_.diffusion / retardation_ : problem_.diffusion};
  }
  double frozen_storage(Form form) const override { return form == Form::rate ? 1 : retardation_; }

  void lift(SpaceTimeGrid const &grid, std::span<double const> initial,
            std::span<double> field) const override
  {
    reservoir_profile(grid, problem_.diffusion / 3.5, problem_.diffusion / 4, initial, field);
  }
  void distance(SpaceTimeGrid const &grid, std::span<double> field) const override
  {
    reservoir_distance(grid, field);
  }

  double content(SpaceTimeGrid const &grid, std::span<double const> u) const override
  {
    double sum = 0;
    for (double const value : u) sum += stored(Form::conservative, value);
    return sum * grid.width();
  }
  double inflow(SpaceTimeGrid const &grid, std::span<double const> u) const override
  {
    double const ghost = problem_.diffusion * (u[u.size() - 2] - u.back()) / grid.width();
    return problem_.diffusion / grid.width() * (1 - u.front() + ghost - u.back());
  }
  void truth(SpaceTimeGrid const &grid, std::span<double const> initial,
             std::span<double> field) const override
  {
    check_axes(grid);
    diffusion_sorption_truth(problem_, grid, initial, field);
  }

 private:
  // What flows in is counted at the ends of x alone.
  void check_axes(SpaceTimeGrid const &grid) const
  {
    if (grid.dimensions() == 1) return;
    throw InputError(
        fmt::format("{} is an equation along x alone, and the grid has {} axes; take a "
                    "grid of one",
                    name(), grid.dimensions()));
  }
  static double pow(double a, double b) { return std::pow(a, b); }
  template <int N>
  static Jet<N> pow(Jet<N> const &a, double b)
  {
    return domains::pow(a, b);
  }
  static constexpr double floor_ = 1e-6;       // as in DiffusionSorption
  static constexpr double smooth_ = 1e-4;      // u, about which R is smooth
  static constexpr double retardation_ = 3.9;  // R of the middle of the range, where it is frozen
  DiffusionSorption problem_;
};

}  // namespace

std::unique_ptr<Pde> make_diffusion_sorption(DiffusionSorption const &problem)
{
  return std::make_unique<DiffusionSorptionPde>(problem);
}

}  // namespace tessera::domains
