#pragma once

#include <memory>
#include <vector>

#include <tessera/experts/expert_bank.hpp>

namespace tessera::experts {

/// The experts of one kind in a mixture of kinds.
template <class T>
struct KindOfExperts {
  std::shared_ptr<ExpertBank<T>> bank;
  int count = 1;
};

/// A bank of experts of several kinds, which stand kind by kind in the order given: each kind
/// integrates its own blocks. Rows and contexts are as long as the longest of a kind's; what a
/// shorter one leaves over stays zero. Throws Error without a kind.
template <class T>
std::unique_ptr<ExpertBank<T>> make_mixed_bank(std::vector<KindOfExperts<T>> kinds);

}  // namespace tessera::experts
