#include <cstdlib>
#include <string>

#include "commands.hpp"

namespace tessera::app {

namespace {

void set_default(char const *name, char const *value)
{
  setenv(name, value, 0);
}

// mpirun, srun and their like name the rank in the environment; without them we are alone.
bool is_launched_by_mpi()
{
  for (char const *name : {"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_ID"}) {
    if (std::getenv(name)) return true;
  }
  return false;
}

}  // namespace

void prepare_environment(int threads)
{
  // The OpenMP runtime has read its own variables before main; Kokkos reads these when it starts.
  if (threads > 0) setenv("KOKKOS_NUM_THREADS", std::to_string(threads).c_str(), 1);
  // Binding is the launcher's business: bound blindly, all ranks of a node share one core. Said
  // aloud so that Kokkos does not warn.
  set_default("OMP_PROC_BIND", "false");
  if (is_launched_by_mpi()) return;
  // Alone, Open MPI would start a daemon and look for networks: half a second, and an error on
  // machines without a route.
  set_default("OMPI_MCA_ess_singleton_isolated", "1");
  // Isolated processes would share one session folder and fall over each other.
  set_default("OMPI_MCA_orte_create_session_dirs", "0");
  set_default("OMPI_MCA_btl", "self");
  set_default("OMPI_MCA_pml", "ob1");
}

}  // namespace tessera::app
