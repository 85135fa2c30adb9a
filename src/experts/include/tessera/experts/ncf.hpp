#pragma once

#include <memory>

#include <tessera/experts/expert_kind.hpp>
#include <tessera/experts/ncf_layout.hpp>

namespace tessera::experts {

/// A bank of NCF experts. T is float or double.
template <class T>
std::unique_ptr<ExpertBank<T>> make_ncf_bank(NcfShape const &shape);

/// Adds type = "ncf" to the seam ExpertKind.
void register_ncf(Registry &registry);

}  // namespace tessera::experts
