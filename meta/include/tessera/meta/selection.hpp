#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <tessera/core/rng.hpp>
#include <tessera/meta/sliced_points.hpp>

namespace tessera::meta {

/// Which environments contribute to one inner step.
struct SelectionOptions {
  /// `near`: one environment drawn uniformly, then its nearest in mean |Δξ|.
  /// `near_published`: the same, but the drawn one ranks by distance and index like all others:
  /// where contexts are equal, the first of the file are taken.
  /// `near_weighted`, `near_inverse_weighted`: the first drawn with a probability in proportion to
  /// its previous loss, or to the inverse of that; `near_largest_loss`: the one of largest loss.
  /// `random`: a random subset; `first`: the first ones; `all`: every environment.
  std::string rule = "near";
  int count = 1;  ///< contributors; as many as there are environments or more means all
};

/// The names of all rules, for `Section::choose`.
std::vector<std::string> const &selection_rules();

/// Picks `options.count` distinct environments, in the order of the rule (ties by index), ascending
/// where all are taken. `contexts` has a point for each environment. `previous_losses`
/// (environment) is read by the loss-weighted rules only: one that is not finite is not known yet
/// and counts as the largest; where no loss weighs anything (empty, all zero, none finite) the draw
/// is uniform. Throws InputError on an unknown rule or a count below 1, Error on sizes that do not
/// fit.
std::vector<std::size_t> select_environments(SlicedPoints const &contexts,
                                             std::span<double const> previous_losses,
                                             SelectionOptions const &options, Rng &rng);

}  // namespace tessera::meta
