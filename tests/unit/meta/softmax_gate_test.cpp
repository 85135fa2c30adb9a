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

TEST_F(Softmax, SharesAreTheExpectationOfTheFormula)
{
  auto const gate = make_softmax_gate({.heat = 1}, 3);

  auto const found = gate->fit(evidence());

  ASSERT_TRUE(found);
  double const square = 1.5;  // the median of the own losses 1, 2, 9, 1
  for (std::size_t e = 0; e < 4; ++e) {
    double sum = 0;
    for (int i = 0; i < 3; ++i) sum += std::exp(-losses[3 * e + i] / (2 * square));
    experts::Shares const shares = found->of(e);
    ASSERT_EQ(shares.size(), 3U);
    for (std::size_t k = 0; k < 3; ++k) {
      double const expected = std::exp(-losses[3 * e + shares.expert[k]] / (2 * square)) / sum;
      EXPECT_NEAR(shares.weight[k], expected, 1e-14);
    }
  }
  EXPECT_EQ(found->leaders(), (std::vector{0, 1, 2, 0})) << "ties go to the lower number";
}

TEST_F(Softmax, ExpertsThatManyWantAreWantedMoreTheNextTime)
{
  auto const gate = make_softmax_gate({.heat = 1}, 3);
  losses = {1, 2, 2, 1, 2, 2, 1, 2, 2, 1, 1, 1};
  gate->fit(evidence());

  auto const found = gate->fit(evidence());

  EXPECT_EQ(found->leader(3), 0);
  EXPECT_GT(found->of(3).weight[0], 1.1 / 3);
}

TEST_F(Softmax, SharesHardenAsTheGateCools)
{
  auto const gate = make_softmax_gate({.heat = 100, .cooling = 4}, 3);
  double last = 0;

  for (int k = 0; k < 6; ++k) {
    double const weight = gate->fit(evidence())->of(2).weight[0];
    EXPECT_GE(weight, last) << k;
    last = weight;
  }

  EXPECT_GT(last, 0.99);
}

TEST_F(Softmax, TheLargestSharesAreKeptAndAddUpToOne)
{
  auto const gate = make_softmax_gate({.top_k = 2, .heat = 1}, 3);

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
