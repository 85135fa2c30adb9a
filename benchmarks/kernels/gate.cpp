#include <benchmark/benchmark.h>

#include <tessera/core/rng.hpp>
#include <tessera/meta/gate_fit.hpp>
#include <tessera/meta/kmeans.hpp>

// What one gate update costs beside its integrations, against the number of experts: clusters of
// 1024 contexts, of which each knows the slice of its own expert, and the fit that learns them.

namespace {

using namespace tessera;
using namespace tessera::meta;

constexpr std::size_t environments = 1024, rank = 10;

SlicedPoints contexts_of(int experts)
{
  SlicedPoints points{.components = static_cast<std::size_t>(experts) * rank};
  Rng rng(0, "kernels");
  for (std::size_t e = 0; e < environments; ++e) {
    std::vector<double> numbers;
    for (std::size_t c = 0; c < rank; ++c) numbers.push_back(1 + 0.3 * rng.normal());
    points.add(e % static_cast<std::size_t>(experts) * rank, numbers);
  }
  return points;
}

void update(SlicedPoints const &contexts, int experts, benchmark::State &state)
{
  std::vector<int> assignment;
  for (std::size_t e = 0; e < environments; ++e) {
    assignment.push_back(static_cast<int>(e) % experts);
  }
  Rng rng(0, "kernels/fit");
  for (auto _ : state) {
    auto const points = Standardizer::fit(contexts).apply(contexts);
    auto const means = cluster_means(points, assignment, static_cast<std::size_t>(experts));
    KMeans const found = lloyd(points, means, 100);
    benchmark::DoNotOptimize(fit_gate(contexts, found.assignment, experts, {}, rng));
  }
}

void gate_update(benchmark::State &state)
{
  int const experts = static_cast<int>(state.range(0));
  update(contexts_of(experts), experts, state);
}

/// The same contexts with their zeros, as if every environment had a slice for every expert.
void gate_update_filled(benchmark::State &state)
{
  int const experts = static_cast<int>(state.range(0));
  SlicedPoints const contexts = contexts_of(experts);
  update(SlicedPoints::dense(contexts.table(), contexts.components), experts, state);
}

BENCHMARK(gate_update)->RangeMultiplier(4)->Range(4, 256)->Unit(benchmark::kMillisecond);
BENCHMARK(gate_update_filled)->RangeMultiplier(4)->Range(4, 64)->Unit(benchmark::kMillisecond);

}  // namespace
