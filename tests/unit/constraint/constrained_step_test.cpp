#include <cmath>

#include <gtest/gtest.h>

#include <set>

#include <tessera/constraint/constrained_step.hpp>
#include <tessera/core/error.hpp>

namespace tessera::constraint {
namespace {

struct Small {
  Small()
  {
    options.grid = {.cells = 32, .levels = 21};
    options.boxes_in_space = {2};
    options.rate = nn::StepSchedule{.rate = 1e-2, .factor = 1, .total = 40};
    network.fno = {.widths = {6, 6}, .modes_t = 2, .modes_x = 2, .projection = 12, .outputs = 4};
  }
  ConstrainedOptions options;
  BasisNetworkOptions network;
  std::unique_ptr<domains::PdeFamily> family = domains::make_diffusion_sorption_family();
};

TEST(ConstrainedTraining, LowersTheResidual)
{
  Small s;
  auto const network = make_basis_network(s.network);
  ConstrainedTrainer trainer(*s.family, *network, s.options);
  double first = 0, last = 0;
  for (long step = 0; step < 40; ++step) {
    auto const report = constrained_step(trainer, step);
    (step < 5 ? first : last) += step < 5 || step >= 35 ? report.loss / 5 : 0;
  }
  EXPECT_LT(last, first - 0.3);  // by a quarter
}

TEST(ConstrainedTraining, NoProblemIsDrawnTwice)
{
  Small s;
  auto const network = make_basis_network(s.network);
  ConstrainedTrainer trainer(*s.family, *network, s.options);
  std::set<double> starts;

  for (long step = 0; step < 20; ++step) {
    for (auto const &sample : trainer.draw(step)) starts.insert(sample.problem.parameters[0]);
  }

  EXPECT_EQ(starts.size(), 20 * std::size_t(s.options.batch));
}

TEST(ConstrainedTraining, DependsOnTheSeedAlone)
{
  Small s;
  std::vector<std::string> digests;
  for (int run = 0; run < 2; ++run) {
    auto const network = make_basis_network(s.network);
    ConstrainedTrainer trainer(*s.family, *network, s.options);
    for (long step = 0; step < 3; ++step) constrained_step(trainer, step);
    digests.push_back(network->digest());
  }
  EXPECT_EQ(digests[0], digests[1]);
}

TEST(ConstrainedTraining, ASampleThatDoesNotConvergeIsNamedAndMovesNothing)
{
  Small s;
  s.options.layer.solver.max_iterations = 1;
  s.options.layer.solver.frozen_passes = 0;
  auto const network = make_basis_network(s.network);
  auto const before = network->digest();
  ConstrainedTrainer trainer(*s.family, *network, s.options);

  auto const report = constrained_step(trainer, 0);

  ASSERT_EQ(report.unconverged.size(), 2u);
  EXPECT_EQ(report.unconverged[0].parameters, s.family->sample(0, "train", 0).parameters);
  EXPECT_EQ(network->digest(), before);
}

TEST(ConstrainedTraining, PredictsOnAFinerGridAndFindsTheTruth)
{
  Small s;
  auto const network = make_basis_network(s.network);
  ConstrainedTrainer trainer(*s.family, *network, s.options);
  for (long step = 0; step < 20; ++step) constrained_step(trainer, step);
  domains::SpaceTimeGrid const fine{.cells = 64, .levels = 41};
  std::vector<domains::PdeSample> const problems{s.family->sample(0, "test", 0),
                                                 s.family->sample(0, "test", 1),
                                                 s.family->sample(0, "test", 2)};

  auto const solutions = predict(*network, s.options, fine, problems);

  for (std::size_t k = 0; k < problems.size(); ++k) {
    std::vector<double> truth(fine.size());
    problems[k].truth(fine, truth);
    EXPECT_LT(domains::relative_l2(solutions[k].field, truth), 0.03);
  }
}

TEST(ConstrainedTraining, ATrainedNetworkBeatsTheOneItBeganAs)
{
  Small s;
  // Rows in units of the error: those of one step can be lowered while the error grows.
  s.options.layer.rows.norm = RowNorm::propagated;
  s.options.layer.rows.time = TimeScheme::logarithmic;
  s.options.layer.rows.spreading = 50;
  auto const untrained = make_basis_network(s.network), trained = make_basis_network(s.network);
  ConstrainedTrainer trainer(*s.family, *trained, s.options);
  for (long step = 0; step < 80; ++step) constrained_step(trainer, step);
  std::vector<domains::PdeSample> problems;
  for (std::uint64_t k = 0; k < 8; ++k) problems.push_back(s.family->sample(0, "test", k));
  auto error = [&](BasisNetwork &network) {
    auto const solutions = predict(network, s.options, s.options.grid, problems);
    double sum = 0;
    for (std::size_t k = 0; k < problems.size(); ++k) {
      std::vector<double> truth(s.options.grid.size());
      problems[k].truth(s.options.grid, truth);
      sum += domains::relative_l2(solutions[k].field, truth) / double(problems.size());
    }
    return sum;
  };

  double const before = error(*untrained), after = error(*trained);

  EXPECT_LT(after, before / 2);  // 1.12 % before, 0.34 % after
}

TEST(BasisNetwork, SeesTimesAsSharesOfItsOwnHorizonWhateverTheGrids)
{
  Small s;
  s.network.profiles.clear();  // they tell the time in seconds
  auto const problem = s.family->sample(0, "train", 0);
  domains::SpaceTimeGrid const whole{.cells = 16, .levels = 11, .horizon = 500},
      half{.cells = 16, .levels = 11, .horizon = 250};
  auto propose = [&](double horizon, domains::SpaceTimeGrid const &grid) {
    s.network.horizon = horizon;
    auto const network = make_basis_network(s.network);
    auto const functions = network->propose(grid, problem, 0, false);
    return std::vector<double>(functions.begin(), functions.end());
  };

  auto const of_500 = propose(500, whole);

  EXPECT_EQ(propose(250, half), of_500);
  EXPECT_NE(propose(500, half), of_500);
}

TEST(BasisNetwork, TellsANetworkThatDoesNotFitItsSamples)
{
  Small s;
  s.network.parameters = 3;
  auto const network = make_basis_network(s.network);
  EXPECT_THROW(network->propose(s.options.grid, s.family->sample(0, "train", 0), 0, false),
               InputError);
}

TEST(BasisNetwork, InFloatProposesTheSameFunctionsToItsRounding)
{
  Small s;
  auto const twice = make_basis_network(s.network);
  s.network.float32 = true;
  auto const single = make_basis_network(s.network);
  auto const problem = s.family->sample(0, "train", 0);
  auto const a = twice->propose(s.options.grid, problem, 0, false),
             b = single->propose(s.options.grid, problem, 0, false);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-5);
}

}  // namespace
}  // namespace tessera::constraint
