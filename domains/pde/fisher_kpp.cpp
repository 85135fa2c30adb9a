#include <tessera/domains/fisher_kpp.hpp>

#include <cmath>

#include <tessera/core/rng.hpp>
#include <tessera/domains/plain_pde.hpp>

#include "check_problem.hpp"

namespace tessera::domains {
namespace {

class FisherKpp final : public PdePlugin<FisherKpp, 2, PlainPde> {
 public:
  FisherKpp(double diffusion, double growth) : diffusion_(diffusion), growth_(growth) {}
  std::string name() const override { return "fisher_kpp"; }
  std::string quantity() const override { return "Density"; }
  bool linear() const override { return false; }
  Boundary boundary() const override
  {
    return {{EndRule::Kind::flux, 0}, {EndRule::Kind::flux, 0}};
  }
  std::vector<LinearTerm> terms(SpaceTimeGrid const &grid) const override
  {
    return {difference(grid, boundary(), 2)};
  }
  template <class S>
  S change(Form, double, double, S const &u, S const &u_xx) const
  {
    return diffusion_ * u_xx + growth_ * u - growth_ * (u * u);
  }
  /// Growth from 0 and decay towards 1 cancel over a front.
  std::vector<double> frozen_rate(Form) const override { return {0, diffusion_}; }

 private:
  double diffusion_, growth_;
};

class FisherFamily final : public PdeFamily {
 public:
  FisherFamily(double diffusion, double growth) : pde_(make_fisher_kpp(diffusion, growth)) {}
  std::string name() const override { return pde_->name(); }
  SpaceTimeGrid grid() const override { return {.length = 1, .horizon = 1}; }
  std::vector<std::string> parameters() const override { return {"height", "middle"}; }
  std::vector<ParameterRange> ranges() const override { return {{0.2, 1}, {0.25, 0.75}}; }
  PdeSample problem(std::vector<double> const &parameters) const override
  {
    check_problem(*this, parameters);
    double const height = parameters[0], middle = parameters[1];
    auto const hump = [height, middle](SpaceTimeGrid const &grid, std::span<double> u) {
      auto const x = grid.centres();
      for (std::size_t i = 0; i < u.size(); ++i) {
        u[i] = height * std::exp(-100 * (x[i] - middle) * (x[i] - middle));
      }
    };
    return {pde_, hump, parameters};
  }
  PdeSample sample(std::uint64_t seed, std::string_view split, std::uint64_t index) const override
  {
    Rng rng(seed, split, index, 3);
    double const height = rng.uniform(0.2, 1), middle = rng.uniform(0.25, 0.75);
    return problem({height, middle});
  }

 private:
  std::shared_ptr<Pde const> pde_;
};

}  // namespace

std::unique_ptr<Pde> make_fisher_kpp(double diffusion, double growth)
{
  return std::make_unique<FisherKpp>(diffusion, growth);
}

std::unique_ptr<PdeFamily> make_fisher_kpp_family(double diffusion, double growth)
{
  return std::make_unique<FisherFamily>(diffusion, growth);
}

}  // namespace tessera::domains
