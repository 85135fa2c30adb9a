#pragma once

#include <memory>

#include <tessera/experts/expert_kind.hpp>
#include <tessera/fields/ncf_layout.hpp>

namespace tessera::fields {

/// A bank of NCF experts. T is float or double. With `time` they see the time beside the
/// state: their layout has a state of one number more, whose slope is not used.
template <class T>
std::unique_ptr<experts::ExpertBank<T>> make_ncf_bank(NcfShape const &shape, bool time = false);

/// Adds type = "ncf" to the seam experts::ExpertKind.
void register_ncf(Registry &registry);

}  // namespace tessera::fields
