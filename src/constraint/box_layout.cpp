#include "box_layout.hpp"

#include <algorithm>

#include "box_places.hpp"
#include "place_gate.hpp"

namespace tessera::constraint {
namespace {

using domains::Partition;
using domains::SpaceTimeGrid;
using Meetings = std::vector<PlacedBasis::Meeting>;

/// The fewest columns next to each other that hold both.
Columns around(Columns one, Columns other)
{
  if (one.empty()) return other;
  return {std::min(one.first, other.first), std::max(one.last, other.last)};
}

/// Of the experts that reach a point.
Columns reached(PlacedBasis const &placed, PlaceGate const &gate, std::size_t level,
                std::size_t cell)
{
  Columns found;
  gate.for_each(level, cell, [&](std::size_t expert, double) {
    found = around(found, {std::uint32_t(expert * placed.functions),
                           std::uint32_t((expert + 1) * placed.functions)});
  });
  return found;
}

/// From the columns that reach the cells of level 0, and by how much those of each level stand
/// behind them.
void lay_out(PlacedBasis &placed, std::vector<Columns> const &own,
             std::vector<std::uint32_t> const &shift)
{
  SpaceTimeGrid const &grid = placed.grid;
  if (grid.dimensions() == 1) placed.term_values.resize(placed.terms.size());
  std::vector<Columns> near = own;
  for (auto const &term : placed.terms) {
    for (std::size_t i = 0; i < grid.cells; ++i) {
      term.for_each(i, [&](std::size_t j, double) { near[i] = around(near[i], own[j]); });
    }
  }
  bool const wide = placed.keeps_terms();
  placed.held.resize(grid.size());
  placed.range.resize(grid.size());
  placed.begin.resize(grid.size());
  std::size_t size = 0, p = 0;
  for (std::uint32_t const by : shift) {
    for (std::size_t i = 0; i < grid.cells; ++i, ++p) {
      Columns const held = wide ? near[i] : own[i];
      placed.held[p] = {held.first + by, held.last + by};
      placed.range[p] = {near[i].first + by, near[i].last + by};
      placed.begin[p] = size - placed.held[p].first;
      size += held.size();
    }
  }
  placed.value.assign(size, 0.);
}

/// Across one axis of space.
void meet_along(Partition const &partition, std::size_t axis, bool periodic, Meetings &meetings)
{
  auto const &cuts = partition.cell_cuts(axis);
  AxisLines const lines(partition.grid(), axis);
  std::size_t const levels = partition.grid().levels;
  for (std::size_t c = 1; c + 1 < cuts.size(); ++c) {
    for (std::size_t level = 0; level < levels; ++level) {
      for (std::size_t line = 0; line < lines.lines; ++line) {
        std::size_t const one = partition.owner(level, lines.cell(line, cuts[c] - 1)),
                          other = partition.owner(level, lines.cell(line, cuts[c]));
        for (std::size_t i = cuts[c] - 2; i < cuts[c] + 2; ++i) {
          meetings.push_back({level, lines.cell(line, i), one, other});
        }
      }
    }
  }
  if (!periodic || cuts.size() == 2) return;
  for (std::size_t level = 0; level < levels; ++level) {
    for (std::size_t line = 0; line < lines.lines; ++line) {
      std::size_t const one = partition.owner(level, lines.cell(line, lines.length - 1)),
                        other = partition.owner(level, lines.cell(line, 0));
      for (std::size_t const i : {0, 1}) {
        meetings.push_back({level, lines.cell(line, i), one, other, int(axis)});
      }
    }
  }
}

void meet_in_time(Partition const &partition, Meetings &meetings)
{
  SpaceTimeGrid const &grid = partition.grid();
  auto const &cuts = partition.level_cuts();
  for (std::size_t c = 1; c + 1 < cuts.size(); ++c) {
    for (std::size_t cell = 0; cell < grid.cells; ++cell) {
      std::size_t const one = partition.owner(cuts[c] - 1, cell);
      for (std::size_t n = cuts[c] - 2; n < std::min(cuts[c] + 2, grid.levels); ++n) {
        meetings.push_back({n, cell, one, one + partition.in_space()});
      }
    }
  }
}

}  // namespace

void lay_out(PlacedBasis &placed, PlaceGate const &gate)
{
  std::vector<Columns> own;
  std::vector<std::uint32_t> shift;
  for (std::size_t i = 0; i < placed.grid.cells; ++i) own.push_back(reached(placed, gate, 0, i));
  for (std::size_t n = 0; n < placed.grid.levels; ++n) {
    shift.push_back(reached(placed, gate, n, 0).first - own[0].first);
  }
  lay_out(placed, own, shift);
}

void lay_out(PlacedBasis &placed)
{
  Columns const all{0, std::uint32_t(placed.columns())};
  lay_out(placed, std::vector<Columns>(placed.grid.cells, all),
          std::vector<std::uint32_t>(placed.grid.levels, 0));
}

Meetings find_meetings(Partition const &partition, domains::Pde const &pde)
{
  Meetings meetings;
  for (std::size_t k = 0; k < partition.grid().dimensions(); ++k) {
    meet_along(partition, k, pde.boundary_along(k).periodic, meetings);
  }
  meet_in_time(partition, meetings);
  return meetings;
}

}  // namespace tessera::constraint
