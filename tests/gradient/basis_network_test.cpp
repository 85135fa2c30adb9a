#include <cmath>

#include <gtest/gtest.h>

#include <tessera/constraint/basis_network.hpp>
#include <tessera/core/rng.hpp>

#include "support/plane_problem.hpp"

// The derivative of a linear loss of the functions by the parameters of a network over two axes of
// space, through knots and operator, against central differences in float64.
namespace tessera::constraint {
namespace {

using domains::SpaceTimeGrid;

class PlaneNetworkGradient : public ::testing::Test {
 protected:
  PlaneNetworkGradient()
  {
    BasisNetworkOptions options;
    options.fno = {.widths = {4, 3, 4}, .modes_t = 2, .modes_x = 2, .projection = 5, .outputs = 2};
    options.axes = 2;
    options.knots = 4;
    options.horizon = 3;
    network_ = make_basis_network(options);
    Rng rng(5, "basis_network_gradient");
    for (auto const &grid : grids_) {
      auto &bar = bars_.emplace_back();
      for (std::size_t k = 0; k < 2 * grid.size(); ++k) bar.push_back(rng.normal());
    }
  }
  double loss(std::size_t slot, bool keep)
  {
    auto const functions = network_->propose(grids_[slot], sample_, slot, keep);
    double sum = 0;
    for (std::size_t k = 0; k < functions.size(); ++k) sum += bars_[slot][k] * functions[k];
    return sum;
  }
  std::vector<double> gradient() const
  {
    std::vector<double> out;
    for (std::size_t k = 0; k < network_->size(); ++k) out.push_back(network_->gradient(k));
    return out;
  }

  domains::PdeSample const sample_ =
      twins::plane_problem({domains::Boundary{.periodic = true}, domains::Boundary{}});
  std::vector<SpaceTimeGrid> const grids_{SpaceTimeGrid::over({{8, 1}, {6, 1}}, 5, 3),
                                          SpaceTimeGrid::over({{5, 1}, {9, 1}}, 8, 2)};
  std::vector<std::vector<double>> bars_;
  std::unique_ptr<BasisNetwork> network_;
};

TEST_F(PlaneNetworkGradient, IsThatOfCentralDifferencesForEveryParameter)
{
  loss(0, true);
  network_->pull_back(0, bars_[0]);
  auto const slopes = gradient();

  double largest = 0;
  for (double const slope : slopes) largest = std::max(largest, std::abs(slope));
  ASSERT_GT(largest, 1e-2);
  for (std::size_t k = 0; k < slopes.size(); ++k) {
    double const kept = network_->parameter(k), h = 1e-3;
    auto at = [&](double amount) {
      network_->set_parameter(k, kept + amount);
      return loss(0, false);
    };
    double const fourth = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
    network_->set_parameter(k, kept);
    EXPECT_NEAR(slopes[k], fourth, 1e-6 * std::max(std::abs(fourth), 1e-2 * largest)) << k;
  }
}

TEST_F(PlaneNetworkGradient, AddsUpOverSlotsOnGridsOfTheirOwn)
{
  std::vector<double> sum(network_->size(), 0.);
  for (std::size_t const slot : {0u, 1u}) {
    loss(slot, true);
    network_->pull_back(slot, bars_[slot]);
    auto const one = gradient();
    for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += one[k];
    network_->forget_gradient();
  }

  for (std::size_t const slot : {0u, 1u}) loss(slot, true);
  for (std::size_t const slot : {0u, 1u}) network_->pull_back(slot, bars_[slot]);

  auto const both = gradient();
  for (std::size_t k = 0; k < sum.size(); ++k) {
    EXPECT_NEAR(both[k], sum[k], 1e-12 * (1 + std::abs(sum[k]))) << k;
  }
}

}  // namespace
}  // namespace tessera::constraint
