#pragma once

#include <tessera/domains/pde_plugin.hpp>

namespace tessera::domains {

/// What equations u_t = rate have in common that start from any field: an equation adds its name,
/// its boundary, its terms and its rate (as PdePlugin<Equation, N, PlainPde>, from a formula).
class PlainPde : public Pde {
 public:
  template <class S>
  S stored(Form, S const &u) const
  {
    return u;
  }
  double frozen_storage(Form) const override { return 1; }
  /// The initial field at all times; boundary values are in the ghosts that rows read.
  void lift(SpaceTimeGrid const &grid, std::span<double const> initial,
            std::span<double> field) const override;
  /// t / (t + horizon / 50).
  void distance(SpaceTimeGrid const &grid, std::span<double> field) const override;
  /// The integral of u over the domain.
  double content(SpaceTimeGrid const &grid, std::span<double const> u) const override;
  /// Through the ends and from sources: the integral of the rate at t = 0.
  double inflow(SpaceTimeGrid const &grid, std::span<double const> u) const override;
  /// By the method of lines: the rate must not depend on the time itself.
  void truth(SpaceTimeGrid const &grid, std::span<double const> initial,
             std::span<double> field) const override;
};

}  // namespace tessera::domains
