#pragma once

#include <span>
#include <vector>

namespace tessera::meta {

enum class Matching { hungarian, greedy };  ///< greedy: as published

/// Which expert each cluster gets: Q(j, i) = median over the environments of cluster j of the loss
/// under expert i, then a one-to-one matching by `rule`.
/// `assignment` is (environment): its cluster, `cross_losses` (environment, expert); a loss that is
/// not finite counts as the largest finite one. An empty cluster takes what is left. Returns
/// (cluster): its expert, −1 where there are more clusters than experts. Throws Error
/// on sizes that do not fit.
std::vector<int> match_clusters(std::span<int const> assignment,
                                std::span<double const> cross_losses, int clusters, int experts,
                                Matching rule = Matching::hungarian);

/// The expert of least loss of every environment: `cross_losses` (environment, expert) →
/// (environment). A loss that is not finite never wins against a finite one; ties go to the lower
/// index. Throws Error where the sizes do not fit.
std::vector<int> assign_by_loss(std::span<double const> cross_losses, int experts);

}  // namespace tessera::meta
