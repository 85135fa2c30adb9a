#pragma once

#include <cstdint>
#include <string>

#include <tessera/core/progress.hpp>
#include <tessera/core/registry.hpp>
#include <tessera/domains/trajectories.hpp>

namespace tessera::domains {

/// Adds the Lotka-Volterra, yeast glycolysis and Sel'kov models and a forced oscillator to the seam
/// Family, and the sets "lotka_volterra", "glycolytic", "selkov", "forced_oscillator" to the seam
/// Domain.
void register_dynamics(Registry &registry);

/// What `[data]` says about one of these sets.
struct DynamicsOptions {
  std::string labels = "converged";  ///< or published_tolerance: the paper's loose RK45
  bool published_ics = false;        ///< a NumPy twister seeded anew for each trajectory
  static DynamicsOptions read(Section &section);
};

/// One family with the published environments, sizes and time grid (Nzoyem et al., Neural context
/// flows, ICLR 2025; used by MixER, section 4), or the forced oscillator, whose sizes are our own.
/// `set` is one of the four names. Starts are shared by all environments; by default they depend on
/// `seed`. The stiff sets are checked against an implicit method. Needs a Runtime. Throws
/// InputError for an unknown set, SolverError where a trajectory cannot be followed.
Dataset make_dynamics(std::string const &set, DynamicsOptions const &options, std::uint64_t seed,
                      Registry const &registry, Progress progress = {});

}  // namespace tessera::domains
