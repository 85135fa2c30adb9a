#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tessera::domains {

/// A linear operator in x that an equation's formulae read beside u itself: bands u + ghost, from a
/// cell and its two neighbours, ghost what boundaries add. Where it is periodic, the first cell and
/// the last are neighbours.
struct LinearTerm {
  std::string name;  ///< as formulae call it: "u_x", "u_xx"
  int order = 1;     ///< of the derivative
  bool periodic = false;
  std::vector<double> bands;  ///< (cell, 3): of the cell before, the cell itself, the one behind
  std::vector<double> ghost;  ///< (cell)

  std::size_t cells() const { return ghost.size(); }
  std::size_t before(std::size_t cell) const { return cell > 0 ? cell - 1 : cells() - 1; }
  std::size_t behind(std::size_t cell) const { return cell + 1 < cells() ? cell + 1 : 0; }
  /// Calls visit(cell, weight) for every cell that the term of `cell` reads.
  template <class Visit>
  void for_each(std::size_t cell, Visit const &visit) const
  {
    visit(cell, bands[3 * cell + 1]);
    if (cell > 0 || periodic) visit(before(cell), bands[3 * cell]);
    if (cell + 1 < cells() || periodic) visit(behind(cell), bands[3 * cell + 2]);
  }
  /// The transposed: every cell whose term reads `cell`.
  template <class Visit>
  void for_each_reader(std::size_t cell, Visit const &visit) const
  {
    visit(cell, bands[3 * cell + 1]);
    if (cell > 0 || periodic) visit(before(cell), bands[3 * before(cell) + 2]);
    if (cell + 1 < cells() || periodic) visit(behind(cell), bands[3 * behind(cell)]);
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
