#include <tessera/meta/kmeans.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "rows.hpp"
#include "weighted_draw.hpp"

namespace tessera::meta {
namespace {

/// Points or centroids as rows; the number of rows and columns travels with them.
struct Rows {
  std::span<double const> values;
  std::size_t count, components;

  std::span<double const> operator[](std::size_t row) const
  {
    return values.subspan(row * components, components);
  }
};

Rows as_points(std::span<double const> points, std::size_t components, std::string const &caller)
{
  if (!std::all_of(points.begin(), points.end(), [](double x) { return std::isfinite(x); })) {
    throw SolverError(caller + ": a point is not finite; lower optimizer.rate or check the data");
  }
  return {points, row_count(points, components, caller), components};
}

double squared_distance(std::span<double const> a, std::span<double const> b)
{
  double sum = 0.;
  for (std::size_t c = 0; c < a.size(); ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return sum;
}

double absolute_distance(std::span<double const> a, std::span<double const> b)
{
  double sum = 0.;
  for (std::size_t c = 0; c < a.size(); ++c) sum += std::abs(a[c] - b[c]);
  return sum;
}

bool has_distinct(Rows points, std::size_t wanted)
{
  std::vector<std::size_t> order(points.count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  auto const less = [&](std::size_t p, std::size_t q) {
    return std::ranges::lexicographical_compare(points[p], points[q]);
  };
  std::sort(order.begin(), order.end(), less);
  std::size_t distinct = points.count > 0 ? 1 : 0;
  for (std::size_t k = 1; k < order.size(); ++k) distinct += less(order[k - 1], order[k]);
  return distinct >= wanted;
}

template <class Distance>
std::vector<int> assign(Rows points, std::span<double const> centroids, Distance distance)
{
  Rows const centres{centroids, centroids.size() / points.components, points.components};
  std::vector<int> assignment(points.count);
  for (std::size_t p = 0; p < points.count; ++p) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t j = 0; j < centres.count; ++j) {
      double const d = distance(points[p], centres[j]);
      if (d < least) {
        least = d;
        assignment[p] = static_cast<int>(j);
      }
    }
  }
  return assignment;
}

std::vector<int> cluster_sizes(std::span<int const> assignment, std::size_t clusters)
{
  std::vector<int> sizes(clusters, 0);
  for (int j : assignment) ++sizes[static_cast<std::size_t>(j)];
  return sizes;
}

/// Gives every empty cluster the point farthest from its centroid. A cluster of one point never
/// gives it away, so no other cluster becomes empty.
void fill_empty_clusters(Rows points, std::span<double const> centroids,
                         std::vector<int> &assignment)
{
  std::size_t const clusters = centroids.size() / points.components;
  std::vector<int> sizes = cluster_sizes(assignment, clusters);
  if (std::find(sizes.begin(), sizes.end(), 0) == sizes.end()) return;
  Rows const centres{centroids, clusters, points.components};
  std::vector<double> distance(points.count);
  for (std::size_t p = 0; p < points.count; ++p) {
    distance[p] = squared_distance(points[p], centres[static_cast<std::size_t>(assignment[p])]);
  }
  for (std::size_t j = 0; j < clusters; ++j) {
    if (sizes[j] != 0) continue;
    double most = -1.;
    std::size_t farthest = 0;
    for (std::size_t p = 0; p < points.count; ++p) {
      if (sizes[static_cast<std::size_t>(assignment[p])] > 1 && distance[p] > most) {
        most = distance[p];
        farthest = p;
      }
    }
    --sizes[static_cast<std::size_t>(assignment[farthest])];
    sizes[j] = 1;
    assignment[farthest] = static_cast<int>(j);
    distance[farthest] = 0.;
  }
}

std::vector<double> cluster_means(Rows points, std::span<int const> assignment,
                                  std::size_t clusters)
{
  std::size_t const components = points.components;
  std::vector<double> means(clusters * components, 0.);
  for (std::size_t p = 0; p < points.count; ++p) {
    double *mean = means.data() + static_cast<std::size_t>(assignment[p]) * components;
    for (std::size_t c = 0; c < components; ++c) mean[c] += points[p][c];
  }
  std::vector<int> const sizes = cluster_sizes(assignment, clusters);
  for (std::size_t k = 0; k < means.size(); ++k) means[k] /= sizes[k / components];
  return means;
}

double within_sum(Rows points, KMeans const &result)
{
  Rows const centres{result.centroids, 0, points.components};
  double sum = 0.;
  for (std::size_t p = 0; p < points.count; ++p) {
    sum += squared_distance(points[p], centres[static_cast<std::size_t>(result.assignment[p])]);
  }
  return sum;
}

/// The rounds of Lloyd's algorithm, for points known to be distinct enough.
KMeans iterate(Rows points, std::vector<double> centroids, int max_rounds)
{
  std::size_t const clusters = centroids.size() / points.components;
  KMeans result;
  result.centroids = std::move(centroids);
  while (result.rounds < max_rounds) {
    std::vector<int> assignment = assign(points, result.centroids, squared_distance);
    fill_empty_clusters(points, result.centroids, assignment);
    bool const settled = assignment == result.assignment;
    ++result.rounds;
    if (settled) break;
    result.assignment = std::move(assignment);
    result.centroids = cluster_means(points, result.assignment, clusters);
  }
  result.within = within_sum(points, result);
  return result;
}

/// k-means++: each next centroid is a point drawn with the squared distance to the nearest one so
/// far as its weight.
std::vector<double> spread_start(Rows points, std::size_t clusters, Rng &rng)
{
  std::vector<double> nearest(points.count, std::numeric_limits<double>::infinity());
  std::vector<double> centroids;
  std::size_t chosen = rng.index(points.count);
  for (std::size_t j = 0;; ++j) {
    centroids.insert(centroids.end(), points[chosen].begin(), points[chosen].end());
    if (j + 1 == clusters) return centroids;
    for (std::size_t p = 0; p < points.count; ++p) {
      nearest[p] = std::min(nearest[p], squared_distance(points[p], points[chosen]));
    }
    chosen = weighted_draw(nearest, rng.uniform());
  }
}

KMeans skipped()
{
  KMeans result;
  result.skipped = true;
  return result;
}

void require_positive(int value, char const *what, std::string const &caller)
{
  if (value < 1) throw Error(caller + ": " + what + " is below 1; raise it");
}

}  // namespace

KMeans kmeans(std::span<double const> points, std::size_t components, int clusters, Rng &rng,
              KMeansOptions const &options)
{
  require_positive(clusters, "the number of clusters", "kmeans");
  require_positive(options.max_rounds, "max_rounds", "kmeans");
  require_positive(options.restarts, "restarts", "kmeans");
  Rows const rows = as_points(points, components, "kmeans");
  auto const wanted = static_cast<std::size_t>(clusters);
  if (!has_distinct(rows, wanted)) return skipped();
  KMeans best;
  for (int r = 0; r < options.restarts; ++r) {
    KMeans next = iterate(rows, spread_start(rows, wanted, rng), options.max_rounds);
    if (r == 0 || next.within < best.within) best = std::move(next);
  }
  return best;
}

KMeans lloyd(std::span<double const> points, std::size_t components, std::vector<double> centroids,
             int max_rounds)
{
  require_positive(max_rounds, "max_rounds", "lloyd");
  Rows const rows = as_points(points, components, "lloyd");
  std::size_t const clusters = row_count(centroids, components, "lloyd");
  if (clusters == 0) throw Error("lloyd: there is no centroid; use kmeans to find a start");
  if (!has_distinct(rows, clusters)) return skipped();
  return iterate(rows, std::move(centroids), max_rounds);
}

KMeans kmeans_published(std::span<double const> points, std::size_t components, int clusters,
                        std::vector<double> previous, Rng &rng, int max_rounds, double tolerance)
{
  require_positive(clusters, "the number of clusters", "kmeans_published");
  Rows const rows = as_points(points, components, "kmeans_published");
  auto const wanted = static_cast<std::size_t>(clusters);
  KMeans result;
  result.centroids = std::move(previous);
  if (result.centroids.empty()) {
    // Contexts leave zero by one step of the optimiser, 1e-3: hence this scale.
    result.centroids.resize(wanted * components);
    for (double &value : result.centroids) value = rng.uniform(-1e-3, 1e-3);
  }
  if (result.centroids.size() != wanted * components) {
    throw Error("kmeans_published: the previous centroids are not (cluster, component); pass none");
  }
  while (++result.rounds < max_rounds) {
    result.assignment = assign(rows, result.centroids, absolute_distance);
    std::vector<int> const sizes = cluster_sizes(result.assignment, wanted);
    if (std::find(sizes.begin(), sizes.end(), 0) != sizes.end()) return skipped();
    std::vector<double> means = cluster_means(rows, result.assignment, wanted);
    bool settled = true;
    for (std::size_t k = 0; k < means.size(); ++k) {
      double const old = result.centroids[k];
      settled = settled && std::abs(means[k] - old) <= tolerance + 1e-5 * std::abs(old);
    }
    result.centroids = std::move(means);
    if (settled) {
      result.within = within_sum(rows, result);
      return result;
    }
  }
  return skipped();
}

}  // namespace tessera::meta
