#pragma once

#include <mpi.h>

#include <tessera/core/built_abi.hpp>

namespace tessera {

/// Begins MPI, PETSc and Kokkos where the host has not, and ends exactly what it began, in
/// reverse order. Must outlive every View. Neither MPI nor Kokkos can be begun twice in a process:
/// a program keeps one Runtime for as long as it uses Tessera, or begins both itself; Runtimes
/// inside another's life own nothing.
class Runtime {
 public:
  /// `comm` is the communicator to work in; MPI_COMM_NULL means the world. Kokkos's own
  /// command-line words are taken out of argv; its warnings are printed only where the environment
  /// says KOKKOS_DISABLE_WARNINGS=0. Throws Error where MPI or Kokkos has ended before, and
  /// first of all on a processor that Tessera was not built for.
  Runtime(int &argc, char **&argv, MPI_Comm comm = MPI_COMM_NULL);
  ~Runtime();
  Runtime(Runtime const &) = delete;
  Runtime &operator=(Runtime const &) = delete;

  MPI_Comm comm() const { return comm_; }
  int rank() const;
  bool owns_mpi() const { return owns_mpi_; }
  bool owns_petsc() const { return owns_petsc_; }
  bool owns_kokkos() const { return owns_kokkos_; }

 private:
  Runtime() = default;
  MPI_Comm comm_ = MPI_COMM_NULL;
  bool owns_mpi_ = false, owns_petsc_ = false, owns_kokkos_ = false;
};

}  // namespace tessera
