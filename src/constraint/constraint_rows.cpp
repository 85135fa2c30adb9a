#include <tessera/constraint/constraint_rows.hpp>

#include "consistent_rows.hpp"
#include "reference_rows.hpp"

namespace tessera::constraint {

std::unique_ptr<ConstraintRows> make_rows(domains::Pde const &pde, PlacedBasis const &placed,
                                          domains::Box const &box, RowOptions const &options,
                                          double start, bool meetings)
{
  if (options.kind == RowKind::reference) {
    return std::make_unique<ReferenceRows>(pde, placed, box, start, options);
  }
  return std::make_unique<ConsistentRows>(pde, placed, box, options, start, meetings);
}

double reference_cost(domains::Pde const &pde, domains::SpaceTimeGrid const &grid,
                      std::vector<double> const &field, double start)
{
  // The field as a basis of one function, with coefficient 1.
  PlacedBasis placed{.grid = grid, .functions = 1, .value = field};
  ReferenceRows rows(pde, placed, {0, grid.levels, 0, grid.cells}, start);
  return rows.cost(std::vector<double>{1.});
}

}  // namespace tessera::constraint
