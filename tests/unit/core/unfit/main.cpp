// runtime_unfit: a host whose processor is said to be unfit, by the function below in the place of
// the library's. Ends with 0 where Runtime throws what was said and has begun nothing.
#include <mpi.h>
#include <cstdio>
#include <cstring>

#include <tessera/core/error.hpp>
#include <tessera/core/processor.hpp>
#include <tessera/core/runtime.hpp>

namespace tessera {

char const *unfit_processor() noexcept
{
  return "this processor lacks everything";
}

}  // namespace tessera

int main(int argc, char **argv)
{
  try {
    tessera::Runtime const runtime(argc, argv);
  } catch (tessera::Error const &error) {
    int mpi_up = 1;
    MPI_Initialized(&mpi_up);
    bool const same = std::strcmp(error.what(), tessera::unfit_processor()) == 0;
    std::fprintf(stderr, "%s\n", error.what());
    return same && !mpi_up ? 0 : 1;
  }
  return 1;
}
