#include <gtest/gtest.h>

#include <algorithm>

#include <tessera/core/error.hpp>
#include <tessera/domains/trajectory_parts.hpp>
#include <tessera/experts/mixed_bank.hpp>
#include <tessera/fields/coda.hpp>
#include <tessera/fields/geps.hpp>
#include <tessera/meta/evaluation.hpp>
#include <tessera/meta/gates/least_squares.hpp>
#include <tessera/meta/gates/softmax.hpp>
#include <tessera/meta/matching.hpp>
#include <tessera/meta/mixer_trainer.hpp>

#include "support/two_families.hpp"

// The life of experts in training: frozen, removed, shared.

namespace {

using namespace tessera;
using namespace tessera::meta;
using twins::families, twins::two_families;

using Bank = experts::ExpertBank<float>;

std::shared_ptr<Bank> geps()
{
  return fields::make_geps_bank<float>({.state = 2, .width = 16, .depth = 3, .rank = 2});
}

struct Training {
  explicit Training(int experts, std::unique_ptr<Gate> gate, std::shared_ptr<Bank> bank = geps(),
                    int outer_steps = 60, int warmup = 15,
                    domains::Trajectories systems = two_families())
      : data(std::move(systems)),
        mixture(std::move(bank), experts, data.size(), true, 3, std::move(gate)),
        trainer(mixture, data,
                {.outer_steps = outer_steps,
                 .warmup = warmup,
                 .update = "joint",
                 .selection = {.count = 1000},
                 .rate = 5e-3,
                 .context_rate = 5e-3},
                {}, 3, {})
  {
  }

  double run(long from, long to)
  {
    double loss = 0;
    for (long outer = from; outer < to; ++outer) loss = mixer_step(trainer, outer).loss_model;
    return loss;
  }

  double error() const
  {
    auto const m =
        predict(mixture, data, mixture.routes().leaders(), routed_contexts(mixture), {}).metrics;
    return m.mean(m.mse);
  }

  std::vector<float> row(int expert) const
  {
    float const *begin = &mixture.rows()(expert, 0);
    return {begin, begin + mixture.bank().row_size()};
  }

  domains::Trajectories data;
  Mixture<float> mixture;
  MixerTrainer<float> trainer;
};

// Three experts on two families: the one with fewest systems hands them to a fellow of theirs.
TEST(MixerExperts, AnUnusedOneIsDroppedAtTheEndOfTrainingAndTheOthersGoOn)
{
  Training training(3, make_least_squares_gate({}, 3));
  training.run(0, 40);
  std::vector<int> route = training.mixture.routes().leaders();
  auto const count = [&](int i) { return std::count(route.begin(), route.end(), i); };
  int const idle = int(std::min({0, 1, 2}, [&](int a, int b) { return count(a) < count(b); }));
  if (count(idle) == 0) {  // roundings of another build may leave it without any
    route[0] = idle;
    training.mixture.set_routes(route);
  }
  EXPECT_THROW(training.trainer.remove_expert(idle), Error) << "somebody is still led by it";
  for (std::size_t e = 0; e < route.size(); ++e) {
    if (route[e] != idle) continue;
    std::size_t fellow = e % 2;
    while (training.mixture.leader(fellow) == idle) fellow += 2;
    int const heir = training.mixture.leader(fellow);
    std::copy_n(training.mixture.slice(fellow, heir), 2, training.mixture.slice(e, idle));
    route[e] = heir;
  }
  training.mixture.set_routes(route);
  int const last = idle == 2 ? 1 : 2;
  std::vector<float> const kept = training.row(last);
  double const before = training.error();

  training.trainer.remove_expert(idle);

  EXPECT_EQ(training.mixture.experts(), 2);
  EXPECT_EQ(training.mixture.population().id(1), last);
  EXPECT_EQ(training.row(1), kept);
  EXPECT_EQ(training.error(), before) << "nobody else notices";
  for (std::size_t e = 0; e < route.size(); ++e) {
    auto const contexts = training.mixture.context_points();
    EXPECT_EQ(training.mixture.gate()->word(contexts.row(e)), training.mixture.leader(e));
  }
  training.run(40, 60);
  EXPECT_LT(training.error(), before);
  EXPECT_EQ(purity(families(training.data), training.mixture.routes().leaders(), 2, 2), 1.0);
}

// Decays alone, at 0.8 to 1.5: contexts lie along a line.
TEST(MixerExperts, AreNotSplitOffWhereContextsMustFallIntoGroupsAndDoNot)
{
  domains::Trajectories const both = two_families(16);
  std::vector<std::size_t> decays;
  for (std::size_t e = 0; e < both.size(); e += 2) decays.push_back(e);
  domains::Trajectories const one_family = domains::pick_environments(both, decays);
  Training one(1, make_least_squares_gate({}, 1), geps(), 60, 15, one_family);
  Training three(3, make_least_squares_gate({.structure = 0.7}, 3), geps(), 60, 15, one_family);
  Training split(3, make_least_squares_gate({}, 3), geps(), 60, 15, one_family);

  for (Training *training : {&one, &three, &split}) training->run(0, 25);

  EXPECT_EQ(three.mixture.population().active(), 1);
  EXPECT_EQ(split.mixture.population().active(), 3);
  EXPECT_EQ(three.row(0), one.row(0)) << "the mixture is that one expert, to the last bit";
  EXPECT_EQ(routed_contexts(three.mixture), routed_contexts(one.mixture));
}

TEST(MixerExperts, MomentsOfThoseThatStayAreKeptBitForBit)
{
  std::vector<std::vector<float>> ends;
  for (bool remove : {false, true}) {
    Training training(3, nullptr);
    training.mixture.wake();
    training.mixture.set_routes(families(training.data));
    training.run(0, 2);
    if (remove) training.trainer.remove_expert(2);
    training.run(2, 4);
    ends.push_back(training.row(1));
    auto const contexts = routed_contexts(training.mixture);
    ends.back().insert(ends.back().end(), contexts.begin(), contexts.end());
  }

  EXPECT_EQ(ends[0], ends[1]);
}

TEST(MixerExperts, AFrozenOneAnswersAndDoesNotMove)
{
  Training training(2, make_least_squares_gate({}, 2));
  training.run(0, 20);
  training.mixture.freeze(1);
  std::vector<float> const frozen = training.row(1), other = training.row(0);
  auto const contexts = routed_contexts(training.mixture);

  training.run(20, 22);

  EXPECT_EQ(training.row(1), frozen);
  EXPECT_NE(training.row(0), other);
  std::vector<int> const leaders = training.mixture.routes().leaders();
  auto const moved = routed_contexts(training.mixture);
  for (std::size_t e = 0; e < leaders.size(); ++e) EXPECT_NE(moved[2 * e], contexts[2 * e]) << e;
}

TEST(MixerExperts, WithATrunkNoneCanBeFrozenAlone)
{
  Mixture<float> mixture(fields::make_geps_bank<float>({.state = 2, .width = 8}), 2, 4, true, 3,
                         nullptr, experts::make_trunk_map<float>({}));

  EXPECT_THROW(mixture.freeze(1), Error);
}

TEST(MixerExperts, BySharesOfLossesDisturbedCopiesFindTwoFamiliesWithoutASplit)
{
  Training training(2, make_softmax_gate({}, 2));
  EXPECT_FALSE(training.mixture.warming());
  EXPECT_NE(training.row(0), training.row(1));

  training.run(0, 60);

  EXPECT_EQ(purity(families(training.data), training.mixture.routes().leaders(), 2, 2), 1.0);
  for (std::size_t e = 0; e < training.data.size(); ++e) {
    EXPECT_GT(training.mixture.routes().of(e).weight[0], 0.95) << e;
  }
}

// With slices for all experts a removed one takes its slices out of every context.
TEST(MixerExperts, ContextsLoseTheSlicesOfTheRemovedOne)
{
  Training training(3, make_softmax_gate({.top_k = 1}, 3));
  training.run(0, 3);
  training.mixture.set_routes(std::vector<int>(training.data.size(), 2));
  std::vector<float> const slice(training.mixture.slice(4, 2), training.mixture.slice(4, 2) + 2);

  training.trainer.remove_expert(0);

  EXPECT_EQ(training.mixture.components(), 4);
  EXPECT_EQ(std::vector<float>(training.mixture.slice(4, 1), training.mixture.slice(4, 1) + 2),
            slice);
  training.run(3, 4);
}

// A gate that stays as it is and remembers the losses that it was given.
struct Listener final : Gate {
  explicit Listener(std::vector<std::vector<double>> &heard) : heard_(heard) {}
  bool splits() const override { return false; }
  experts::Routes first_routes(std::size_t environments, std::size_t, std::uint64_t) override
  {
    return experts::Routes::single(std::vector<int>(environments, 0));
  }
  void begin(int, std::vector<int> const &) override {}
  bool due(long) const override { return true; }
  CrossOptions const &cross() const override { return cross_; }
  std::optional<experts::Routes> fit(GateEvidence const &evidence) override
  {
    heard_.push_back(evidence.cross_losses());
    return std::nullopt;
  }
  void learn(GateEvidence const &) override {}
  std::vector<double> values(std::span<double const>) const override { return {}; }
  void register_state(State &) override {}
  void restored() override {}

 private:
  std::vector<std::vector<double>> &heard_;
  CrossOptions cross_{.inner = 0, .trajectories = 1, .stop = 0};
};

// With nothing moving, losses differ by the trajectory that is looked at: one of three.
TEST(MixerExperts, TheGateLooksAtAnotherTrajectoryFromTimeToTime)
{
  std::vector<std::vector<double>> heard;
  Training training(2, std::make_unique<Listener>(heard));
  StepReport report;

  for (int inner = 0; inner < 12; ++inner) training.trainer.update_gate(0, inner, false, report);

  std::sort(heard.begin(), heard.end());
  auto const different = std::unique(heard.begin(), heard.end()) - heard.begin();
  EXPECT_EQ(different, 3);
}

// The warm experts are one of each kind, and every environment has a context for both of them.
TEST(MixerExperts, OfTwoKindsAreWarmTogetherAndThenTakeAFamilyEach)
{
  Training training(
      3, make_least_squares_gate({}, 3),
      experts::make_mixed_bank<float>(
          {{geps(), 1},
           {fields::make_coda_bank<float>({.state = 2, .width = 16, .depth = 3, .rank = 3}), 2}}),
      80, 30);
  Mixture<float> const &mixture = training.mixture;
  auto const number = [&](int expert) { return mixture.rows()(expert, 0); };
  float const first_geps = number(0), first_coda = number(1);
  ASSERT_EQ(number(2), first_coda);

  training.run(0, 30);

  EXPECT_NE(number(0), first_geps);
  EXPECT_NE(number(1), first_coda);
  EXPECT_EQ(number(2), first_coda) << "waits";
  for (std::size_t e = 0; e < mixture.environments(); ++e) {
    EXPECT_EQ(mixture.routes().of(e).size(), 2u);
    EXPECT_NE(mixture.slice(e, 0)[0], 0);
    EXPECT_NE(mixture.slice(e, 1)[2], 0);
  }

  double const first = training.run(30, 31), last = training.run(31, 80);

  EXPECT_LT(last, 0.5 * first);
  std::vector<int> const leaders = mixture.routes().leaders();
  for (std::size_t e = 0; e < mixture.environments(); ++e) {
    EXPECT_EQ(mixture.routes().of(e).size(), 1u);
    EXPECT_EQ(leaders[e] == leaders[0], e % 2 == 0) << "an expert alone has the other family";
    EXPECT_TRUE(mixture.has_slice(e, leaders[e]));
    EXPECT_FALSE(mixture.has_slice(e, (leaders[e] + 1) % 3));
  }
}

}  // namespace
