#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <tessera/core/progress.hpp>
#include <tessera/core/registry.hpp>
#include <tessera/domains/trajectories.hpp>

namespace tessera::domains {

/// Adds the ten two-dimensional ODEBench families to the seam Family (type = "24", "25", …).
void register_odebench_families(Registry &registry);

/// The same, and the source "odebench" of the seam Domain.
void register_odebench(Registry &registry);

/// What `[data]` says about a generated ODEBench set.
struct OdebenchOptions {
  std::string setting = "small-4";   ///< small-4, odebench-2, 10A, 10B
  std::string labels = "converged";  ///< or published_tolerance: the paper's loose RK45
  bool published_ics = false;        ///< starts from MT19937(2024) as in the shipped arrays
  int test_starts = 32;
  static OdebenchOptions read(Section &section);
};

/// Makes the set by Boost.Odeint. The environments of train and test are permuted by `seed`;
/// starts depend on it too. Needs a Runtime. Throws InputError for an unknown setting, and
/// SolverError, naming family, parameters and start, where a trajectory leaves the finite range.
Dataset make_odebench(OdebenchOptions const &options, std::uint64_t seed, Registry const &registry,
                      Progress progress = {});

}  // namespace tessera::domains
