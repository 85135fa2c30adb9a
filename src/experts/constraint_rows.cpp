#include <tessera/experts/constraint_rows.hpp>

#include "consistent_rows.hpp"
#include "reference_rows.hpp"

namespace tessera::experts {

std::unique_ptr<ConstraintRows> make_rows(domains::Pde const &pde, PlacedBasis const &placed,
                                          domains::Box const &box, RowOptions const &options,
                                          double start, bool meetings)
{
  if (options.kind == RowKind::reference) {
    return std::make_unique<ReferenceRows>(pde, placed, box, start);
  }
  return std::make_unique<ConsistentRows>(pde, placed, box, options, start, meetings);
}

}  // namespace tessera::experts
