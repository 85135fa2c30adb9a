#include <gtest/gtest.h>
#include <Kokkos_Core.hpp>

#include <tessera/core/runtime.hpp>

namespace tessera {
namespace {

// The test program's own Runtime plays the host that has everything up.
TEST(Runtime, BeginsAndEndsNothingUnderAHostThatHasEverythingUp)
{
  int argc = 0;
  char **argv = nullptr;
  MPI_Comm comm = MPI_COMM_NULL;
  {
    Runtime const guest(argc, argv);
    comm = guest.comm();

    EXPECT_FALSE(guest.owns_mpi());
    EXPECT_FALSE(guest.owns_petsc());
    EXPECT_FALSE(guest.owns_kokkos());
  }

  int mpi_down = 1;
  MPI_Finalized(&mpi_down);
  EXPECT_FALSE(mpi_down);
  EXPECT_TRUE(Kokkos::is_initialized());
  EXPECT_EQ(comm, MPI_COMM_WORLD);
}

TEST(Runtime, WorksInTheCommunicatorItIsGiven)
{
  int argc = 0;
  char **argv = nullptr;

  Runtime const guest(argc, argv, MPI_COMM_SELF);

  EXPECT_EQ(guest.comm(), MPI_COMM_SELF);
  EXPECT_EQ(guest.rank(), 0);
}

}  // namespace
}  // namespace tessera
