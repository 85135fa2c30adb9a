#pragma once

#include <memory>

#include <tessera/experts/coda_layout.hpp>
#include <tessera/experts/expert_kind.hpp>

namespace tessera::experts {

/// A bank of CoDA experts. T is float or double. Of the trajectories that share a row of contexts
/// in a block, one carries the whole of their context_bar and the others zero.
template <class T>
std::unique_ptr<ExpertBank<T>> make_coda_bank(CodaShape const &shape);

/// Adds type = "coda" to the seam ExpertKind.
void register_coda(Registry &registry);

}  // namespace tessera::experts
