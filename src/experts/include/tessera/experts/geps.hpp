#pragma once

#include <memory>

#include <tessera/experts/expert_kind.hpp>
#include <tessera/experts/geps_layout.hpp>

namespace tessera::experts {

/// A bank of GEPS experts. T is float or double.
template <class T>
std::unique_ptr<ExpertBank<T>> make_geps_bank(GepsShape const &shape);

/// Adds type = "geps" to the seam ExpertKind.
void register_geps(Registry &registry);

}  // namespace tessera::experts
