#include <benchmark/benchmark.h>

#include <tessera/experts/dispatch.hpp>
#include <tessera/fields/geps.hpp>

// Integration by GEPS experts and its adjoint, against the number of trajectories and the width.

namespace {

using namespace tessera;
using namespace tessera::experts;

/// Trajectories of one expert on [0, 2], 20 times each.
template <class T>
struct Work {
  static constexpr std::size_t points = 20;

  Work(int count, int width)
      : bank(fields::make_geps_bank<T>({.width = width})),
        rows("tessera::kernels::rows", 1, bank->row_size()),
        gradient("tessera::kernels::gradient", 1, bank->row_size()),
        bar("tessera::kernels::bar", count, bank->context_size()),
        cotangent("tessera::kernels::cotangent", count, points, 2),
        solution(count, points, 2, static_cast<std::size_t>(control.max_steps))
  {
    Rng rng(0, "kernels");
    bank->initialise(std::span<T>(rows.data(), bank->row_size()), rng);
    batch.initial = View2<T>("tessera::kernels::initial", count, 2);
    batch.times = View2<T>("tessera::kernels::times", count, points);
    batch.points = View1<int>("tessera::kernels::points", count);
    batch.contexts = View2<T>("tessera::kernels::contexts", count, bank->context_size());
    batch.context_row = View1<int>("tessera::kernels::context_row", count);
    for (int t = 0; t < count; ++t) {
      for (int i = 0; i < 2; ++i) batch.initial(t, i) = static_cast<T>(rng.uniform(-2, 2));
      for (std::size_t k = 0; k < points; ++k) batch.times(t, k) = T(2) * T(k) / T(points - 1);
      batch.points(t) = static_cast<int>(points);
      batch.context_row(t) = t;
    }
    batch.blocks = make_blocks(std::vector<int>(static_cast<std::size_t>(count), 0));
    Kokkos::deep_copy(cotangent, T(1));
    bank->integrate({}, rows, batch, control, solution);
  }

  /// As README, "Counting": stages of all tried steps.
  double forward_flops() const
  {
    double total = 0;
    for (std::size_t t = 0; t < batch.size(); ++t)
      total += bank->flops_per_evaluation() * (6.0 * solution.attempted(t) + 1);
    return total;
  }

  StepControl control{.max_steps = 256};
  std::unique_ptr<ExpertBank<T>> bank;
  View2<T> rows, gradient, bar;
  View3<T> cotangent;
  OdeBatch<T> batch;
  OdeSolution<T> solution;
};

template <class T>
void integrate(benchmark::State &state)
{
  Work<T> work(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  for (auto _ : state) work.bank->integrate({}, work.rows, work.batch, work.control, work.solution);
  state.counters["flops"] = benchmark::Counter(work.forward_flops() * double(state.iterations()),
                                               benchmark::Counter::kIsRate);
}

template <class T>
void pull_back(benchmark::State &state)
{
  Work<T> work(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  for (auto _ : state) {
    work.bank->pull_back({}, work.rows, work.batch, work.solution, work.cotangent, work.gradient,
                         work.bar);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void sizes(benchmark::internal::Benchmark *which)
{
  which->ArgNames({"trajectories", "width"})->UseRealTime();
  for (int width : {32, 64, 256}) which->Args({64, width})->Args({4096, width});
}

BENCHMARK(integrate<float>)->Apply(sizes);
BENCHMARK(integrate<double>)->Apply(sizes);
BENCHMARK(pull_back<float>)->Apply(sizes);
BENCHMARK(pull_back<double>)->Apply(sizes);

}  // namespace
