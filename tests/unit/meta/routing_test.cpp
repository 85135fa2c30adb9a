#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/meta/routing.hpp>

namespace {

using tessera::meta::assign_by_loss;
using tessera::meta::match_clusters;
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
  // median (3, 2.5): the lower or the upper middle alone would choose expert 0 in one of the two
  std::vector<double> const losses{1., 2.4, 5., 2.6};

  EXPECT_EQ(match_clusters(assignment, losses, 1, 2), (std::vector<int>{1}));
}

TEST(MatchClusters, MatchesOptimallyOrAsPublished)
{
  std::vector<int> const assignment{0, 1};
  std::vector<double> const losses{1., 2., 0., 9.};

  EXPECT_EQ(match_clusters(assignment, losses, 2, 2), (std::vector<int>{1, 0}));
  EXPECT_EQ(match_clusters(assignment, losses, 2, 2, "greedy"), (std::vector<int>{0, 1}));
}

TEST(MatchClusters, CountsAFailedIntegrationAsTheLargestLoss)
{
  std::vector<int> const assignment{0, 1};
  // with NaN and infinity as 4: 0→1, 1→0 costs 4 + 2; 0→0, 1→1 costs 3 + 4
  std::vector<double> const losses{3., std::nan(""), 2., infinity};
  std::vector<double> const finite{3., 4., 2., 4.};

  EXPECT_EQ(match_clusters(assignment, losses, 2, 2), match_clusters(assignment, finite, 2, 2));
  EXPECT_EQ(match_clusters(assignment, losses, 2, 2), (std::vector<int>{1, 0}));
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
  EXPECT_THROW(match_clusters(assignment, losses, 3, 2, "best"), tessera::InputError);
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
