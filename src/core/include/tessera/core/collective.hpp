#pragma once

#include <exception>

#include <mpi.h>

namespace tessera {

/// Where any rank of `comm` brings an exception, every rank throws it: one of the same kind
/// (InputError, ConfigError, IoError, SolverError, else Error) with the text of the lowest rank
/// that has one. Collective; nullptr is no exception. So no rank waits for one that has left.
void throw_together(MPI_Comm comm, std::exception_ptr own);

/// Runs `work`, which must not communicate, and throws together what it throws. Collective.
template <class Work>
void do_together(MPI_Comm comm, Work work)
{
  std::exception_ptr own;
  try {
    work();
  } catch (...) {
    own = std::current_exception();
  }
  throw_together(comm, own);
}

}  // namespace tessera
