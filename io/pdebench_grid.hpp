#pragma once

#include <tessera/domains/space_time_grid.hpp>

#include "hdf5.hpp"

namespace tessera::io {

/// The grid that lists of cell centres and of levels describe, levels cut to `levels` where the
/// list is one longer. Throws InputError where lengths do not fit or spacing is not equal.
domains::SpaceTimeGrid read_pdebench_grid(hdf5::Dataset const &x, hdf5::Dataset const &t,
                                          std::size_t cells, std::size_t levels);

/// Throws InputError that begins with `where` if the two differ by more than single precision.
void check_same_grid(std::string const &where, domains::SpaceTimeGrid const &found,
                     domains::SpaceTimeGrid const &expected);

}  // namespace tessera::io
