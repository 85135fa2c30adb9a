#pragma once

#include <memory>

#include <tessera/core/registry.hpp>
#include <tessera/experts/expert_bank.hpp>
#include <tessera/experts/geps_layout.hpp>

namespace tessera::experts {

/// A bank of GEPS experts. T is float or double.
template <class T>
std::unique_ptr<ExpertBank<T>> make_geps_bank(GepsShape const &shape);

/// The seam Expert: reads its options and makes a bank once the state size is known.
struct ExpertKind {
  virtual ~ExpertKind() = default;
  virtual std::unique_ptr<ExpertBank<float>> make_float(int state) const = 0;
  virtual std::unique_ptr<ExpertBank<double>> make_double(int state) const = 0;
};

/// Adds type = "geps" to the seam ExpertKind.
void register_geps(Registry &registry);

}  // namespace tessera::experts
