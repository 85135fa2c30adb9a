#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include <tessera/meta/gates/softmax.hpp>

namespace {

using namespace tessera;
using namespace tessera::meta;

// Four environments and three experts: losses are those of `losses` (environment, expert).
struct Softmax : ::testing::Test {
  Softmax()
  {
    contexts.components = 6;
    for (std::size_t e = 0; e < 4; ++e) {
      std::vector<double> context(6, 0.1);
      context[e % 3] = 1 + 0.1 * double(e);
      contexts.add(0, context);
    }
  }

  GateEvidence evidence()
  {
    return {0, 0, 0, false, contexts, routes, [this] { return losses; }};
  }

  SlicedPoints contexts;
  experts::Routes routes = experts::Routes::even(4, 3);
  std::vector<double> losses{1, 2, 3, 2, 1, 5, 9, 9, 1, 1, 1, 1};
};

// (environment, expert) of all shares.
std::vector<double> table(experts::Routes const &routes)
{
  std::vector<double> shares(12, 0.);
  for (std::size_t e = 0; e < 4; ++e) {
    auto const of = routes.of(e);
    for (std::size_t k = 0; k < of.size(); ++k) {
      shares[3 * e + std::size_t(of.expert[k])] = of.weight[k];
    }
  }
  return shares;
}

TEST_F(Softmax, SharesAreTheExpectationOfTheFormula)
{
  auto const gate = make_softmax_gate({}, 3);

  auto const r = table(*gate->fit(evidence()));

  double const square = 1.5;  // the median of the own losses 1, 2, 9, 1
  for (std::size_t e = 1; e < 4; ++e) {
    for (std::size_t i = 1; i < 3; ++i) {
      // What priors there are drops out of ratios of ratios.
      double const odds = r[3 * e + i] / r[3 * e] / (r[i] / r[0]);
      double const by = losses[3 * e + i] - losses[3 * e] - (losses[i] - losses[0]);
      EXPECT_NEAR(odds, std::exp(-by / (2 * square)), 1e-12 * odds) << e << " " << i;
    }
  }
}

TEST_F(Softmax, AllExpertsAreWantedAlikeAndEveryShareIsGiven)
{
  auto const gate = make_softmax_gate({}, 3);

  auto const r = table(*gate->fit(evidence()));

  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR((r[i] + r[3 + i] + r[6 + i] + r[9 + i]) / 4, 1. / 3, 1e-6) << i;
  }
  for (std::size_t e = 0; e < 4; ++e) {
    EXPECT_NEAR(r[3 * e] + r[3 * e + 1] + r[3 * e + 2], 1, 1e-14) << e;
  }
}

TEST_F(Softmax, TheLargestSharesAreKeptAndAddUpToOne)
{
  auto const gate = make_softmax_gate({.top_k = 2}, 3);

  auto const found = gate->fit(evidence());

  EXPECT_EQ(found->of(1).size(), 2U);
  EXPECT_EQ(found->of(1).expert[0], 1);
  EXPECT_EQ(found->of(1).expert[1], 0);
  EXPECT_NEAR(found->of(1).weight[0] + found->of(1).weight[1], 1, 1e-14);
}

TEST_F(Softmax, LossesThatAreNoneLeaveRoutesAsTheyAre)
{
  auto const gate = make_softmax_gate({}, 3);
  losses.assign(12, 0.);

  EXPECT_FALSE(gate->fit(evidence()));
}

TEST_F(Softmax, LearnsToNameLeaders)
{
  auto const gate = make_softmax_gate({}, 3);
  routes = experts::Routes::single(std::vector{0, 1, 2, 0});

  gate->learn(evidence());

  for (std::size_t e = 0; e < 4; ++e) EXPECT_EQ(gate->word(contexts.row(e)), int(e % 3));
}

}  // namespace
