// silent CONFIG.toml: trains inside a host that wants its standard streams for itself.
#include <Kokkos_Core.hpp>

#include <tessera/core/runtime.hpp>
#include <tessera/model/experiment.hpp>

int main(int argc, char **argv)
{
  tessera::Runtime const runtime(argc, argv);
  tessera::Registry registry;
  tessera::model::register_builtins(registry);
  tessera::model::RunRequest request;
  request.config = argv[1];
  request.quiet = true;
  tessera::model::run(request, registry);

  int sum = 0;
  Kokkos::parallel_reduce(
      "tessera::test::sum", 10, KOKKOS_LAMBDA(int i, int &part) { part += i; }, sum);
  return sum == 45 ? 0 : 1;
}
