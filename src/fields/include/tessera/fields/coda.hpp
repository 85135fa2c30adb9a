#pragma once

#include <memory>

#include <tessera/experts/expert_kind.hpp>
#include <tessera/fields/coda_layout.hpp>

namespace tessera::fields {

/// A bank of CoDA experts. T is float or double. With `time` they see the time beside the
/// state: their layout has a state of one number more, whose slope is not used. Of the trajectories
/// that share a row of contexts in a block, one carries the whole of their context_bar and the
/// others zero.
template <class T>
std::unique_ptr<experts::ExpertBank<T>> make_coda_bank(CodaShape const &shape, bool time = false);

/// Adds type = "coda" to the seam experts::ExpertKind.
void register_coda(Registry &registry);

}  // namespace tessera::fields
