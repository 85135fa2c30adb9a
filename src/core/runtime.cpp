#include <tessera/core/runtime.hpp>

#include <petscsys.h>
#include <Kokkos_Core.hpp>

#include <tessera/core/error.hpp>

namespace tessera {

Runtime::Runtime(int &argc, char **&argv, MPI_Comm comm)
{
  int mpi_up = 0;
  MPI_Initialized(&mpi_up);
  if (!mpi_up) {
    MPI_Init(&argc, &argv);
    owns_mpi_ = true;
  }
  comm_ = comm == MPI_COMM_NULL ? MPI_COMM_WORLD : comm;

  PetscBool petsc_up = PETSC_FALSE;
  PetscInitialized(&petsc_up);
  if (!petsc_up) {
    PETSC_COMM_WORLD = comm_;
    // No argc/argv: PETSc would read our words as its options. Signals stay with the program.
    if (PetscInitializeNoArguments() != 0) throw Error("PETSc could not be started");
    PetscPopSignalHandler();
    owns_petsc_ = true;
  }
  if (!Kokkos::is_initialized()) {
    Kokkos::initialize(argc, argv);
    owns_kokkos_ = true;
  }
}

Runtime::~Runtime()
{
  if (owns_kokkos_) Kokkos::finalize();
  if (owns_petsc_) PetscFinalize();
  if (owns_mpi_) MPI_Finalize();
}

int Runtime::rank() const
{
  int rank = 0;
  MPI_Comm_rank(comm_, &rank);
  return rank;
}

}  // namespace tessera
