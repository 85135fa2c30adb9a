#include <tessera/meta/silhouette.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <tessera/core/error.hpp>
#include <tessera/meta/kmeans.hpp>

namespace tessera::meta {
namespace {

double distance(std::span<double const> a, std::span<double const> b)
{
  double sum = 0.;
  for (std::size_t c = 0; c < a.size(); ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return std::sqrt(sum);
}

}  // namespace

double silhouette(SlicedPoints const &points, std::span<int const> assignment)
{
  std::size_t const count = points.size();
  int const clusters = count > 0 ? *std::ranges::max_element(assignment) + 1 : 0;
  if (assignment.size() != count || clusters < 2) {
    throw Error("silhouette: needs a cluster for every point, and two clusters at least");
  }
  std::vector<double> const table = points.table();
  auto const row = [&](std::size_t p) {
    return std::span(table).subspan(p * points.components, points.components);
  };
  std::vector<int> sizes(static_cast<std::size_t>(clusters), 0);
  for (int j : assignment) ++sizes[static_cast<std::size_t>(j)];
  double sum = 0.;
  for (std::size_t p = 0; p < count; ++p) {
    std::vector<double> mean(sizes.size(), 0.);
    for (std::size_t q = 0; q < count; ++q) {
      mean[static_cast<std::size_t>(assignment[q])] += distance(row(p), row(q));
    }
    auto const own = static_cast<std::size_t>(assignment[p]);
    if (sizes[own] == 1) continue;
    double const fellows = mean[own] / (sizes[own] - 1);
    double others = HUGE_VAL;
    for (std::size_t j = 0; j < sizes.size(); ++j) {
      if (j != own && sizes[j] > 0) others = std::min(others, mean[j] / sizes[j]);
    }
    double const larger = std::max(fellows, others);
    sum += larger > 0. ? (others - fellows) / larger : 0.;
  }
  return sum / static_cast<double>(count);
}

double largest_silhouette(SlicedPoints const &points, int clusters, Rng &rng)
{
  double largest = 0.;
  for (int k = 2; k <= clusters; k = k < clusters ? std::min(2 * k, clusters) : clusters + 1) {
    KMeans const found = kmeans(points, k, rng);
    if (!found.skipped) largest = std::max(largest, silhouette(points, found.assignment));
  }
  return largest;
}

}  // namespace tessera::meta
