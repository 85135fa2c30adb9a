#pragma once

#include <tessera/fields/geps_layout.hpp>
#include <tessera/solvers/ode/ode_batch.hpp>

/// GEPS experts by teams of threads over tiles of trajectories: the tiling for devices, beside the
/// packs that a bank uses on the host. Runs on every execution space it is instantiated for: the
/// default host space and, where Kokkos has it, CUDA.
namespace tessera::fields {

using solvers::OdeBatch, solvers::OdeSolution, solvers::StepControl;
using solvers::View2, solvers::View3;

struct TileOptions {
  int team_size = 0;  ///< threads of a team; 0: one on the host, 256 on a device
  int queue = 0;      ///< trajectories that one team takes; 0: one tile
};

/// As experts::ExpertBank::integrate. Views are the host's; they are copied to the memory of
/// `space` and back where it is another one. Results depend neither on the options nor on the block
/// sizes.
template <class T, class Space>
void integrate_on(Space const &space, GepsLayout const &layout, View2<T> const &rows,
                  OdeBatch<T> const &batch, StepControl const &control,
                  OdeSolution<T> const &solution, TileOptions const &options = {});

/// As experts::ExpertBank::pull_back, under the same rules; the order in which gradients are added
/// depends on the queue's length, not on the team size.
template <class T, class Space>
void pull_back_on(Space const &space, GepsLayout const &layout, View2<T> const &rows,
                  OdeBatch<T> const &batch, OdeSolution<T> const &solution,
                  View3<T> const &cotangent, View2<T> const &gradient, View2<T> const &context_bar,
                  TileOptions const &options = {});

}  // namespace tessera::fields
