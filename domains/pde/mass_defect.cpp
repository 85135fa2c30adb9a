#include <tessera/domains/mass_defect.hpp>

#include <algorithm>
#include <cmath>

namespace tessera::domains {

double mass_defect(Pde const &pde, SpaceTimeGrid const &grid, std::span<double const> field,
                   std::size_t first)
{
  auto level = [&](std::size_t n) { return field.subspan(n * grid.cells, grid.cells); };
  double inflow = 0;
  for (std::size_t n = first; n + 1 < grid.levels; ++n) {
    inflow += grid.interval() / 2 * (pde.inflow(grid, level(n)) + pde.inflow(grid, level(n + 1)));
  }
  double const gained = pde.content(grid, level(grid.levels - 1)) - pde.content(grid, level(first));
  // Where little is gained, as on a ring, against a millionth of what moves about.
  double moved = 0;
  for (double const u : level(first)) moved += 1e-6 * std::abs(u) * grid.volume();
  return std::abs(gained - inflow) / std::max(std::abs(gained), moved);
}

}  // namespace tessera::domains
