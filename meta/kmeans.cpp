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

void require_finite(SlicedPoints const &points, std::string const &caller)
{
  auto const finite = [](double x) { return std::isfinite(x); };
  if (!std::all_of(points.values.begin(), points.values.end(), finite)) {
    throw SolverError(caller + ": a point is not finite; lower optimizer.rate or check the data");
  }
}

/// Centroids (cluster, component). What of their squares lies outside a point's range is looked up,
/// so that a distance costs as much as the point has numbers; clusters stand side by side, so that
/// a point's distances to all of them are made at once.
class Centres {
 public:
  Centres(std::span<double const> values, std::size_t components)
      : components_(components),
        count_(values.size() / components),
        values_(values.size()),
        running_(values.size() + count_, 0.)
  {
    for (std::size_t c = 0; c < components; ++c) {
      for (std::size_t j = 0; j < count_; ++j) {
        double const value = values[j * components + c];
        values_[c * count_ + j] = value;
        running_[(c + 1) * count_ + j] = running_[c * count_ + j] + value * value;
      }
    }
  }

  std::size_t count() const { return count_; }

  /// Squared distances of point p to all centroids. Shape (cluster).
  void squared(SlicedPoints const &points, std::size_t p, std::span<double> distance) const
  {
    auto const x = points.of(p);
    std::ranges::fill(distance, 0.);
    for (std::size_t c = 0; c < x.size(); ++c) {
      double const *centre = &values_[(points.first[p] + c) * count_];
      for (std::size_t j = 0; j < count_; ++j) {
        distance[j] += (x[c] - centre[j]) * (x[c] - centre[j]);
      }
    }
    double const *whole = &running_[components_ * count_];
    double const *from = &running_[points.first[p] * count_];
    double const *to = &running_[(points.first[p] + x.size()) * count_];
    for (std::size_t j = 0; j < count_; ++j) distance[j] += (whole[j] - to[j]) + from[j];
  }

  /// Squared distances of all points to the centroids of their clusters. Shape (point).
  std::vector<double> to_own(SlicedPoints const &points, std::span<int const> assignment) const
  {
    std::vector<double> own(points.size());
    for (std::size_t p = 0; p < points.size(); ++p) {
      auto const j = static_cast<std::size_t>(assignment[p]);
      auto const x = points.of(p);
      std::size_t const first = points.first[p], end = first + x.size();
      double inside = 0.;
      for (std::size_t c = 0; c < x.size(); ++c) {
        double const off = x[c] - values_[(first + c) * count_ + j];
        inside += off * off;
      }
      auto const before = [&](std::size_t c) { return running_[c * count_ + j]; };
      own[p] = inside + ((before(components_) - before(end)) + before(first));
    }
    return own;
  }

 private:
  std::size_t components_, count_;
  std::vector<double> values_;   // (component, cluster)
  std::vector<double> running_;  // (component + 1, cluster): sums of squares before a component
};

bool has_distinct(SlicedPoints const &points, std::size_t wanted)
{
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // A point of zeros is the same one whatever range its zeros are of.
  auto const place = [&](std::size_t p) {
    auto const x = points.of(p);
    bool const zero = std::all_of(x.begin(), x.end(), [](double v) { return v == 0.; });
    return zero ? points.components : points.first[p];
  };
  auto const less = [&](std::size_t p, std::size_t q) {
    std::size_t const a = place(p), b = place(q);
    if (a != b || a == points.components) return a < b;
    return std::ranges::lexicographical_compare(points.of(p), points.of(q));
  };
  std::sort(order.begin(), order.end(), less);
  std::size_t distinct = points.size() > 0 ? 1 : 0;
  for (std::size_t k = 1; k < order.size(); ++k) distinct += less(order[k - 1], order[k]);
  return distinct >= wanted;
}

/// The cluster of least distance, ties to the lower one; `distances(point, list)` fills a list
/// (cluster).
template <class Distances>
std::vector<int> assign(std::size_t points, std::size_t clusters, Distances distances)
{
  std::vector<int> assignment(points);
  std::vector<double> distance(clusters);
  for (std::size_t p = 0; p < points; ++p) {
    distances(p, distance);
    auto const least = std::min_element(distance.begin(), distance.end());
    assignment[p] = static_cast<int>(least - distance.begin());
  }
  return assignment;
}

double absolute_distance(std::span<double const> a, std::span<double const> b)
{
  double sum = 0.;
  for (std::size_t c = 0; c < a.size(); ++c) sum += std::abs(a[c] - b[c]);
  return sum;
}

std::vector<int> cluster_sizes(std::span<int const> assignment, std::size_t clusters)
{
  std::vector<int> sizes(clusters, 0);
  for (int j : assignment) ++sizes[static_cast<std::size_t>(j)];
  return sizes;
}

/// Gives every empty cluster the point farthest from its centroid. A cluster of one point never
/// gives it away, so no other cluster becomes empty.
void fill_empty_clusters(SlicedPoints const &points, Centres const &centres,
                         std::vector<int> &assignment)
{
  std::vector<int> sizes = cluster_sizes(assignment, centres.count());
  if (std::find(sizes.begin(), sizes.end(), 0) == sizes.end()) return;
  std::vector<double> distance = centres.to_own(points, assignment);
  for (std::size_t j = 0; j < centres.count(); ++j) {
    if (sizes[j] != 0) continue;
    double most = -1.;
    std::size_t farthest = 0;
    for (std::size_t p = 0; p < points.size(); ++p) {
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

double within_sum(SlicedPoints const &points, KMeans const &result)
{
  Centres const centres(result.centroids, points.components);
  std::vector<double> const own = centres.to_own(points, result.assignment);
  return std::accumulate(own.begin(), own.end(), 0.);
}

/// The rounds of Lloyd's algorithm, for points known to be distinct enough.
KMeans iterate(SlicedPoints const &points, std::vector<double> centroids, int max_rounds)
{
  std::size_t const clusters = centroids.size() / points.components;
  KMeans result;
  result.centroids = std::move(centroids);
  while (result.rounds < max_rounds) {
    Centres const centres(result.centroids, points.components);
    std::vector<int> assignment =
        assign(points.size(), clusters, [&](std::size_t p, std::vector<double> &distance) {
          centres.squared(points, p, distance);
        });
    fill_empty_clusters(points, centres, assignment);
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
std::vector<double> spread_start(SlicedPoints const &points, std::size_t clusters, Rng &rng)
{
  std::vector<double> nearest(points.size(), std::numeric_limits<double>::infinity());
  std::vector<double> centroids;
  std::size_t chosen = rng.index(points.size());
  for (std::size_t j = 0;; ++j) {
    std::vector<double> const row = points.row(chosen);
    centroids.insert(centroids.end(), row.begin(), row.end());
    if (j + 1 == clusters) return centroids;
    Centres const centre(row, points.components);
    for (std::size_t p = 0; p < points.size(); ++p) {
      double distance = 0.;
      centre.squared(points, p, {&distance, 1});
      nearest[p] = std::min(nearest[p], distance);
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

std::vector<double> cluster_means(SlicedPoints const &points, std::span<int const> assignment,
                                  std::size_t clusters)
{
  std::size_t const components = points.components;
  std::vector<double> means(clusters * components, 0.);
  for (std::size_t p = 0; p < points.size(); ++p) {
    std::size_t const j = static_cast<std::size_t>(assignment[p]);
    double *mean = means.data() + j * components + points.first[p];
    auto const x = points.of(p);
    for (std::size_t c = 0; c < x.size(); ++c) mean[c] += x[c];
  }
  std::vector<int> const sizes = cluster_sizes(assignment, clusters);
  for (std::size_t k = 0; k < means.size(); ++k) means[k] /= std::max(1, sizes[k / components]);
  return means;
}

KMeans kmeans(std::span<double const> points, std::size_t components, int clusters, Rng &rng,
              KMeansOptions const &options)
{
  return kmeans(SlicedPoints::dense(points, components), clusters, rng, options);
}

KMeans kmeans(SlicedPoints const &points, int clusters, Rng &rng, KMeansOptions const &options)
{
  require_positive(clusters, "the number of clusters", "kmeans");
  require_positive(options.max_rounds, "max_rounds", "kmeans");
  require_positive(options.restarts, "restarts", "kmeans");
  require_finite(points, "kmeans");
  auto const wanted = static_cast<std::size_t>(clusters);
  if (!has_distinct(points, wanted)) return skipped();
  KMeans best;
  for (int r = 0; r < options.restarts; ++r) {
    KMeans next = iterate(points, spread_start(points, wanted, rng), options.max_rounds);
    if (r == 0 || next.within < best.within) best = std::move(next);
  }
  return best;
}

KMeans lloyd(std::span<double const> points, std::size_t components, std::vector<double> centroids,
             int max_rounds)
{
  return lloyd(SlicedPoints::dense(points, components), std::move(centroids), max_rounds);
}

KMeans lloyd(SlicedPoints const &points, std::vector<double> centroids, int max_rounds)
{
  require_positive(max_rounds, "max_rounds", "lloyd");
  require_finite(points, "lloyd");
  std::size_t const clusters = row_count(centroids, points.components, "lloyd");
  if (clusters == 0) throw Error("lloyd: there is no centroid; use kmeans to find a start");
  if (!has_distinct(points, clusters)) return skipped();
  return iterate(points, std::move(centroids), max_rounds);
}

KMeans kmeans_published(std::span<double const> given, std::size_t components, int clusters,
                        std::vector<double> previous, Rng &rng, int max_rounds, double tolerance)
{
  require_positive(clusters, "the number of clusters", "kmeans_published");
  SlicedPoints const points = SlicedPoints::dense(given, components);
  require_finite(points, "kmeans_published");
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
    auto const distances = [&](std::size_t p, std::vector<double> &distance) {
      for (std::size_t j = 0; j < wanted; ++j) {
        distance[j] = absolute_distance(
            points.of(p), std::span(result.centroids).subspan(j * components, components));
      }
    };
    result.assignment = assign(points.size(), wanted, distances);
    std::vector<int> const sizes = cluster_sizes(result.assignment, wanted);
    if (std::find(sizes.begin(), sizes.end(), 0) != sizes.end()) return skipped();
    std::vector<double> means = cluster_means(points, result.assignment, wanted);
    bool settled = true;
    for (std::size_t k = 0; k < means.size(); ++k) {
      double const old = result.centroids[k];
      settled = settled && std::abs(means[k] - old) <= tolerance + 1e-5 * std::abs(old);
    }
    result.centroids = std::move(means);
    if (settled) {
      result.within = within_sum(points, result);
      return result;
    }
  }
  return skipped();
}

}  // namespace tessera::meta
