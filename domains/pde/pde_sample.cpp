#include <tessera/domains/pde_sample.hpp>

#include <algorithm>

namespace tessera::domains {

InitialField constant_field(double value)
{
  return
      [value](SpaceTimeGrid const &, std::span<double> u) { std::fill(u.begin(), u.end(), value); };
}

std::vector<double> PdeSample::start(SpaceTimeGrid const &grid) const
{
  std::vector<double> u(grid.cells);
  initial(grid, u);
  return u;
}

void PdeSample::lift(SpaceTimeGrid const &grid, std::span<double> field) const
{
  pde->lift(grid, start(grid), field);
}

void PdeSample::truth(SpaceTimeGrid const &grid, std::span<double> field) const
{
  pde->truth(grid, start(grid), field);
}

}  // namespace tessera::domains
