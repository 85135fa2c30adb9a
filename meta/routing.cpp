#include <tessera/meta/routing.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <tessera/core/median.hpp>
#include <tessera/meta/matching.hpp>

#include "rows.hpp"

namespace tessera::meta {
namespace {

/// Q (cluster, expert). An empty cluster has a row of zeros: it has no say in the matching.
std::vector<double> cluster_losses(std::span<int const> assignment,
                                   std::span<double const> cross_losses, std::size_t clusters,
                                   std::size_t experts)
{
  double largest = 0.;
  for (double loss : cross_losses) {
    if (std::isfinite(loss)) largest = std::max(largest, loss);
  }
  std::vector<std::vector<std::size_t>> members(clusters);
  for (std::size_t e = 0; e < assignment.size(); ++e) {
    members[static_cast<std::size_t>(assignment[e])].push_back(e);
  }
  std::vector<double> table(clusters * experts);
  for (std::size_t j = 0; j < clusters; ++j) {
    for (std::size_t i = 0; i < experts; ++i) {
      std::vector<double> losses;
      for (std::size_t const e : members[j]) {
        double const loss = cross_losses[e * experts + i];
        losses.push_back(std::isfinite(loss) ? loss : largest);
      }
      table[j * experts + i] = median(std::move(losses));
    }
  }
  return table;
}

}  // namespace

std::vector<int> match_clusters(std::span<int const> assignment,
                                std::span<double const> cross_losses, int clusters, int experts,
                                Matching rule)
{
  if (clusters < 1 || experts < 1) {
    throw Error("match_clusters: no cluster or no expert; pass at least one of each");
  }
  auto const rows = static_cast<std::size_t>(clusters), columns = static_cast<std::size_t>(experts);
  bool const inside = std::all_of(assignment.begin(), assignment.end(),
                                  [&](int j) { return j >= 0 && j < clusters; });
  if (!inside || row_count(cross_losses, columns, "match_clusters") != assignment.size()) {
    throw Error("match_clusters: the losses are not (environment, expert) for " +
                std::to_string(assignment.size()) + " environments in " + std::to_string(clusters) +
                " clusters; pass a cluster and a row of losses per environment");
  }
  std::vector<double> const table = cluster_losses(assignment, cross_losses, rows, columns);
  return rule == Matching::hungarian ? hungarian(table, rows, columns)
                                     : greedy_matching(table, rows, columns);
}

std::vector<int> assign_by_loss(std::span<double const> cross_losses, int experts)
{
  if (experts < 1) throw Error("assign_by_loss: no expert; pass at least one");
  auto const columns = static_cast<std::size_t>(experts);
  std::size_t const environments = row_count(cross_losses, columns, "assign_by_loss");
  auto const badness = [](double loss) {
    return std::isfinite(loss) ? loss : std::numeric_limits<double>::infinity();
  };
  std::vector<int> assignment(environments);
  for (std::size_t e = 0; e < environments; ++e) {
    auto const losses = cross_losses.subspan(e * columns, columns);
    auto const best = std::min_element(losses.begin(), losses.end(),
                                       [&](double a, double b) { return badness(a) < badness(b); });
    assignment[e] = static_cast<int>(best - losses.begin());
  }
  return assignment;
}

}  // namespace tessera::meta
