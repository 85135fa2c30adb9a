#pragma once

#include <cstddef>
#include <vector>

#include <tessera/domains/trajectories.hpp>

namespace tessera::domains {

/// Environments by number, in the order given. Shape (environment of the result).
Trajectories pick_environments(Trajectories const &data, std::vector<std::size_t> const &chosen);

/// Of environment e the trajectories `chosen[e]`, as many of each. Throws Error where a number does
/// not exist or counts differ.
Trajectories pick_trajectories(Trajectories const &data,
                               std::vector<std::vector<std::size_t>> const &chosen);

/// `points` stored times from number `first` on. Throws Error where there are fewer.
Trajectories pick_times(Trajectories const &data, std::size_t first, std::size_t points);

}  // namespace tessera::domains
