#include <tessera/constraint/placed_basis.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <Kokkos_Core.hpp>

#include "box_layout.hpp"
#include "box_places.hpp"
#include "place_gate.hpp"
#include "term_rows.hpp"

namespace tessera::constraint {
namespace {

using domains::Box;
using domains::Partition;
using domains::SpaceTimeGrid;
using Host = Kokkos::DefaultHostExecutionSpace;

/// By so many points; beyond the last cell of an axis where that is periodic.
Box widened(Box box, SpaceTimeGrid const &grid, domains::Pde const &pde, std::size_t levels,
            std::size_t cells)
{
  box.first_level -= std::min(levels, box.first_level);
  box.last_level = std::min(box.last_level + levels, grid.levels);
  auto const widen = [&](std::size_t &first, std::size_t &last, std::size_t axis) {
    std::size_t const beyond = pde.boundary_along(axis).periodic ? cells : 0;
    first -= std::min(cells, first);
    last = std::min(last + cells, grid.axis(axis).cells + beyond);
  };
  widen(box.first_cell, box.last_cell, 0);
  for (std::size_t k = 0; k < box.beyond.size(); ++k) {
    widen(box.beyond[k].first, box.beyond[k].last, k + 1);
  }
  return box;
}

std::vector<double> distance(domains::Pde const &pde, SpaceTimeGrid const &grid, bool lift)
{
  std::vector<double> field(grid.size(), 1.);
  if (lift) pde.distance(grid, field);
  return field;
}

/// Terms where they are kept, then the columns that are zero in all of them at a point.
void find_terms(PlacedBasis &placed)
{
  if (!placed.keeps_terms()) return;
  std::size_t const cells = placed.grid.cells;
  std::vector<std::vector<Stencil>> stencils;
  for (std::size_t k = 0; k < placed.terms.size(); ++k) {
    stencils.push_back(stencils_of(placed.terms[k]));
    placed.term_values[k].assign(placed.value.size(), 0.);
  }
  Kokkos::parallel_for("tessera::placed_basis::terms",
                       Kokkos::RangePolicy<Host>(0, placed.grid.size()), [&](std::size_t p) {
                         std::size_t const i = p % cells;
                         for (std::size_t k = 0; k < placed.terms.size(); ++k) {
                           make_term_row(placed, stencils[k][i], p - i, placed.held[p],
                                         placed.term_values[k].data() + placed.begin[p]);
                         }
                       });
  Kokkos::parallel_for("tessera::placed_basis::ranges",
                       Kokkos::RangePolicy<Host>(0, placed.grid.size()), [&](std::size_t p) {
                         auto const empty = [&](std::size_t c) {
                           for (std::size_t k = 0; k < placed.term_count(); ++k) {
                             if (placed.row(k, p)[c] != 0) return false;
                           }
                           return true;
                         };
                         Columns found = placed.held[p];
                         while (!found.empty() && empty(found.first)) ++found.first;
                         while (!found.empty() && empty(found.last - 1)) --found.last;
                         placed.range[p] = found;
                       });
}

/// Writes one expert's functions, times their weight and distance, into its columns.
void put(PlacedBasis &placed, PlaceGate const &gate, std::vector<double> const &distance,
         std::size_t expert, Box const &where, std::vector<double> const &values)
{
  SpaceTimeGrid const &grid = placed.grid;
  std::size_t const n = placed.functions, cells = where.cells();
  std::vector<std::pair<std::size_t, std::size_t>> inside;  // (of the box, of the grid)
  for (std::size_t i = 0; i < cells; ++i) {
    Places const at = places(where, i);
    bool beyond = false;  // there for meetings alone
    for (std::size_t k = 0; k < grid.dimensions(); ++k) beyond |= at[k] >= grid.axis(k).cells;
    if (!beyond) inside.emplace_back(i, where.cell(grid, i));
  }
  for (std::size_t l = 0; l < where.levels(); ++l) {
    std::size_t const level = where.first_level + l;
    for (auto const &[i, cell] : inside) {
      std::size_t const p = level * grid.cells + cell;
      double const *const from = &values[(l * cells + i) * n];
      gate.for_each(level, cell, [&](std::size_t other, double weight) {
        if (other != expert) return;
        double const w = weight * distance[p];
        double *to = placed.value.data() + placed.begin[p] + expert * n;
        for (std::size_t j = 0; j < n; ++j) to[j] = w * from[j];
      });
    }
  }
}

void put_meetings(PlacedBasis &placed, std::size_t expert, Box const &where,
                  std::vector<double> const &values, std::vector<double> const &distance)
{
  SpaceTimeGrid const &grid = placed.grid;
  std::size_t const n = placed.functions;
  for (std::size_t m = 0; m < placed.meetings.size(); ++m) {
    auto const &meeting = placed.meetings[m];
    if (meeting.one != expert && meeting.other != expert) continue;
    std::size_t const side = meeting.one == expert ? 0 : 1;
    Places at{};
    for (std::size_t k = 0; k < grid.dimensions(); ++k) at[k] = grid.place(meeting.cell, k);
    if (side == 0 && meeting.around >= 0) {
      auto const axis = std::size_t(meeting.around);
      at[axis] += grid.axis(axis).cells;
    }
    std::size_t const from =
        (meeting.level - where.first_level) * where.cells() + cell_at(where, at);
    double const d = distance[meeting.level * grid.cells + meeting.cell];
    for (std::size_t j = 0; j < n; ++j) {
      placed.meeting_values[(2 * m + side) * n + j] = d * values[from * n + j];
    }
  }
}

}  // namespace

PlacedBasis place(domains::PdeSample const &sample, Partition const &partition,
                  BasisBank const &bank, Coupling coupling, bool lift, std::size_t overlap)
{
  SpaceTimeGrid const &grid = partition.grid();
  domains::Pde const &pde = *sample.pde;
  bool const smooth = coupling == Coupling::partition_of_unity;
  PlaceGate const gate(partition, smooth ? double(overlap) : 0);
  PlacedBasis placed{.grid = grid,
                     .experts = partition.size(),
                     .functions = static_cast<std::size_t>(bank.functions()),
                     .terms = pde.terms(grid)};
  lay_out(placed, gate);
  placed.meetings = find_meetings(partition, pde);
  placed.meeting_values.assign(placed.meetings.size() * 2 * placed.functions, 0.);
  std::vector<double> const d = distance(pde, grid, lift);
  for (std::size_t e = 0; e < partition.size(); ++e) {
    Box const where = widened(partition.box(e), grid, pde, 2, smooth ? overlap / 2 + 2 : 2);
    std::vector<double> values(where.size() * placed.functions);
    bank.evaluate(grid, partition.box(e), where, sample, values);
    put(placed, gate, d, e, where, values);
    put_meetings(placed, e, where, values, d);
  }
  find_terms(placed);
  return placed;
}

PlacedBasis place_alone(domains::PdeSample const &sample, Partition const &partition,
                        std::size_t expert, BasisBank const &bank, bool lift)
{
  SpaceTimeGrid const &grid = partition.grid();
  PlacedBasis placed{.grid = grid,
                     .functions = static_cast<std::size_t>(bank.functions()),
                     .terms = sample.pde->terms(grid)};
  lay_out(placed);
  bank.evaluate(grid, partition.box(expert), domains::whole(grid), sample, placed.value);
  std::vector<double> const d = distance(*sample.pde, grid, lift);
  for (std::size_t p = 0; p < grid.size(); ++p) {
    for (std::size_t j = 0; j < placed.functions; ++j)
      placed.value[p * placed.functions + j] *= d[p];
  }
  find_terms(placed);
  return placed;
}

PlacedBasis place_field(SpaceTimeGrid const &grid, std::vector<double> field)
{
  PlacedBasis placed{.grid = grid, .functions = 1};
  lay_out(placed);
  placed.value = std::move(field);
  return placed;
}

std::vector<double> dense_values(PlacedBasis const &placed)
{
  std::size_t const columns = placed.columns();
  std::vector<double> dense(placed.grid.size() * columns, 0.);
  for (std::size_t p = 0; p < placed.grid.size(); ++p) {
    double const *const row = placed.row(0, p);
    Columns const held = placed.held[p];
    std::copy(row + held.first, row + held.last, dense.data() + p * columns + held.first);
  }
  return dense;
}

void pull_back_place(domains::Pde const &pde, Partition const &partition, PlacedBasis const &placed,
                     Coupling coupling, bool lift, std::span<double const> value_bar,
                     std::span<double const> meeting_bar, std::span<double> functions_bar,
                     std::size_t overlap)
{
  SpaceTimeGrid const &grid = placed.grid;
  std::size_t const n = placed.functions;
  bool const alone = placed.experts == 1;  // without a window, whatever the partition
  bool const smooth = coupling == Coupling::partition_of_unity;
  PlaceGate const gate(partition, smooth ? double(overlap) : 0);
  std::vector<double> const d = distance(pde, grid, lift);
  Kokkos::parallel_for("tessera::placed_basis::pull_back",
                       Kokkos::RangePolicy<Host>(0, grid.size()), [&](std::size_t p) {
                         auto const add = [&](std::size_t expert, double weight) {
                           double const *bar = value_bar.data() + placed.begin[p] + expert * n;
                           for (std::size_t j = 0; j < n; ++j) {
                             functions_bar[p * n + j] += weight * d[p] * bar[j];
                           }
                         };
                         if (alone) return add(0, 1);
                         gate.for_each(p / grid.cells, p % grid.cells, add);
                       });
  for (std::size_t m = 0; m < placed.meetings.size(); ++m) {
    std::size_t const p = placed.meetings[m].level * grid.cells + placed.meetings[m].cell;
    for (std::size_t j = 0; j < 2 * n; ++j) {
      functions_bar[p * n + j % n] += d[p] * meeting_bar[2 * m * n + j];
    }
  }
}

void pull_back_terms(PlacedBasis const &placed, std::vector<std::vector<double>> const &term_bars,
                     std::vector<double> &value_bar)
{
  std::size_t const cells = placed.grid.cells;
  for (std::size_t k = 0; k < term_bars.size(); ++k) {
    auto const readers = readers_of(placed.terms[k]);
    for (std::size_t p = 0; p < placed.grid.size(); ++p) {
      std::size_t const i = p % cells;
      Stencil const &reader = readers[i];
      double *out = value_bar.data() + placed.begin[p];
      for (std::size_t s = 0; s < reader.size; ++s) {
        std::size_t const q = p - i + reader.cell[s];
        double const weight = reader.weight[s], *bar = term_bars[k].data() + placed.begin[q];
        Columns const both = placed.held[p].with(placed.held[q]);
        for (std::size_t c = both.first; c < both.last; ++c) out[c] += weight * bar[c];
      }
    }
  }
}

}  // namespace tessera::constraint
