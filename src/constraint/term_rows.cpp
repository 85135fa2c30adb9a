#include "term_rows.hpp"

#include <algorithm>

#include "term_loops.hpp"

namespace tessera::constraint {
namespace {

/// Stencils of all cells; each(cell, visit) calls visit(cell, weight).
template <class Each>
std::vector<Stencil> collect(std::size_t cells, Each const &each)
{
  std::vector<Stencil> all(cells);
  for (std::size_t i = 0; i < cells; ++i) {
    Stencil &stencil = all[i];
    stencil.cell.fill(i);
    each(i, [&](std::size_t j, double weight) {
      stencil.cell[stencil.size] = j;
      stencil.weight[stencil.size++] = weight;
    });
  }
  return all;
}

}  // namespace

std::vector<Stencil> stencils_of(domains::LinearTerm const &term)
{
  return collect(term.cells(), [&](std::size_t i, auto const &visit) { term.for_each(i, visit); });
}

std::vector<Stencil> readers_of(domains::LinearTerm const &term)
{
  return collect(term.cells(),
                 [&](std::size_t i, auto const &visit) { term.for_each_reader(i, visit); });
}

TermStencils stencils_of(PlacedBasis const &placed)
{
  TermStencils all;
  if (placed.keeps_terms()) return all;
  for (auto const &term : placed.terms) all.push_back(stencils_of(term));
  return all;
}

void make_term_row(PlacedBasis const &placed, Stencil const &stencil, std::size_t level,
                   Columns columns, double *out)
{
  // One pass over the columns: a neighbour that is not there weighs nothing, a column that is not
  // held is zero.
  std::size_t const first = columns.first, count = columns.size();
  std::array<double const *, 3> rows;
  std::vector<double> padded;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    std::size_t const p = level + stencil.cell[n];
    Columns const there = placed.held[p].with(columns);
    if (there == columns) {
      rows[n] = placed.row(0, p) + first;
      continue;
    }
    padded.resize(rows.size() * count, 0.);
    double *const to = padded.data() + n * count;
    for (std::size_t c = there.first; c < there.last; ++c) to[c - first] = placed.row(0, p)[c];
    rows[n] = to;
  }
  for (std::size_t c = 0; c < count; ++c) out[first + c] = combined(stencil.weight, rows, c);
}

TermRows::TermRows(PlacedBasis const &placed, TermStencils const &stencils)
    : placed_(placed),
      stencils_(stencils),
      made_(stencils.empty() ? 0 : placed.term_count() * placed.columns())
{
}

void TermRows::make(std::size_t point, std::span<double const *> rows)
{
  std::size_t const cell = point % placed_.grid.cells, level = point - cell;
  Columns const range = placed_.range[point], own = placed_.own(point);
  double *const u = made_.data();
  double const *const held = placed_.row(0, point);
  std::fill(u + range.first, u + range.last, 0.);
  std::copy(held + own.first, held + own.last, u + own.first);
  rows[0] = u;
  for (std::size_t k = 1; k < rows.size(); ++k) {
    double *const out = &made_[k * placed_.columns()];
    make_term_row(placed_, stencils_[k - 1][cell], level, range, out);
    rows[k] = out;
  }
}

}  // namespace tessera::constraint
