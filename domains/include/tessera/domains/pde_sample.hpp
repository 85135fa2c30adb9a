#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <tessera/domains/pde.hpp>

namespace tessera::domains {

/// u(0, x), on any grid: fills an array (cell).
using InitialField = std::function<void(SpaceTimeGrid const &, std::span<double>)>;

/// The same value in all cells.
InitialField constant_field(double value);

/// One problem of a family: an equation with its constants, an initial field, and what tells it
/// from the others.
struct PdeSample {
  std::shared_ptr<Pde const> pde;
  InitialField initial;
  std::vector<double> parameters;
  /// The same in units of about 1, as a network is told them; empty: as they are. Shape
  /// (parameter).
  std::vector<double> told{};

  /// u(0, x) on a grid. Shape (cell).
  std::vector<double> start(SpaceTimeGrid const &grid) const;
  /// Pde::lift and Pde::truth from there. Shape of `field` (level, cell). Throws SolverError.
  void lift(SpaceTimeGrid const &grid, std::span<double> field) const;
  void truth(SpaceTimeGrid const &grid, std::span<double> field) const;
};

}  // namespace tessera::domains
