#pragma once

#include <cstddef>

#include <tessera/domains/partition.hpp>
#include <tessera/experts/routes.hpp>

namespace tessera::constraint {

/// The gate by place: a partition says which experts' functions make up the field at a point, with
/// weights that are fixed, 1 in a box, or windows (C2) that overlap by `overlap` cells around a cut
/// along each axis of space and add up to 1. Weights are products of windows along the axes.
class PlaceGate {
 public:
  PlaceGate(domains::Partition const &partition, double overlap);

  /// Calls visit(expert, weight) for each expert at a point.
  template <class Visit>
  void for_each(std::size_t level, std::size_t cell, Visit const &visit) const
  {
    experts::Shares const in_time = levels_.of(level), in_space = cells_.of(cell);
    for (std::size_t a = 0; a < in_time.size(); ++a) {
      for (std::size_t b = 0; b < in_space.size(); ++b) {
        auto const row = static_cast<std::size_t>(in_time.expert[a]);
        visit(row * boxes_in_space_ + static_cast<std::size_t>(in_space.expert[b]),
              in_time.weight[a] * in_space.weight[b]);
      }
    }
  }

 private:
  experts::Routes levels_, cells_;  // to boxes in t, in space
  std::size_t boxes_in_space_;
};

}  // namespace tessera::constraint
