#include <tessera/constraint/constraint_rows.hpp>

#include "consistent_rows.hpp"
#include "reference_rows.hpp"

namespace tessera::constraint {

std::unique_ptr<ConstraintRows> make_rows(domains::PdeSample const &sample,
                                          PlacedBasis const &placed, domains::Box const &box,
                                          RowOptions const &options, bool meetings)
{
  if (options.kind == RowKind::reference) {
    return std::make_unique<ReferenceRows>(sample, placed, box, options);
  }
  return std::make_unique<ConsistentRows>(sample, placed, box, options, meetings);
}

double reference_cost(domains::PdeSample const &sample, domains::SpaceTimeGrid const &grid,
                      std::vector<double> const &field)
{
  // The field as a basis of one function, with coefficient 1.
  PlacedBasis placed{.grid = grid, .functions = 1, .value = field};
  ReferenceRows rows(sample, placed, {0, grid.levels, 0, grid.cells});
  return rows.cost(std::vector<double>{1.});
}

}  // namespace tessera::constraint
