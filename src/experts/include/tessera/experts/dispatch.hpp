#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <tessera/solvers/ode/ode_batch.hpp>

namespace tessera::experts {

/// Order that groups items by expert and keeps the given order inside a group (stable).
std::vector<std::size_t> group_by_expert(std::span<int const> expert);

/// Cuts trajectories that are already grouped by expert into blocks. Block sizes depend on the
/// counts alone, never on the number of threads: at least `smallest` trajectories (the lanes of
/// a tile) unless the expert has fewer, and about 16 blocks in all where there is enough work.
solvers::View1<solvers::Block> make_blocks(std::span<int const> grouped_expert, int smallest = 32);

}  // namespace tessera::experts
