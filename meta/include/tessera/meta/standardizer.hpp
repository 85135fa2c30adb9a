#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <tessera/meta/sliced_points.hpp>

namespace tessera::meta {

/// Moves every component of a set of points to mean 0 and (population) deviation 1, and back.
/// Public members because they belong into a checkpoint together with what was fitted on them.
struct Standardizer {
  std::vector<double> mean;       ///< (component)
  std::vector<double> deviation;  ///< (component), never zero

  /// Measures `points` (point, component). A component that does not vary (its deviation is below
  /// 1e-12 of the largest one, or below 1e-30) is only shifted: its deviation is set to 1.
  /// Throws Error where the sizes do not fit or there is no point.
  static Standardizer fit(std::span<double const> points, std::size_t components);
  static Standardizer fit(SlicedPoints const &points);
  /// The one that changes nothing.
  static Standardizer identity(std::size_t components);

  /// (x − mean) / deviation for every row of `points` (point, component); same shape.
  std::vector<double> apply(std::span<double const> points) const;
  /// Points without gaps as above. Where they have gaps their numbers are divided by the deviations
  /// and not shifted, which leaves the gaps zero and all distances what they would be.
  SlicedPoints apply(SlicedPoints const &points) const;
  /// x · deviation + mean: the inverse of `apply`; same shape.
  std::vector<double> undo(std::span<double const> points) const;
};

}  // namespace tessera::meta
