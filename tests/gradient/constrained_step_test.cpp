#include <cmath>

#include <gtest/gtest.h>

#include <tessera/constraint/constrained_step.hpp>
#include <tessera/core/rng.hpp>

// The derivative of a loss by the network's parameters through functions, rows and solve, against
// central differences in float64.
namespace tessera::constraint {
namespace {

class ConstrainedStep : public ::testing::TestWithParam<Coupling> {
 protected:
  ConstrainedStep()
  {
    options_.layer.coupling = GetParam();
    options_.layer.rows.continuity = 1;
    options_.layer.solver.tolerance = 1e-12;
    options_.layer.solver.max_iterations = 200;
    options_.boxes_in_space = {2};
    options_.grid = {.cells = 24, .levels = 11};
    options_.batch = 2;
    options_.clip = 0;
    BasisNetworkOptions network;
    network.fno = {.widths = {4, 5, 4}, .modes_t = 2, .modes_x = 2, .projection = 6, .outputs = 3};
    network_ = make_basis_network(network);
  }
  /// The loss of one step's batch; with its gradient in the network where `pull`.
  template <class Loss>
  void check(Loss const &loss)
  {
    loss(true);
    std::vector<double> slopes;
    double largest = 0;
    for (std::size_t k = 0; k < network_->size(); ++k) {
      slopes.push_back(network_->gradient(k));
      largest = std::max(largest, std::abs(slopes.back()));
    }
    ASSERT_GT(largest, 0);
    for (std::size_t k = 3; k < network_->size(); k += 53) {
      double const kept = network_->parameter(k), h = 2e-4;
      auto at = [&](double amount) {
        network_->set_parameter(k, kept + amount);
        return loss(false);
      };
      double const fourth = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
      network_->set_parameter(k, kept);
      EXPECT_NEAR(slopes[k], fourth, 1e-5 * std::max(std::abs(fourth), 1e-2 * largest)) << k;
    }
  }

  static double loss_of(ConstrainedTrainer &trainer, bool pull, long step = 4)
  {
    ConstrainedReport report;
    auto batch = trainer.draw(step);
    trainer.propose(batch, report);
    trainer.solve(batch, report);
    trainer.evaluate(batch, report);
    EXPECT_TRUE(report.unconverged.empty());
    EXPECT_EQ(report.fallbacks, 0);
    if (pull) trainer.pull_back(batch, report);
    return report.loss;
  }

  std::unique_ptr<domains::PdeFamily> const family_ =
      domains::make_varied_diffusion_sorption_family();
  ConstrainedOptions options_;
  std::unique_ptr<BasisNetwork> network_;
};

TEST_P(ConstrainedStep, GradientOfTheConstraintsLossIsThatOfCentralDifferences)
{
  BasisNetworkOptions network;
  network.fno = {.widths = {4, 5, 4}, .modes_t = 2, .modes_x = 2, .projection = 6, .outputs = 3};
  network.parameters = 3;
  network_ = make_basis_network(network);
  ConstrainedTrainer trainer(*family_, *network_, options_);
  check([&](bool pull) { return loss_of(trainer, pull); });
}

TEST_P(ConstrainedStep, GradientInTheNormOfPropagatedErrorsIsThatOfCentralDifferences)
{
  options_.layer.rows.norm = RowNorm::propagated;
  options_.layer.rows.time = TimeScheme::logarithmic;
  options_.layer.rows.spreading = 20;
  options_.grid = {.cells = 24, .levels = 11, .horizon = 100};
  auto const family = domains::make_diffusion_sorption_family();
  for (auto const loss : {ConstrainedLoss::constraint, ConstrainedLoss::published}) {
    options_.loss = loss;
    ConstrainedTrainer trainer(*family, *network_, options_);
    // A step whose samples stay clear of u = 0, where R bends.
    check([&](bool pull) { return loss_of(trainer, pull, 5); });
    network_->forget_gradient();
  }
}

TEST_P(ConstrainedStep, GradientOfALossOfTheFieldGoesThroughTheSolution)
{
  auto const family = domains::make_diffusion_sorption_family();
  ConstrainedTrainer trainer(*family, *network_, options_);
  std::vector<double> bar(options_.grid.size());
  Rng rng(2, "constrained_step");
  for (double &b : bar) b = rng.normal();
  check([&](bool pull) {
    ConstrainedReport report;
    auto batch = trainer.draw(4);
    trainer.propose(batch, report);
    trainer.solve(batch, report);
    double sum = 0;
    for (auto &sample : batch) {
      EXPECT_TRUE(sample.solution.converged());
      // Looser ends, where u crosses the bend of R at 0, would show as an error of the slope.
      for (auto const &solve : sample.solution.solves) EXPECT_LT(solve.gradient, 1e-9);
      for (std::size_t p = 0; p < bar.size(); ++p) sum += bar[p] * sample.solution.field[p];
      if (!pull) continue;
      auto const cotangent =
          sample.layer->pull_back(sample.gathered, sample.problem, sample.solution, bar);
      EXPECT_EQ(cotangent.fallbacks, 0);
      sample.functions_bar =
          sample.layer->pull_back_gather(sample.gathered, sample.problem, cotangent);
    }
    if (pull) trainer.pull_back(batch, report);
    return sum;
  });
}

TEST_P(ConstrainedStep, GradientOfThePublishedLossIsThatOfCentralDifferences)
{
  auto const family = domains::make_diffusion_sorption_family();
  options_.loss = ConstrainedLoss::published;
  ConstrainedTrainer trainer(*family, *network_, options_);
  check([&](bool pull) { return loss_of(trainer, pull); });
}

/// Published rows, and training without a constraint, know no coupling.
class UncoupledConstrainedStep : public ConstrainedStep {};

TEST_P(UncoupledConstrainedStep, GradientThroughThePublishedRowsIsThatOfCentralDifferences)
{
  auto const family = domains::make_diffusion_sorption_family();
  options_.loss = ConstrainedLoss::published;
  options_.published = {.initial = 2, .boundary = .5, .equation = 3, .true_right = true};
  options_.layer.rows.kind = RowKind::reference;
  options_.layer.rows.points = 80;
  ConstrainedTrainer trainer(*family, *network_, options_);
  check([&](bool pull) { return loss_of(trainer, pull); });
}

TEST_P(UncoupledConstrainedStep, GradientWithoutAConstraintIsThatOfCentralDifferences)
{
  BasisNetworkOptions network;
  network.fno = {.widths = {4, 5}, .modes_t = 2, .modes_x = 2, .projection = 6, .outputs = 1};
  network_ = make_basis_network(network);
  auto const family = domains::make_diffusion_sorption_family();
  options_.method = ConstrainedMethod::none;
  options_.loss = ConstrainedLoss::published;
  ConstrainedTrainer trainer(*family, *network_, options_);
  check([&](bool pull) { return loss_of(trainer, pull); });
}

std::string name_of(::testing::TestParamInfo<Coupling> const &coupling)
{
  if (coupling.param == Coupling::joint) return "joint";
  return coupling.param == Coupling::none ? "none" : "partition_of_unity";
}

INSTANTIATE_TEST_SUITE_P(Couplings, ConstrainedStep,
                         ::testing::Values(Coupling::joint, Coupling::none,
                                           Coupling::partition_of_unity),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Couplings, UncoupledConstrainedStep, ::testing::Values(Coupling::none),
                         name_of);

}  // namespace
}  // namespace tessera::constraint
