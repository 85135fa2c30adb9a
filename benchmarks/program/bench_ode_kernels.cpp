#include "bench_ode.hpp"

#include <tessera/core/median.hpp>
#include <tessera/core/stopwatch.hpp>

// The kernels alone: ExpertBank::integrate and pull_back.

namespace tessera::benchmarks {
namespace {

constexpr int repeats = 5;

/// GFlop/s of the repetitions.
struct Kernels {
  std::vector<double> forward, adjoint;
};

// `trained`: whether steps pull these tasks back, or only look at their losses.
Kernels time_kernels(domains::Trajectories const &data, meta::Mixture<float> const &mixture,
                     std::vector<meta::Task> const &tasks, bool trained)
{
  // Room for the record of all trajectories at once; training has 4096 and far fewer of them.
  experts::StepControl const control{.max_steps = 512};
  auto const &bank = mixture.bank();
  auto const &rows = mixture.rows();
  meta::TaskWorkspace<float> workspace;
  meta::TaskBatch<float> batch(data, tasks, mixture.slices(tasks), workspace);
  batch.solve(bank, rows, control, true);
  double const forward = batch.flops(bank, false) / 1e9;
  double const adjoint = batch.flops(bank, true) / 1e9 - forward;
  experts::View2<float> gradient("tessera::bench::gradient", rows.extent(0), rows.extent(1));
  experts::View2<float> bar("tessera::bench::bar", batch.batch().size(), mixture.rank());
  experts::View3<float> cotangent("tessera::bench::cotangent", batch.batch().size(), data.points,
                                  data.dimension);
  Kokkos::deep_copy(cotangent, 1e-3F);
  // Recorded in one solution, timed in another: writing the record is no part of a forward solve.
  meta::TaskWorkspace<float> plain_workspace;
  meta::TaskBatch<float> plain(data, tasks, mixture.slices(tasks), plain_workspace);
  plain.solve(bank, rows, control, false);
  Kernels kernels;
  for (int r = 0; r <= repeats; ++r) {
    Stopwatch watch;
    bank.integrate({}, rows, trained ? batch.batch() : plain.batch(), control, plain.solution());
    double const spent = watch.lap();
    bank.pull_back({}, rows, batch.batch(), batch.solution(), cotangent, gradient, bar);
    double const back = watch.lap();
    if (r == 0) continue;  // caches and arenas are cold
    kernels.forward.push_back(forward / spent);
    kernels.adjoint.push_back(adjoint / back);
  }
  return kernels;
}

void add(BenchResult &result, std::string const &name, std::vector<double> const &gflops,
         double peak)
{
  result.add(name + "_gflops", "GFlop/s", gflops);
  result.add(name + "_peak_share", "", {median(gflops) / peak});
}

}  // namespace

void bench_kernels(BenchResult &result, BenchOde const &o, domains::Trajectories const &data,
                   meta::Mixture<float> const &mixture, double peak)
{
  Kernels const cross = time_kernels(data, mixture, cross_tasks(mixture), false);
  Kernels const training =
      time_kernels(data, mixture, training_tasks(mixture, o.selection(), o.seed), true);
  add(result, "forward", cross.forward, peak);
  add(result, "adjoint", cross.adjoint, peak);
  add(result, "forward_training", training.forward, peak);
  add(result, "adjoint_training", training.adjoint, peak);
}

}  // namespace tessera::benchmarks
