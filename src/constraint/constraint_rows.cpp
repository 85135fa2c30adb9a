#include <tessera/constraint/constraint_rows.hpp>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

#include "consistent_rows.hpp"
#include "reference_rows.hpp"

namespace tessera::constraint {

void check_axes(RowOptions const &options, domains::SpaceTimeGrid const &grid)
{
  std::size_t const axes = grid.dimensions();
  if (axes == 1) return;
  auto const refuse = [axes](std::string const &what, std::string const &instead) {
    throw InputError(fmt::format("{} is stated for x alone, on a grid of {} axes of space; take {}",
                                 what, axes, instead));
  };
  if (options.kind == RowKind::reference) {
    refuse("constraint.rows = \"reference\"", "constraint.rows = \"consistent\"");
  }
  if (options.cells > 1) {
    refuse(fmt::format("constraint.cells = {}", options.cells), "constraint.cells = 1");
  }
  if (options.spreading > 0) {
    refuse(fmt::format("constraint.spreading = {}", options.spreading), "constraint.spreading = 0");
  }
}

std::unique_ptr<ConstraintRows> make_rows(domains::PdeSample const &sample,
                                          PlacedBasis const &placed, domains::Box const &box,
                                          RowOptions const &options, bool meetings)
{
  check_axes(options, placed.grid);
  if (options.kind == RowKind::reference) {
    return std::make_unique<ReferenceRows>(sample, placed, box, options);
  }
  return std::make_unique<ConsistentRows>(sample, placed, box, options, meetings);
}

double reference_cost(domains::PdeSample const &sample, domains::SpaceTimeGrid const &grid,
                      std::vector<double> const &field)
{
  check_axes({.kind = RowKind::reference}, grid);
  // The field as a basis of one function, with coefficient 1.
  PlacedBasis const placed = place_field(grid, field);
  ReferenceRows rows(sample, placed, domains::whole(grid));
  return rows.cost(std::vector<double>{1.});
}

}  // namespace tessera::constraint
