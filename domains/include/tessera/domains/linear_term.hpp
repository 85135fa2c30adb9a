#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tessera::domains {

/// A linear operator along one axis of space that an equation's formulae read beside u itself:
/// bands u + ghost, from a cell and its two neighbours, ghost what boundaries add. Where it is
/// periodic, the first cells along the axis and the last are neighbours.
struct LinearTerm {
  std::string name;  ///< as formulae call it: "u_x", "u_xx", "u_yy"
  int order = 1;     ///< of the derivative
  bool periodic = false;
  std::vector<double> bands;  ///< (cell, 3): of the cell before, the cell itself, the one behind
  std::vector<double> ghost;  ///< (cell)
  std::size_t stride = 1;     ///< from a cell's number to that of the one behind
  std::size_t count = 0;      ///< cells along the axis; 0: all, and the stride is 1

  std::size_t cells() const { return ghost.size(); }
  std::size_t along() const { return count == 0 ? cells() : count; }
  /// Where a cell stands along the axis.
  std::size_t place(std::size_t cell) const
  {
    // Divisions cost more than the whole term where x is the only axis.
    return along() == cells() ? cell : cell / stride % along();
  }
  bool is_first(std::size_t cell) const { return place(cell) == 0; }
  bool is_last(std::size_t cell) const { return place(cell) + 1 == along(); }
  std::size_t before(std::size_t cell) const
  {
    return is_first(cell) ? cell + (along() - 1) * stride : cell - stride;
  }
  std::size_t behind(std::size_t cell) const
  {
    return is_last(cell) ? cell - (along() - 1) * stride : cell + stride;
  }
  /// Calls visit(cell, weight) for every cell that the term of `cell` reads.
  template <class Visit>
  void for_each(std::size_t cell, Visit const &visit) const
  {
    visit(cell, bands[3 * cell + 1]);
    if (!is_first(cell) || periodic) visit(before(cell), bands[3 * cell]);
    if (!is_last(cell) || periodic) visit(behind(cell), bands[3 * cell + 2]);
  }
  /// The transposed: every cell whose term reads `cell`.
  template <class Visit>
  void for_each_reader(std::size_t cell, Visit const &visit) const
  {
    visit(cell, bands[3 * cell + 1]);
    if (!is_first(cell) || periodic) visit(before(cell), bands[3 * before(cell) + 2]);
    if (!is_last(cell) || periodic) visit(behind(cell), bands[3 * behind(cell)]);
  }
  /// The term of one level. Shapes (cell).
  void apply(std::span<double const> u, std::span<double> out) const
  {
    for (std::size_t i = 0; i < cells(); ++i) {
      out[i] = ghost[i];
      for_each(i, [&](std::size_t j, double weight) { out[i] += weight * u[j]; });
    }
  }
};

}  // namespace tessera::domains
