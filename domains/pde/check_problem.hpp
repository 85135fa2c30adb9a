#pragma once

#include <vector>

#include <tessera/domains/pde_family.hpp>

namespace tessera::domains {

/// Throws InputError where the parameters of a problem are not as many as the family's, or one is
/// not finite.
void check_problem(PdeFamily const &family, std::vector<double> const &parameters);

}  // namespace tessera::domains
