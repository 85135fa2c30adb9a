#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include <mpi.h>

#include <tessera/core/progress.hpp>

namespace tessera::domains {

/// A range of samples, by number; `last` is behind it.
struct SampleRange {
  std::size_t first = 0, last = 0;
  std::size_t size() const { return last - first; }
};

/// Makes sample after sample, one on each rank at a time, and hands them to rank 0 in order.
struct SampleWork {
  std::size_t numbers = 0;  ///< in one sample
  /// Fills one sample, on any rank; must not communicate. Shape (numbers).
  std::function<void(std::size_t sample, std::span<double> values)> make;
  /// Takes one sample, on rank 0, in the order of the numbers.
  std::function<void(std::size_t sample, std::span<double const> values)> take;
};

/// Does the work for all of `range`. Collective. An exception of any rank's make or take is thrown
/// by all. Ends early where a stop is asked for (core/stop.hpp): then throws Stopped. Rank 0 holds
/// one sample of each rank, no more.
void work_in_rounds(MPI_Comm comm, SampleRange range, SampleWork const &work,
                    Progress progress = {});

}  // namespace tessera::domains
