#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <tessera/core/rng.hpp>
#include <tessera/meta/sliced_points.hpp>
#include <tessera/meta/standardizer.hpp>

namespace tessera::meta {

struct KMeansOptions {
  int max_rounds = 100;  ///< of assignment and mean, per restart
  int restarts = 10;     ///< k-means++ starts; the smallest within-cluster sum is kept
};

/// Clusters of points. Where `skipped`, nothing could be said: `centroids` and `assignment` are
/// empty and the caller keeps what it had.
struct KMeans {
  std::vector<double> centroids;  ///< (cluster, component)
  std::vector<int> assignment;    ///< (point): its cluster
  double within = 0.;             ///< sum of squared distances to the own centroid
  int rounds = 0;                 ///< rounds of the run that was kept
  bool skipped = false;
};

/// Lloyd's algorithm from `options.restarts` k-means++ starts (Arthur and Vassilvitskii, 2007).
/// `points` is (point, component). Skipped where there are fewer distinct points than clusters.
/// Throws Error on sizes that do not fit or options below 1, SolverError on points not finite.
KMeans kmeans(std::span<double const> points, std::size_t components, int clusters, Rng &rng,
              KMeansOptions const &options = {});
KMeans kmeans(SlicedPoints const &points, int clusters, Rng &rng,
              KMeansOptions const &options = {});

/// Lloyd's algorithm from given `centroids` (cluster, component): squared distances and means, ties
/// to the lower index. An empty cluster takes the point farthest from its own centroid among the
/// clusters with more than one point, so the sum falls in every round. Skips and throws as
/// `kmeans`.
KMeans lloyd(std::span<double const> points, std::size_t components, std::vector<double> centroids,
             int max_rounds);
KMeans lloyd(SlicedPoints const &points, std::vector<double> centroids, int max_rounds);

/// Means (cluster, component) of the points assigned to each cluster; zero for an empty one.
std::vector<double> cluster_means(SlicedPoints const &points, std::span<int const> assignment,
                                  std::size_t clusters);

/// K-means as MixER published it: assignment by the L1 distance, means as centroids, converged at
/// |μ − μ_old| <= tolerance + 1e-5 |μ_old|. `previous` centroids may be empty: then they start
/// uniform in ±1e-3. Skipped when a cluster is empty or when the last round is reached, even if
/// that one converged. Throws as `kmeans`.
KMeans kmeans_published(std::span<double const> points, std::size_t components, int clusters,
                        std::vector<double> previous, Rng &rng, int max_rounds = 20,
                        double tolerance = 1e-4);

}  // namespace tessera::meta
