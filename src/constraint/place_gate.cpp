#include "place_gate.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace tessera::constraint {
namespace {

/// Quintic step: 0 at s <= 0, 1 at s >= 1, first and second derivatives continuous.
double smooth_step(double s)
{
  s = std::clamp(s, 0., 1.);
  return s * s * s * (10 + s * (-15 + 6 * s));
}

/// Weight of the part between cuts[part] and cuts[part + 1] at a point; sharp without overlap.
double window(std::vector<std::size_t> const &cuts, std::size_t part, std::size_t point,
              double overlap)
{
  if (overlap == 0) return point >= cuts[part] && point < cuts[part + 1] ? 1 : 0;
  double const at = static_cast<double>(point) + 0.5;
  double weight = 1;
  if (part > 0) weight *= smooth_step((at - double(cuts[part])) / overlap + 0.5);
  if (part + 2 < cuts.size()) weight *= smooth_step((double(cuts[part + 1]) - at) / overlap + 0.5);
  return weight;
}

/// Routes of the points of one axis to its parts, the heaviest first.
experts::Routes routes_of(std::vector<std::size_t> const &cuts, double overlap)
{
  experts::Routes routes;
  std::vector<int> part;
  std::vector<double> weight;
  for (std::size_t point = 0; point < cuts.back(); ++point) {
    part.clear();
    weight.clear();
    for (std::size_t k = 0; k + 1 < cuts.size(); ++k) {
      double const w = window(cuts, k, point, overlap);
      if (w == 0) continue;
      bool const leads = weight.empty() || w > weight.front();
      part.insert(leads ? part.begin() : part.end(), static_cast<int>(k));
      weight.insert(leads ? weight.begin() : weight.end(), w);
    }
    routes.add(part, weight);
  }
  return routes;
}

/// Routes of the cells of a grid to its boxes in space: products of those along each axis.
experts::Routes routes_in_space(domains::Partition const &partition, double overlap)
{
  domains::SpaceTimeGrid const &grid = partition.grid();
  experts::Routes routes = routes_of(partition.cell_cuts(), overlap);
  for (std::size_t k = 1; k < grid.dimensions(); ++k) {
    // Cells of the axes so far are those of `routes`, the last axis fastest.
    experts::Routes const along = routes_of(partition.cell_cuts(k), overlap);
    int const boxes = static_cast<int>(partition.cell_cuts(k).size()) - 1;
    experts::Routes all;
    for (std::size_t cell = 0; cell < routes.size() * along.size(); ++cell) {
      experts::Shares const before = routes.of(cell / along.size()),
                            own = along.of(cell % along.size());
      std::vector<int> part;
      std::vector<double> weight;
      for (std::size_t a = 0; a < before.size(); ++a) {
        for (std::size_t b = 0; b < own.size(); ++b) {
          part.push_back(before.expert[a] * boxes + own.expert[b]);
          weight.push_back(before.weight[a] * own.weight[b]);
        }
      }
      all.add(part, weight);
    }
    routes = std::move(all);
  }
  return routes;
}

}  // namespace

PlaceGate::PlaceGate(domains::Partition const &partition, double overlap)
    : levels_(routes_of(partition.level_cuts(), 0)),
      cells_(routes_in_space(partition, overlap)),
      boxes_in_space_(partition.in_space())
{
}

}  // namespace tessera::constraint
