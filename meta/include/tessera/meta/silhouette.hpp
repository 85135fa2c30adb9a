#pragma once

#include <span>

#include <tessera/core/rng.hpp>
#include <tessera/meta/sliced_points.hpp>

namespace tessera::meta {

/// How far clusters stand apart: the mean over points of (b − a) / max(a, b), a being a point's
/// mean distance to its fellows and b the least of its mean distances to other clusters; 0 for a
/// point alone in its cluster (Rousseeuw, J. Comput. Appl. Math. 20, 1987). Between −1 and 1; above
/// 0.7 speaks of "a strong structure" (Kaufman and Rousseeuw, Finding Groups in Data, 1990, table
/// 4). `assignment` (point) counts from 0. Throws Error on sizes that do not fit or a single
/// cluster.
double silhouette(SlicedPoints const &points, std::span<int const> assignment);

/// Whether points fall into groups at all: the largest silhouette of k-means into 2, 4, 8 … and
/// `clusters` of them; 0 where there is nothing to part. Throws as `kmeans`.
double largest_silhouette(SlicedPoints const &points, int clusters, Rng &rng);

}  // namespace tessera::meta
