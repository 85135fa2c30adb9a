#pragma once

#include <tessera/domains/linear_term.hpp>
#include <tessera/domains/space_time_grid.hpp>

namespace tessera::domains {

/// What holds at an end of the domain, as a rule for the ghost cell behind it.
struct EndRule {
  enum class Kind {
    value,      ///< u = number at the end itself, half a cell from either middle
    reservoir,  ///< u = number in the ghost cell
    flux,       ///< u_x = number at the end
    outflow,    ///< the ghost cell holds -number du/dn, one-sided over the last two cells
  };
  Kind kind = Kind::value;
  double number = 0;
};

/// What holds at both ends; or that there are none.
struct Boundary {
  EndRule left, right;
  bool periodic = false;
};

/// u_x or u_xx (`order` 1, 2) by central differences, ghost cells filled by the rules. Throws
/// InputError for another order, or fewer than 3 cells.
LinearTerm difference(SpaceTimeGrid const &grid, Boundary const &boundary, int order);

}  // namespace tessera::domains
