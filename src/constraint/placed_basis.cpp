#include <tessera/constraint/placed_basis.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include <Kokkos_Core.hpp>

#include "place_gate.hpp"
#include "term_loops.hpp"

namespace tessera::constraint {
namespace {

using domains::Box;
using domains::Partition;
using domains::SpaceTimeGrid;
using Host = Kokkos::DefaultHostExecutionSpace;

/// By so many points; to the right, where that is periodic, also beyond the last cell.
Box widened(Box box, SpaceTimeGrid const &grid, std::size_t levels, std::size_t cells,
            bool periodic)
{
  box.first_level -= std::min(levels, box.first_level);
  box.first_cell -= std::min(cells, box.first_cell);
  box.last_level = std::min(box.last_level + levels, grid.levels);
  box.last_cell = std::min(box.last_cell + cells, grid.cells + (periodic ? cells : 0));
  return box;
}

std::vector<double> distance(domains::Pde const &pde, SpaceTimeGrid const &grid, bool lift)
{
  std::vector<double> field(grid.size(), 1.);
  if (lift) pde.distance(grid, field);
  return field;
}

void find_ranges(PlacedBasis &placed)
{
  std::size_t const columns = placed.columns();
  placed.range.assign(2 * placed.grid.size(), 0);
  Kokkos::parallel_for("tessera::placed_basis::ranges",
                       Kokkos::RangePolicy<Host>(0, placed.grid.size()), [&](std::size_t p) {
                         auto const empty = [&](std::size_t c) {
                           for (std::size_t k = 0; k < placed.term_count(); ++k) {
                             if (placed.row(k, p)[c] != 0) return false;
                           }
                           return true;
                         };
                         std::size_t first = 0, last = columns;
                         while (first < last && empty(first)) ++first;
                         while (last > first && empty(last - 1)) --last;
                         placed.range[2 * p] = first;
                         placed.range[2 * p + 1] = last;
                       });
}

void find_terms(domains::Pde const &pde, PlacedBasis &placed)
{
  std::size_t const columns = placed.columns(), cells = placed.grid.cells;
  placed.terms = pde.terms(placed.grid);
  placed.term_values.resize(placed.terms.size());
  for (auto &values : placed.term_values) values.assign(placed.value.size(), 0.);
  auto const fill = [&](std::size_t k, std::size_t p) {
    // One pass over the columns: a neighbour that is not there weighs nothing.
    std::size_t const i = p % cells, level = p - i;
    std::array<double const *, 3> rows;
    std::array<double, 3> weights{};
    rows.fill(placed.row(0, p));
    std::size_t n = 0;
    placed.terms[k].for_each(i, [&](std::size_t j, double weight) {
      rows[n] = placed.row(0, level + j);
      weights[n++] = weight;
    });
    double *const out = &placed.term_values[k][p * columns];
    for (std::size_t c = 0; c < columns; ++c) out[c] = combined(weights, rows, c);
  };
  Kokkos::parallel_for("tessera::placed_basis::terms",
                       Kokkos::RangePolicy<Host>(0, placed.grid.size()), [&](std::size_t p) {
                         for (std::size_t k = 0; k < placed.terms.size(); ++k) fill(k, p);
                       });
}

/// Writes one expert's functions, times their weight and distance, into its columns.
void put(PlacedBasis &placed, PlaceGate const &gate, std::vector<double> const &distance,
         std::size_t expert, Box const &where, std::vector<double> const &values)
{
  std::size_t const n = placed.functions, columns = placed.columns();
  for (std::size_t l = 0; l < where.levels(); ++l) {
    std::size_t const level = where.first_level + l;
    for (std::size_t i = 0; i < where.cells(); ++i) {
      std::size_t const cell = where.first_cell + i, p = level * placed.grid.cells + cell;
      if (cell >= placed.grid.cells) break;  // there for meetings alone
      gate.for_each(level, cell, [&](std::size_t other, double weight) {
        if (other != expert) return;
        double const w = weight * distance[p];
        double const *from = &values[(l * where.cells() + i) * n];
        double *to = &placed.value[p * columns + expert * n];
        for (std::size_t j = 0; j < n; ++j) to[j] = w * from[j];
      });
    }
  }
}

/// Points two layers on either side of every cut, in x for all levels and in t for all cells; the
/// last box and the first meet in the two cells behind the last, which are the first two again.
std::vector<PlacedBasis::Meeting> find_meetings(Partition const &partition, bool periodic)
{
  SpaceTimeGrid const &grid = partition.grid();
  std::vector<PlacedBasis::Meeting> meetings;
  auto const &cells = partition.cell_cuts(), &levels = partition.level_cuts();
  for (std::size_t c = 1; c + 1 < cells.size(); ++c) {
    for (std::size_t level = 0; level < grid.levels; ++level) {
      std::size_t const one = partition.owner(level, cells[c] - 1);
      for (std::size_t i = cells[c] - 2; i < cells[c] + 2; ++i) {
        meetings.push_back({level, i, one, one + 1});
      }
    }
  }
  if (periodic && partition.in_space() > 1) {
    for (std::size_t level = 0; level < grid.levels; ++level) {
      std::size_t const one = partition.owner(level, grid.cells - 1),
                        other = partition.owner(level, 0);
      for (std::size_t i : {grid.cells, grid.cells + 1}) meetings.push_back({level, i, one, other});
    }
  }
  for (std::size_t c = 1; c + 1 < levels.size(); ++c) {
    for (std::size_t cell = 0; cell < grid.cells; ++cell) {
      std::size_t const one = partition.owner(levels[c] - 1, cell);
      for (std::size_t n = levels[c] - 2; n < std::min(levels[c] + 2, grid.levels); ++n) {
        meetings.push_back({n, cell, one, one + partition.in_space()});
      }
    }
  }
  return meetings;
}

void put_meetings(PlacedBasis &placed, std::size_t expert, Box const &where,
                  std::vector<double> const &values, std::vector<double> const &distance)
{
  std::size_t const n = placed.functions;
  for (std::size_t m = 0; m < placed.meetings.size(); ++m) {
    auto const &meeting = placed.meetings[m];
    if (meeting.one != expert && meeting.other != expert) continue;
    std::size_t const side = meeting.one == expert ? 0 : 1, own = meeting.cell % placed.grid.cells,
                      cell = side == 0 ? meeting.cell : own;
    std::size_t const at =
        (meeting.level - where.first_level) * where.cells() + cell - where.first_cell;
    double const d = distance[meeting.level * placed.grid.cells + own];
    for (std::size_t j = 0; j < n; ++j) {
      placed.meeting_values[(2 * m + side) * n + j] = d * values[at * n + j];
    }
  }
}

}  // namespace

PlacedBasis place(domains::PdeSample const &sample, Partition const &partition,
                  BasisBank const &bank, Coupling coupling, bool lift, std::size_t overlap)
{
  SpaceTimeGrid const &grid = partition.grid();
  PlacedBasis placed{.grid = grid,
                     .experts = partition.size(),
                     .functions = static_cast<std::size_t>(bank.functions())};
  placed.value.assign(grid.size() * placed.columns(), 0.);
  bool const periodic = sample.pde->boundary().periodic;
  placed.meetings = find_meetings(partition, periodic);
  placed.meeting_values.assign(placed.meetings.size() * 2 * placed.functions, 0.);
  bool const smooth = coupling == Coupling::partition_of_unity;
  std::vector<double> const d = distance(*sample.pde, grid, lift);
  PlaceGate const gate(partition, smooth ? double(overlap) : 0);
  for (std::size_t e = 0; e < partition.size(); ++e) {
    Box const where = widened(partition.box(e), grid, 2, smooth ? overlap / 2 + 2 : 2, periodic);
    std::vector<double> values(where.size() * placed.functions);
    bank.evaluate(grid, partition.box(e), where, sample, values);
    put(placed, gate, d, e, where, values);
    put_meetings(placed, e, where, values, d);
  }
  find_terms(*sample.pde, placed);
  find_ranges(placed);
  return placed;
}

PlacedBasis place_alone(domains::PdeSample const &sample, Partition const &partition,
                        std::size_t expert, BasisBank const &bank, bool lift)
{
  SpaceTimeGrid const &grid = partition.grid();
  PlacedBasis placed{.grid = grid, .functions = static_cast<std::size_t>(bank.functions())};
  placed.value.resize(grid.size() * placed.functions);
  bank.evaluate(grid, partition.box(expert), {0, grid.levels, 0, grid.cells}, sample, placed.value);
  std::vector<double> const d = distance(*sample.pde, grid, lift);
  for (std::size_t p = 0; p < grid.size(); ++p) {
    for (std::size_t j = 0; j < placed.functions; ++j)
      placed.value[p * placed.functions + j] *= d[p];
  }
  find_terms(*sample.pde, placed);
  find_ranges(placed);
  return placed;
}

void pull_back_place(domains::Pde const &pde, Partition const &partition, PlacedBasis const &placed,
                     Coupling coupling, bool lift, std::span<double const> value_bar,
                     std::span<double const> meeting_bar, std::span<double> functions_bar,
                     std::size_t overlap)
{
  SpaceTimeGrid const &grid = placed.grid;
  std::size_t const n = placed.functions, columns = placed.columns();
  bool const alone = placed.experts == 1;  // without a window, whatever the partition
  bool const smooth = coupling == Coupling::partition_of_unity;
  PlaceGate const gate(partition, smooth ? double(overlap) : 0);
  std::vector<double> const d = distance(pde, grid, lift);
  Kokkos::parallel_for("tessera::placed_basis::pull_back",
                       Kokkos::RangePolicy<Host>(0, grid.size()), [&](std::size_t p) {
                         auto const add = [&](std::size_t expert, double weight) {
                           for (std::size_t j = 0; j < n; ++j) {
                             functions_bar[p * n + j] +=
                                 weight * d[p] * value_bar[p * columns + expert * n + j];
                           }
                         };
                         if (alone) return add(0, 1);
                         gate.for_each(p / grid.cells, p % grid.cells, add);
                       });
  for (std::size_t m = 0; m < placed.meetings.size(); ++m) {
    std::size_t const p =
        placed.meetings[m].level * grid.cells + placed.meetings[m].cell % grid.cells;
    for (std::size_t j = 0; j < 2 * n; ++j) {
      functions_bar[p * n + j % n] += d[p] * meeting_bar[2 * m * n + j];
    }
  }
}

void pull_back_terms(PlacedBasis const &placed, std::vector<std::vector<double>> const &term_bars,
                     std::vector<double> &value_bar)
{
  std::size_t const columns = placed.columns(), cells = placed.grid.cells;
  for (std::size_t k = 0; k < placed.terms.size(); ++k) {
    for (std::size_t p = 0; p < placed.grid.size(); ++p) {
      std::size_t const i = p % cells, level = p - i;
      double *out = &value_bar[p * columns];
      placed.terms[k].for_each_reader(i, [&](std::size_t j, double weight) {
        double const *bar = &term_bars[k][(level + j) * columns];
        for (std::size_t c = 0; c < columns; ++c) out[c] += weight * bar[c];
      });
    }
  }
}

}  // namespace tessera::constraint
