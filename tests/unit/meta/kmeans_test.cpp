#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/meta/kmeans.hpp>

namespace {

using tessera::Rng;
using tessera::meta::KMeans;
using tessera::meta::kmeans;
using tessera::meta::kmeans_published;
using tessera::meta::lloyd;

/// The least within-cluster sum over all partitions of points on a line into two clusters.
double best_of_two_clusters(std::vector<double> const &points)
{
  double best = std::numeric_limits<double>::infinity();
  for (unsigned mask = 1; mask + 1 < (1u << points.size()); ++mask) {
    double count[2] = {}, sum[2] = {}, squares[2] = {};
    for (std::size_t p = 0; p < points.size(); ++p) {
      std::size_t const j = mask >> p & 1u;
      count[j] += 1.;
      sum[j] += points[p];
      squares[j] += points[p] * points[p];
    }
    double const within =
        squares[0] - sum[0] * sum[0] / count[0] + squares[1] - sum[1] * sum[1] / count[1];
    best = std::min(best, within);
  }
  return best;
}

TEST(KMeans, LloydMovesCentroidsToTheMeans)
{
  std::vector<double> const points{0., 1., 10., 11.};

  KMeans const found = lloyd(points, 1, {0., 1.}, 100);

  EXPECT_FALSE(found.skipped);
  EXPECT_EQ(found.centroids, (std::vector<double>{.5, 10.5}));
  EXPECT_EQ(found.assignment, (std::vector<int>{0, 0, 1, 1}));
  EXPECT_DOUBLE_EQ(found.within, 1.);
}

TEST(KMeans, LloydBreaksTiesToTheLowerCluster)
{
  std::vector<double> const points{0., 1., 2.};

  KMeans const found = lloyd(points, 1, {0., 2.}, 1);

  EXPECT_EQ(found.assignment, (std::vector<int>{0, 0, 1}));
  EXPECT_EQ(found.rounds, 1);
}

TEST(KMeans, ReseedsAnEmptyClusterAtTheFarthestPoint)
{
  std::vector<double> const points{0., 1., 2., 9.};

  KMeans const found = lloyd(points, 1, {1., 100.}, 100);

  EXPECT_EQ(found.centroids, (std::vector<double>{1., 9.}));
  EXPECT_EQ(found.assignment, (std::vector<int>{0, 0, 0, 1}));
}

TEST(KMeans, NeverEmptiesAClusterToFillAnother)
{
  std::vector<double> const points{0., 19., 19.5};  // 0 is farthest from its centroid, but alone

  KMeans const found = lloyd(points, 1, {20., 3., 100.}, 1);

  EXPECT_EQ(found.assignment, (std::vector<int>{1, 2, 0}));
}

TEST(KMeans, SkipsWhereThereAreFewerDistinctPointsThanClusters)
{
  std::vector<double> const points{1., 2., 1., 2., 1., 2.};  // three times the same pair
  Rng rng(0, "test");

  EXPECT_TRUE(kmeans(points, 2, 2, rng).skipped);
  EXPECT_TRUE(lloyd(points, 2, {0., 0., 1., 1.}, 10).skipped);
  EXPECT_FALSE(kmeans(points, 1, 2, rng).skipped);
}

TEST(KMeans, GivesEveryDistinctPointItsOwnClusterWhereTheyAreAsMany)
{
  std::vector<double> const points{3., 3., 7., 5., 5.};
  Rng rng(1, "test");

  KMeans const found = kmeans(points, 1, 3, rng);

  EXPECT_DOUBLE_EQ(found.within, 0.);
  EXPECT_EQ(found.assignment[0], found.assignment[1]);
  EXPECT_EQ(found.assignment[3], found.assignment[4]);
  EXPECT_NE(found.assignment[2], found.assignment[0]);
}

TEST(KMeans, FindsTheBestPartitionOfFewPoints)
{
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(seed, "test");
    std::vector<double> points(9);
    for (double &x : points) x = rng.normal();

    KMeans const found = kmeans(points, 1, 2, rng);

    EXPECT_NEAR(found.within, best_of_two_clusters(points), 1e-12) << "seed " << seed;
  }
}

TEST(KMeans, KeepsTheBestOfItsRestarts)
{
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng draw(seed, "points"), once(seed, "start"), often(seed, "start");
    std::vector<double> points(80);
    for (double &x : points) x = draw.uniform();

    double const one = kmeans(points, 2, 6, once, {.restarts = 1}).within;
    double const ten = kmeans(points, 2, 6, often, {.restarts = 10}).within;

    EXPECT_LE(ten, one) << "seed " << seed;
  }
}

TEST(KMeans, SeparatesShuffledGroups)
{
  Rng rng(7, "test");
  std::vector<int> group;
  std::vector<double> points;
  for (std::size_t p : rng.permutation(40)) {
    group.push_back(static_cast<int>(p % 4));
    points.push_back((p % 2 == 0 ? 5. : -5.) + .3 * rng.normal());
    points.push_back((p % 4 < 2 ? 5. : -5.) + .3 * rng.normal());
  }

  KMeans const found = kmeans(points, 2, 4, rng);

  for (std::size_t p = 0; p < 40; ++p) {
    for (std::size_t q = 0; q < 40; ++q) {
      EXPECT_EQ(found.assignment[p] == found.assignment[q], group[p] == group[q]);
    }
  }
}

TEST(KMeans, RefusesPointsThatAreNotFinite)
{
  std::vector<double> const points{0., 1., std::nan("")};
  Rng rng(0, "test");

  EXPECT_THROW(kmeans(points, 1, 2, rng), tessera::SolverError);
  EXPECT_THROW(kmeans_published(points, 1, 2, {}, rng), tessera::SolverError);
}

TEST(KMeans, RefusesSizesThatDoNotFit)
{
  std::vector<double> const points{0., 1., 2.};
  Rng rng(0, "test");

  EXPECT_THROW(kmeans(points, 2, 2, rng), tessera::Error);
  EXPECT_THROW(kmeans(points, 1, 0, rng), tessera::Error);
  EXPECT_THROW(lloyd(points, 1, {}, 10), tessera::Error);
  EXPECT_THROW(kmeans_published(points, 1, 2, {1.}, rng), tessera::Error);
}

// (3, 0) is nearer to (0, 0) in L1 (3 against 3.2), nearer to (2, 2.2) in L2 (9 against 5.84).
std::vector<double> const l1_points{0., 0., 3., 0., 2., 2.2};
std::vector<double> const l1_start{0., 0., 2., 2.2};

TEST(PublishedKMeans, AssignsByTheAbsoluteDistance)
{
  Rng rng(0, "test");

  KMeans const published = kmeans_published(l1_points, 2, 2, l1_start, rng);

  EXPECT_EQ(published.assignment, (std::vector<int>{0, 0, 1}));
  EXPECT_EQ(published.centroids, (std::vector<double>{1.5, 0., 2., 2.2}));
  EXPECT_EQ(published.rounds, 2);
  EXPECT_EQ(lloyd(l1_points, 2, l1_start, 1).assignment, (std::vector<int>{0, 1, 1}));
}

TEST(PublishedKMeans, CountsConvergenceInTheLastRoundAsFailure)
{
  Rng rng(0, "test");

  EXPECT_TRUE(kmeans_published(l1_points, 2, 2, l1_start, rng, 2).skipped);
  EXPECT_FALSE(kmeans_published(l1_points, 2, 2, l1_start, rng, 3).skipped);
}

TEST(PublishedKMeans, IsConvergedWhereCentroidsMoveLessThanTheTolerance)
{
  std::vector<double> const points{10., 11.};  // the centroid moves by 1/2, then not at all
  Rng rng(0, "test");

  EXPECT_EQ(kmeans_published(points, 1, 1, {10.}, rng, 20, .49).rounds, 2);
  EXPECT_EQ(kmeans_published(points, 1, 1, {10.}, rng, 20, .5).rounds, 1);
}

TEST(PublishedKMeans, GivesUpOnAnEmptyCluster)
{
  std::vector<double> const zero(10, 0.);
  Rng rng(0, "test");

  EXPECT_TRUE(kmeans_published(zero, 2, 2, {}, rng).skipped);
  EXPECT_TRUE(kmeans_published(l1_points, 2, 2, {0., 0., 90., 90.}, rng).skipped);
}

TEST(PublishedKMeans, StartsAtTheScaleOfAFirstContextStep)
{
  std::vector<double> points;
  for (int e = 0; e < 12; ++e) points.insert(points.end(), 4, e % 2 == 0 ? 1e-3 : -1e-3);
  int found = 0;

  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(seed, "test");
    KMeans const clusters = kmeans_published(points, 4, 2, {}, rng);
    if (clusters.skipped) continue;
    ++found;
    EXPECT_NE(clusters.assignment[0], clusters.assignment[1]);
    EXPECT_NEAR(clusters.within, 0., 1e-20);
  }

  EXPECT_GE(found, 5);  // a start far from this scale would leave one cluster empty every time
}

}  // namespace
