#include <benchmark/benchmark.h>

#include <tessera/core/runtime.hpp>

int main(int argc, char **argv)
{
  tessera::Runtime const runtime(argc, argv);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
