#pragma once

#include <memory>

#include <tessera/core/registry.hpp>
#include <tessera/experts/expert_bank.hpp>

namespace tessera::experts {

/// The seam Expert: reads its options and makes a bank once the state size is known.
struct ExpertKind {
  virtual ~ExpertKind() = default;
  virtual std::unique_ptr<ExpertBank<float>> make_float(int state) const = 0;
  virtual std::unique_ptr<ExpertBank<double>> make_double(int state) const = 0;
};

}  // namespace tessera::experts
