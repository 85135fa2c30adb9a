#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include <tessera/constraint/constraint_rows.hpp>
#include <tessera/constraint/placed_basis.hpp>

// Terms of columns, made from those of u.
namespace tessera::constraint {

/// The cells that a term of a cell reads, or that read it, and their weights; what is not there
/// weighs nothing.
struct Stencil {
  std::size_t size = 0;
  std::array<std::size_t, 3> cell{};
  std::array<double, 3> weight{};
};

/// What a term reads at each cell. Shape (cell).
std::vector<Stencil> stencils_of(domains::LinearTerm const &term);
/// The cells where a term reads each cell. Shape (cell).
std::vector<Stencil> readers_of(domains::LinearTerm const &term);

/// out[column] = the term at a cell of the level whose first point is `level`.
void make_term_row(PlacedBasis const &placed, Stencil const &stencil, std::size_t level,
                   Columns columns, double *out);

/// The stencils of all terms of a basis that does not keep them, else none. Shape (term, cell).
using TermStencils = std::vector<std::vector<Stencil>>;
TermStencils stencils_of(PlacedBasis const &placed);

/// Rows of all terms at a point, u the first: those that are kept, or made anew. One reader a
/// thread.
class TermRows {
 public:
  /// `stencils` of `placed`; both must outlive it.
  TermRows(PlacedBasis const &placed, TermStencils const &stencils);

  /// rows[term][column] for the columns of the point's range, until the next call.
  void read(std::size_t point, std::span<double const *> rows)
  {
    if (!stencils_.empty()) return make(point, rows);
    for (std::size_t k = 0; k < rows.size(); ++k) rows[k] = placed_.row(k, point);
  }

 private:
  void make(std::size_t point, std::span<double const *> rows);

  PlacedBasis const &placed_;
  TermStencils const &stencils_;
  std::vector<double> made_;  ///< (term, column)
};

/// Adds bar(column) to the cotangent of term k at a point: where terms are not kept, to that of the
/// values they are made from.
template <class Bar>
void add_term_bar(PlacedBasis const &placed, std::size_t k, std::size_t point, Bar const &bar,
                  PlacedCotangent &cotangent)
{
  if (k == 0 || placed.keeps_terms()) {
    double *const row = cotangent.row(placed, k, point);
    Columns const columns = k == 0 ? placed.own(point) : placed.range[point];
    for (std::size_t c = columns.first; c < columns.last; ++c) row[c] += bar(c);
    return;
  }
  std::size_t const cell = point % placed.grid.cells, level = point - cell;
  placed.terms[k - 1].for_each(cell, [&](std::size_t other, double weight) {
    double *const row = cotangent.row(placed, 0, level + other);
    Columns const columns = placed.own(level + other);
    for (std::size_t c = columns.first; c < columns.last; ++c) row[c] += weight * bar(c);
  });
}

}  // namespace tessera::constraint
