#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/meta/routing.hpp>

namespace {

using tessera::meta::assign_by_loss;
using tessera::meta::match_clusters;
using tessera::meta::Matching;
constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(MatchClusters, ComparesMediansNotMeans)
{
  std::vector<int> const assignment{0, 0, 0, 1};
  // medians (1, 5), (6, 7): 0→0 costs 8, 0→1 costs 11; with means it would be the other way round
  std::vector<double> const losses{1., 5., 1., 5., 1000., 5., 6., 7.};

  EXPECT_EQ(match_clusters(assignment, losses, 2, 2), (std::vector<int>{0, 1}));
}

TEST(MatchClusters, TakesTheMeanOfTheTwoMiddleLosses)
{
  std::vector<int> const assignment{0, 0};
  // medians (3, 2.5) and (3, 3.5): the lower middle alone would choose expert 0 in the first, the
  // upper one expert 1 in the second
  std::vector<double> const first{1., 2.4, 5., 2.6}, second{1., 3.4, 5., 3.6};

  EXPECT_EQ(match_clusters(assignment, first, 1, 2), (std::vector<int>{1}));
  EXPECT_EQ(match_clusters(assignment, second, 1, 2), (std::vector<int>{0}));
}

TEST(MatchClusters, MatchesOptimallyOrAsPublished)
{
  std::vector<int> const assignment{0, 1};
  std::vector<double> const losses{1., 2., 0., 9.};

  EXPECT_EQ(match_clusters(assignment, losses, 2, 2), (std::vector<int>{1, 0}));
  EXPECT_EQ(match_clusters(assignment, losses, 2, 2, Matching::greedy), (std::vector<int>{0, 1}));
}

TEST(MatchClusters, CountsAFailedIntegrationAsTheLargestLoss)
{
  std::vector<int> const assignment{0, 1};
  // as 3: 0→0, 1→1 costs 4 and the other way 5; as 0 it would be the other way
  std::vector<double> const dear{3., std::nan(""), 2., 1.};
  // as 100: 0→0, 1→1 costs 109 and the other way 101; as infinity it would be the first
  std::vector<double> const bounded{9., infinity, 1., 100.};

  EXPECT_EQ(match_clusters(assignment, dear, 2, 2), (std::vector<int>{0, 1}));
  EXPECT_EQ(match_clusters(assignment, bounded, 2, 2), (std::vector<int>{1, 0}));
}

TEST(MatchClusters, GivesAnEmptyClusterWhatIsLeft)
{
  std::vector<int> const assignment{1, 1};
  std::vector<double> const losses{1., 2., 1., 2.};

  EXPECT_EQ(match_clusters(assignment, losses, 2, 2), (std::vector<int>{1, 0}));
}

TEST(MatchClusters, LeavesAClusterWithoutExpertWhereExpertsAreFewer)
{
  std::vector<int> const assignment{0, 1};
  std::vector<double> const losses{2., 1.};

  EXPECT_EQ(match_clusters(assignment, losses, 2, 1), (std::vector<int>{-1, 0}));
}

TEST(MatchClusters, RefusesWhatDoesNotFit)
{
  std::vector<int> const assignment{0, 2};
  std::vector<double> const losses{1., 2., 3., 4.};

  EXPECT_THROW(match_clusters(assignment, losses, 2, 2), tessera::Error);
  EXPECT_THROW(match_clusters(assignment, losses, 3, 1), tessera::Error);
}

TEST(AssignByLoss, TakesTheLeastLossAndTheLowerExpertOnTies)
{
  std::vector<double> const losses{3., 1., 2., 5., 5., 7.};

  EXPECT_EQ(assign_by_loss(losses, 3), (std::vector<int>{1, 0}));
}

TEST(AssignByLoss, NeverPrefersAFailedIntegration)
{
  std::vector<double> const losses{std::nan(""), 9., infinity, 1., -infinity, 1e300};

  EXPECT_EQ(assign_by_loss(losses, 2), (std::vector<int>{1, 1, 1}));
}

}  // namespace
