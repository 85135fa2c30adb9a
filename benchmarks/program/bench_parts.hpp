#pragma once

#include <string>
#include <vector>

#include <tessera/core/config.hpp>
#include <tessera/core/progress.hpp>

namespace tessera::benchmarks {

/// Figures of one benchmark, each with its repetitions.
struct BenchResult {
  struct Figure {
    std::string name, unit;
    std::vector<double> values;
  };
  std::vector<Figure> figures;
  std::string note;

  void add(std::string name, std::string unit, std::vector<double> values)
  {
    figures.push_back({std::move(name), std::move(unit), std::move(values)});
  }
};

/// One outer step of the mixture at the published sizes.
BenchResult bench_ode(std::vector<std::string> const &overrides, Progress progress);

/// Fused multiply-adds per second on all threads, float32 and float64, and bandwidth of a triad.
BenchResult bench_peak(std::vector<std::string> const &overrides, Progress progress);

/// One true field of the diffusion-sorption problem at the published size, and its self-error; with
/// bench.config or bench.run as bench_truth_grids.
BenchResult bench_truth(std::vector<std::string> const &overrides, Progress progress);

/// True fields of the family in a config of experts by place (bench.config), or in that of a run
/// (bench.run) whose model then solves the same problems: seconds and errors on several grids and
/// at several local errors. Throws InputError where a run or config cannot be used, SolverError.
BenchResult bench_truth_grids(Config const &bench, Progress progress);

/// One step of training through the constraint layer.
BenchResult bench_pihcmoe(std::vector<std::string> const &overrides, Progress progress);

/// Fused multiply-adds per second on all threads, GFlop/s, now.
double peak_gflops_float32();
double peak_gflops_float64();

}  // namespace tessera::benchmarks
