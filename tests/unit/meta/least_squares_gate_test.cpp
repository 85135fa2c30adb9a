#include <gtest/gtest.h>

#include <tessera/meta/gates/least_squares.hpp>

namespace {

using namespace tessera;
using namespace tessera::meta;

// Twelve environments of three experts, each with a slice of two numbers; the losses say that
// environment e is best served by expert e % 3.
struct LeastSquares : ::testing::Test {
  LeastSquares()
  {
    contexts.components = 6;
    for (std::size_t e = 0; e < 12; ++e) {
      double const step = 0.01 * double(e);
      contexts.add(2 * (e % 3), std::vector{1. + step, -1. + step});
      route.push_back(int(e % 3));
    }
    routes = experts::Routes::single(route);
  }

  GateEvidence evidence(long outer, bool renew = false)
  {
    return {0, outer, 0, renew, contexts, routes, [this] {
              ++asked;
              std::vector<double> losses;
              for (int e = 0; e < 12; ++e) {
                for (int i = 0; i < 3; ++i) losses.push_back(i == (e + shift) % 3 ? 0.1 : 1.);
              }
              return losses;
            }};
  }

  SlicedPoints contexts;
  std::vector<int> route;
  experts::Routes routes;
  int asked = 0, shift = 0;
};

TEST_F(LeastSquares, RoutesByClustersMatchedToTheExpertsOfLeastLoss)
{
  auto const gate = make_least_squares_gate({}, 3);
  shift = 1;

  auto const found = gate->fit(evidence(0));

  ASSERT_TRUE(found);
  for (int e = 0; e < 12; ++e) EXPECT_EQ(found->leader(std::size_t(e)), (e + 1) % 3);
  EXPECT_EQ(asked, 1);
}

TEST_F(LeastSquares, AsksForLossesAgainOnlyWhenTheyAreOldOrClustersChange)
{
  auto const gate = make_least_squares_gate({.refresh = 10}, 3);
  gate->begin(3, route);

  gate->fit(evidence(0));
  gate->fit(evidence(9));
  EXPECT_EQ(asked, 1);
  gate->fit(evidence(10));
  EXPECT_EQ(asked, 2);
  gate->fit(evidence(11, true));
  EXPECT_EQ(asked, 3);
  contexts.first[0] = 2;  // an environment moves into another cluster
  gate->fit(evidence(12));
  EXPECT_EQ(asked, 4);
}

TEST_F(LeastSquares, LearnsToNameTheExpertsOfItsRoutes)
{
  auto const gate = make_least_squares_gate({}, 3);
  EXPECT_TRUE(gate->values(contexts.row(0)).empty());
  EXPECT_EQ(gate->word(contexts.row(1)), 0) << "before it has learnt";

  gate->learn(evidence(0));

  for (std::size_t e = 0; e < 12; ++e) EXPECT_EQ(gate->word(contexts.row(e)), int(e % 3));
}

TEST_F(LeastSquares, ComesBackFromItsState)
{
  auto const gate = make_least_squares_gate({}, 3), other = make_least_squares_gate({}, 3);
  State a, b;
  gate->register_state(a);
  other->register_state(b);
  gate->fit(evidence(3));
  gate->learn(evidence(3));

  for (std::size_t k = 0; k < a.items().size(); ++k) {
    auto const &from = a.items()[k].memory, &to = b.items()[k].memory;
    if (auto const *v = std::get_if<std::vector<double> *>(&from)) {
      *std::get<std::vector<double> *>(to) = **v;
    } else if (auto const *i = std::get_if<std::vector<std::int32_t> *>(&from)) {
      *std::get<std::vector<std::int32_t> *>(to) = **i;
    } else if (auto const *n = std::get_if<std::span<std::int64_t>>(&from)) {
      std::ranges::copy(*n, std::get<std::span<std::int64_t>>(to).begin());
    } else {
      FAIL() << a.items()[k].name;
    }
  }
  other->restored();

  EXPECT_EQ(other->values(contexts.row(5)), gate->values(contexts.row(5)));
  asked = 0;
  other->fit(evidence(4));
  EXPECT_EQ(asked, 0) << "it knows its clusters and when losses were taken";
}

TEST_F(LeastSquares, StartedAsPublishedEverythingSharesOneExpertAndThenTheFittedGatesWordCounts)
{
  auto const gate = make_least_squares_gate({.start = GateStart::published}, 3);
  EXPECT_FALSE(gate->splits());
  auto const first = gate->first_routes(12, 6, 4);
  EXPECT_EQ(first.leaders(), std::vector<int>(12, first.leader(0)));
  EXPECT_EQ(first,
            make_least_squares_gate({.start = GateStart::published}, 3)->first_routes(12, 6, 4));

  auto const found = gate->fit(evidence(0));

  ASSERT_TRUE(found);
  for (std::size_t e = 0; e < 12; ++e) {
    EXPECT_EQ(found->leader(e), gate->word(contexts.row(e)));
    EXPECT_EQ(found->leader(e), int(e % 3));
  }
}

}  // namespace
