#pragma once

#include <tessera/domains/space_time_grid.hpp>

#include "hdf5.hpp"

namespace tessera::io {

/// The grid that lists of cell centres, one an axis, and of levels describe, levels cut to `levels`
/// where the list is one longer. Shape of `cells` (axis). Throws InputError where lengths do not
/// fit or spacing is not equal.
domains::SpaceTimeGrid read_pdebench_grid(std::vector<hdf5::Dataset> const &axes,
                                          hdf5::Dataset const &t, hdf5::Shape const &cells,
                                          std::size_t levels);

/// Throws InputError that begins with `where` if the two differ by more than single precision.
void check_same_grid(std::string const &where, domains::SpaceTimeGrid const &found,
                     domains::SpaceTimeGrid const &expected);

}  // namespace tessera::io
