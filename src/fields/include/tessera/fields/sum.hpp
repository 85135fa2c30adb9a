#pragma once

#include <memory>

#include <tessera/experts/expert_bank.hpp>
#include <tessera/fields/coda_layout.hpp>
#include <tessera/fields/geps_layout.hpp>
#include <tessera/fields/ncf_layout.hpp>

namespace tessera::fields {

/// A bank whose experts are sums of two of one kind, x' = g₁ f₁(x; ξ₁) + g₂ f₂(x; ξ₂): shares of
/// the field, not of the loss. A row is (w₁, w₂), a context (ξ₁, ξ₂, g₁, g₂), so that pull_back and
/// push_forward give derivatives in the shares as in any context. Shares need not add up to 1:
/// physics adds, it does not vote. T is float or double.
template <class T>
std::unique_ptr<experts::ExpertBank<T>> make_sum_bank(GepsShape const &shape);
template <class T>
std::unique_ptr<experts::ExpertBank<T>> make_sum_bank(NcfShape const &shape);
template <class T>
std::unique_ptr<experts::ExpertBank<T>> make_sum_bank(CodaShape const &shape);

}  // namespace tessera::fields
