#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <tessera/solvers/ode/ode_batch.hpp>

namespace tessera::experts {

/// Order that groups items by expert and keeps the given order inside a group (stable).
std::vector<std::size_t> group_by_expert(std::span<int const> expert);

/// Cuts trajectories that are already grouped by expert into blocks. Those of an expert depend on
/// its own count alone, so that neither other experts nor the number of threads change the bits of
/// its gradient. One block up to `smallest` trajectories (the lanes of a tile, and some), then
/// about sqrt(count / smallest) blocks, more where they would be longer than 320.
solvers::View1<solvers::Block> make_blocks(std::span<int const> grouped_expert, int smallest = 40);

}  // namespace tessera::experts
