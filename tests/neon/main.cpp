#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>

#include <Kokkos_Core.hpp>

#include <tessera/core/pack_abi.hpp>

// The runtime of the main build begins MPI and PETSc, which kernels do not need.
int main(int argc, char **argv)
{
  ::testing::InitGoogleTest(&argc, argv);
  Kokkos::ScopeGuard kokkos(argc, argv);
  std::printf("packs: %s\n", TESSERA_PACK_NAME);
  return std::strcmp(TESSERA_PACK_NAME, "neon") == 0 ? RUN_ALL_TESTS() : 1;
}
