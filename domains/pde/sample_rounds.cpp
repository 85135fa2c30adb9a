#include <tessera/domains/sample_rounds.hpp>

#include <algorithm>
#include <vector>

#include <tessera/core/collective.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>

namespace tessera::domains {

void work_in_rounds(MPI_Comm comm, SampleRange range, SampleWork const &work, Progress progress)
{
  int rank = 0, count = 1;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &count);
  auto const own = static_cast<std::size_t>(rank), ranks = static_cast<std::size_t>(count);
  std::vector<double> mine(work.numbers), all(rank == 0 ? ranks * work.numbers : 0);
  progress.start("samples", range.size());
  for (std::size_t begin = range.first; begin < range.last; begin += ranks) {
    do_together(comm, [&] {
      throw_if_stopped();
      if (begin + own < range.last) work.make(begin + own, mine);
    });
    auto const numbers = static_cast<int>(work.numbers);
    MPI_Gather(mine.data(), numbers, MPI_DOUBLE, all.data(), numbers, MPI_DOUBLE, 0, comm);
    std::size_t const end = std::min(begin + ranks, range.last);
    do_together(comm, [&] {
      for (std::size_t sample = begin; rank == 0 && sample < end; ++sample) {
        work.take(sample, {all.data() + (sample - begin) * work.numbers, work.numbers});
      }
    });
    progress.update(end - range.first);
  }
  progress.finish();
}

}  // namespace tessera::domains
