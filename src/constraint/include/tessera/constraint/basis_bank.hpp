#pragma once

#include <memory>
#include <span>
#include <string>

#include <tessera/domains/partition.hpp>
#include <tessera/domains/pde_sample.hpp>

namespace tessera::constraint {

/// A bank of experts by place: what an expert offers is a basis, functions of t and space whose
/// combination it fits to the equation in its box (PI-HC-MoE, Chalapathi et al., ICLR 2024, §3).
class BasisBank {
 public:
  virtual ~BasisBank() = default;
  /// The name under which the seam makes it.
  virtual std::string kind() const = 0;
  /// N, of one expert.
  virtual int functions() const = 0;
  /// Whether the functions depend on the sample.
  virtual bool per_sample() const { return false; }
  /// The functions of the expert that owns `box`, at the points of `where`, which may reach beyond
  /// the box by a few points. Beyond the end of the grid it reaches along periodic axes: the first
  /// cells stand behind the last again. Shape of `values` (level, cell, function), cells as the box
  /// counts them. Throws InputError where the functions are none of this grid.
  virtual void evaluate(domains::SpaceTimeGrid const &grid, domains::Box const &box,
                        domains::Box const &where, domains::PdeSample const &sample,
                        std::span<double> values) const = 0;
};

}  // namespace tessera::constraint
