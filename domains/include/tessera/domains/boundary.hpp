#pragma once

#include <tessera/domains/linear_term.hpp>
#include <tessera/domains/space_time_grid.hpp>

namespace tessera::domains {

/// What holds at an end of an axis, as a rule for the ghost cell behind it.
struct EndRule {
  enum class Kind {
    value,      ///< u = number at the end itself, half a cell from either middle
    reservoir,  ///< u = number in the ghost cell
    flux,       ///< the derivative along the axis, as u_x, = number at the end
    outflow,    ///< the ghost cell holds -number du/dn, one-sided over the last two cells
  };
  Kind kind = Kind::value;
  double number = 0;
};

/// What holds at both ends of an axis; or that there are none.
struct Boundary {
  EndRule left, right;
  bool periodic = false;
};

/// u_x or u_xx (`order` 1, 2), or the same along another axis (u_y, u_zz), by central differences,
/// ghost cells filled by the rules of that axis' ends. Throws InputError for another order, an axis
/// that the grid lacks, or fewer than 3 cells along it.
LinearTerm difference(SpaceTimeGrid const &grid, Boundary const &boundary, int order,
                      std::size_t axis = 0);

}  // namespace tessera::domains
