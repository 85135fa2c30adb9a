#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include <tessera/core/error.hpp>
#include <tessera/core/stopwatch.hpp>
#include <tessera/fields/geps.hpp>
#include <tessera/meta/adaptation.hpp>
#include <tessera/meta/evaluation.hpp>
#include <tessera/meta/gates/least_squares.hpp>
#include <tessera/meta/matching.hpp>
#include <tessera/meta/mixer_trainer.hpp>

#include "support/two_families.hpp"

namespace {

using namespace tessera;
using namespace tessera::meta;
using twins::families, twins::two_families;

struct Training {
  domains::Trajectories data = two_families();
  std::shared_ptr<experts::ExpertBank<float>> bank =
      fields::make_geps_bank<float>({.state = 2, .width = 16, .depth = 3, .rank = 2});
  MixerOptions options{.outer_steps = 40, .warmup = 15, .update = "joint", .proximal = 0};
  GateOptions gate;
  bool trunk = false;
  std::unique_ptr<Mixture<float>> made;

  /// Made with the gate as it is set when somebody asks first.
  Mixture<float> &mixture()
  {
    if (!made) {
      made = std::make_unique<Mixture<float>>(bank, 2, data.size(), true, 3,
                                              make_least_squares_gate(gate, 2),
                                              trunk ? experts::make_trunk_map<float>({}) : nullptr);
    }
    return *made;
  }

  std::vector<StepReport> run(long from, long to, State *state = nullptr)
  {
    options.selection.count = 1000;
    options.rate = options.context_rate = 5e-3;
    MixerTrainer<float> trainer(mixture(), data, options, {}, 3, {});
    if (state != nullptr) trainer.register_state(*state);
    std::vector<StepReport> reports;
    for (long outer = from; outer < to; ++outer) reports.push_back(mixer_step(trainer, outer));
    return reports;
  }
};

TEST(MixerStep, FindsTwoFamiliesWhoseEnvironmentsAlternate)
{
  Training training;

  auto const reports = training.run(0, 40);

  EXPECT_EQ(purity(families(training.data), training.mixture().routes().leaders(), 2, 2), 1.0);
  EXPECT_LT(reports.back().loss_model, 0.05 * reports.front().loss_model);
}

TEST(MixerStep, TheGateNamesTheExpertOfEveryEnvironment)
{
  Training training;

  training.run(0, 40);

  auto const contexts = training.mixture().context_points();
  for (std::size_t e = 0; e < training.data.size(); ++e) {
    EXPECT_EQ(training.mixture().gate()->word(contexts.row(e)), training.mixture().leader(e));
  }
}

TEST(MixerStep, DuringTheWarmUpOneExpertMovesAndTheOthersStay)
{
  Training training;
  float const before = training.mixture().rows()(1, 0);

  training.run(0, 3);

  EXPECT_EQ(training.mixture().rows()(1, 0), before);
  EXPECT_NE(training.mixture().rows()(0, 0), before);
  for (int route : training.mixture().routes().leaders()) EXPECT_EQ(route, 0);
}

TEST(MixerStep, ATrunkIsTrainedAloneInTheWarmUpAndPartsAppearBehindIt)
{
  Training training;
  training.trunk = true;
  auto const &parameters = training.mixture().parameters();
  auto const parts = parameters.matrix("bank/geps"), trunk = parameters.matrix("trunk/geps");
  float const before = trunk(0, 0);

  training.run(0, 15);
  EXPECT_NE(trunk(0, 0), before);
  EXPECT_EQ(parts(0, 0), 0);
  training.run(15, 40);

  EXPECT_EQ(purity(families(training.data), training.mixture().routes().leaders(), 2, 2), 1.0);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NE(parts(i, 0), 0);
    EXPECT_EQ(training.mixture().rows()(i, 0), trunk(0, 0) + parts(i, 0));
  }
}

TEST(MixerStep, WithPartsThatDoNotMoveAMixtureIsOneExpert)
{
  Training one, mixture;
  one.trunk = mixture.trunk = true;
  mixture.options.warmup = 5;
  one.options.warmup = 39;
  for (Training *t : {&one, &mixture}) {
    t->made = std::make_unique<Mixture<float>>(t->bank, 2, t->data.size(), true, 3,
                                               make_least_squares_gate({}, 2),
                                               experts::make_trunk_map<float>({.part_rate = 0}));
    t->options.schedule = "step";
    t->options.rate_factor = 1;
  }

  one.run(0, 20);
  mixture.run(0, 20);

  for (int i = 0; i < 2; ++i) {
    for (std::size_t k = 0; k < 20; ++k) {
      EXPECT_NEAR(mixture.mixture().rows()(i, k), one.mixture().rows()(0, k), 1e-3);
    }
  }
}

TEST(MixerStep, SecondsOfThePhasesAddUpToTheStep)
{
  Training training;
  training.options.warmup = 2;
  training.gate.every = 1;
  training.gate.full_update = true;
  Stopwatch watch;

  auto const reports = training.run(0, 4);

  double const spent = watch.lap();
  double sum = 0;
  for (StepReport const &report : {reports[2], reports[3]}) {
    PhaseSeconds const &s = report.seconds;
    for (double phase : {s.cross, s.forward, s.pull_back, s.assembly, s.clusters, s.optimizer}) {
      EXPECT_GT(phase, 0);
      sum += phase;
    }
    EXPECT_GT(report.evaluations, 6 * report.solves);
  }
  EXPECT_LE(sum, spent);
}

TEST(MixerStep, TheSameSeedGivesTheSameBits)
{
  Training first, second;

  first.run(0, 20);
  second.run(0, 20);

  auto const a = first.mixture().parameters().flat(), b = second.mixture().parameters().flat();
  EXPECT_TRUE(std::equal(a.data(), a.data() + a.size(), b.data()));
}

TEST(MixerStep, AlternationMovesContextsThenExperts)
{
  Training training;
  training.options.update = "alternate";
  training.options.warmup = 0;
  training.gate.start = GateStart::published;
  training.gate.cross = {.inner = 0, .trajectories = 0, .stop = 0};
  training.options.inner_context = 1;
  training.options.inner_model = 1;
  training.options.outer_steps = 4;

  auto const reports = training.run(0, 1);

  // First step of AdaBelief: exactly the rate, in the slices of the one expert that all share.
  int const expert = training.mixture().leader(0);
  std::set<float> sizes;
  for (std::size_t e = 0; e < training.data.size(); ++e) {
    sizes.insert(std::abs(training.mixture().slice(e, expert)[0]));
    EXPECT_EQ(training.mixture().slice(e, 1 - expert)[0], 0);
  }
  EXPECT_NEAR(*sizes.begin(), 5e-3, 1e-6);
  EXPECT_NEAR(*sizes.rbegin(), 5e-3, 1e-6);
  EXPECT_GT(reports[0].loss_context, 0);
}

TEST(MixerStep, AProximalTermHoldsParametersNearWhereTheOuterStepBegan)
{
  Training loose, held;
  held.options.proximal = 1e4;
  auto distance = [](Training &training) {
    std::vector<float> before(training.mixture().rows().data(),
                              training.mixture().rows().data() + training.mixture().rows().size());
    training.run(0, 1);
    double sum = 0;
    for (std::size_t i = 0; i < before.size(); ++i) {
      sum += std::abs(training.mixture().rows().data()[i] - before[i]);
    }
    return sum;
  };

  EXPECT_LT(distance(held), 0.5 * distance(loose));
}

// The published loss divides its term by the number of parameters, which leaves next to nothing.
TEST(MixerStep, ThePublishedProximalTermIsDividedByTheNumberOfParameters)
{
  std::vector<std::vector<float>> ends;
  double const numbers = double(Training().mixture().rows().size());
  for (auto const &[power, weight] : {std::pair{0.0, 100.0}, std::pair{1.0, 100.0 * numbers}}) {
    Training training;
    training.options.update = "alternate";
    training.options.inner_context = 0;
    training.options.inner_model = 3;
    training.options.proximal = weight;
    training.options.proximal_power = power;
    training.run(0, 1);
    auto const rows = training.mixture().rows();
    ends.emplace_back(rows.data(), rows.data() + rows.size());
  }

  for (std::size_t i = 0; i < ends[0].size(); ++i) ASSERT_NEAR(ends[0][i], ends[1][i], 1e-6) << i;
}

TEST(MixerStep, DivergenceEndsWithAnErrorThatSaysWhatToDo)
{
  Training training;
  for (double &state : training.data.states) state = std::nan("");

  EXPECT_THROW(training.run(0, 3), SolverError);
}

TEST(MixerStep, AWindowLongerThanTheDataIsRefused)
{
  Training training;
  training.options.windows = make_fresh_windows(21, 25);

  EXPECT_THROW(training.run(0, 1), InputError);
}

TEST(MixerStep, AssignmentByLossSendsAStrayEnvironmentBack)
{
  Training training;
  training.gate.assign = Assignment::loss;
  training.gate.cross.inner = 20;
  training.run(0, 40);
  std::vector<int> const good = training.mixture().routes().leaders();
  std::vector<int> astray = good;
  astray[3] = 1 - good[3];
  training.mixture().set_routes(astray);
  MixerTrainer<float> trainer(training.mixture(), training.data, training.options, {}, 3, {});
  StepReport report;

  trainer.update_gate(40, 0, true, report);

  EXPECT_EQ(training.mixture().routes().leaders(), good);
  EXPECT_EQ(report.rerouted, 1);
  EXPECT_EQ(report.gate_updates, 1);
}

TEST(MixerStep, WhoChangesExpertsTakesTheMeanContextOfItsNewFellows)
{
  Training training;
  training.gate.assign = Assignment::loss;
  training.gate.cross.inner = 20;
  training.run(0, 40);
  Mixture<float> &mixture = training.mixture();
  int const own = mixture.leader(3);
  std::vector<int> astray = mixture.routes().leaders();
  astray[3] = 1 - own;
  mixture.set_routes(astray);
  std::vector<float> const mean = mixture.mean_slice(own);
  MixerTrainer<float> trainer(mixture, training.data, training.options, {}, 3, {});
  StepReport report;

  trainer.update_gate(40, 0, true, report);

  ASSERT_EQ(mixture.leader(3), own);
  for (std::size_t r = 0; r < 2; ++r) EXPECT_EQ(mixture.slice(3, own)[r], mean[r]);
}

TEST(Adapt, FindsExpertAndContextOfNewEnvironments)
{
  Training training;
  training.run(0, 40);
  auto const support = two_families(4, 1), query = two_families(4, 6);

  auto const found = adapt(training.mixture(), support, {}, {});
  auto const prediction = predict(training.mixture(), query, found.expert, found.contexts, {});

  std::vector<int> const family = families(support);
  EXPECT_EQ(purity(family, found.expert, 2, 2), 1.0);
  EXPECT_LT(prediction.metrics.mean(prediction.metrics.mse), 0.02);
  EXPECT_EQ(prediction.metrics.failed, 0);
}

TEST(Adapt, PolishingGoesOnFromTheBestOfTheSearch)
{
  Training training;
  training.run(0, 40);
  auto const support = two_families(4, 1);
  AdaptOptions searched{.search_steps = 5, .polish_steps = 0}, polished = searched;
  polished.polish_steps = 60;

  auto const rough = adapt(training.mixture(), support, searched, {});
  auto const fine = adapt(training.mixture(), support, polished, {});

  for (std::size_t e = 0; e < 4; ++e) EXPECT_LT(fine.support_loss[e], rough.support_loss[e]) << e;
}

TEST(Metrics, AreTheDefinedMeans)
{
  Training training;
  auto const exact =
      predict(training.mixture(), training.data, training.mixture().routes().leaders(),
              routed_contexts(training.mixture()), {});
  double squares = 0;
  std::size_t const per = 3 * 20 * 2;
  for (std::size_t i = 0; i < per; ++i) {
    double const d = exact.states[i] - training.data.states[i];
    squares += d * d;
  }

  EXPECT_NEAR(exact.metrics.mse[0], squares / double(per), 1e-12);
  Metrics m{.mse = {1, 3}, .rel_l2 = {0.05, 0.2, 0.3}};
  EXPECT_EQ(m.mean(m.mse), 2);
  EXPECT_EQ(m.median(m.rel_l2), 0.2);
  EXPECT_NEAR(m.tprmse(), 1.0 / 3, 1e-15);
}

}  // namespace
