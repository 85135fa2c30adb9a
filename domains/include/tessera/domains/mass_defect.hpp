#pragma once

#include <cstddef>
#include <span>

#include <tessera/domains/pde.hpp>

namespace tessera::domains {

/// |content(T) - content(t_first) - inflow in between| / |content(T) - content(t_first)|, the
/// inflow integrated by the trapezoidal rule over the levels. Shape of field (level, cell).
double mass_defect(Pde const &pde, SpaceTimeGrid const &grid, std::span<double const> field,
                   std::size_t first = 2);

}  // namespace tessera::domains
