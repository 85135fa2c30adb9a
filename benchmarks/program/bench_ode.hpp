#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <tessera/domains/trajectories.hpp>
#include <tessera/fields/geps.hpp>
#include <tessera/meta/gates/least_squares.hpp>
#include <tessera/meta/mixer_trainer.hpp>

#include "bench_parts.hpp"

namespace tessera::benchmarks {

/// `[bench]` of `bench ode`; the defaults are the published sizes.
struct BenchOde {
  int steps = 5;   ///< outer steps that are timed
  int warmup = 2;  ///< outer steps with one expert before them
  /// In each step of those; untrained contexts are equal, and the split needs as many different
  /// ones as there are experts. Unless it is given, what is timed depends on the number of experts.
  int warmup_contributors = 0;
  std::uint64_t seed = 0;
  int experts = 10, environments = 160, width = 64, contributors = 16;
  std::string rule = "near";          ///< how contributors are drawn; "random" does not see experts
  std::string gate = "full";          ///< "amortised": as our runs do it; "none": left as it is
  std::filesystem::path export_path;  ///< folder for one iteration as NumPy archives
  static BenchOde read(std::vector<std::string> const &overrides);
  fields::GepsShape shape() const { return {.width = width}; }
  meta::SelectionOptions selection() const { return {.rule = rule, .count = contributors}; }
};

/// The training trajectories of 10B at every fifth of their 100 stored points (the published
/// `skip_steps = 5`), cut or repeated to as many environments as asked for.
domains::Trajectories bench_data(BenchOde const &o, Progress progress);

/// Experts of `o` that have been trained alone for the warm-up, not yet split.
std::unique_ptr<meta::Mixture<float>> warm_mixture(BenchOde const &o,
                                                   domains::Trajectories const &data,
                                                   meta::GateOptions const &gate);

/// Every environment on every expert, or `contributors` environments on the expert they are
/// routed to.
std::vector<meta::Task> cross_tasks(meta::Mixture<float> const &mixture);
std::vector<meta::Task> training_tasks(meta::Mixture<float> const &mixture,
                                       meta::SelectionOptions const &selection, std::uint64_t seed);

/// Adds GFlop/s of `ExpertBank::integrate` and `pull_back` alone on batches of the two sizes, and
/// their share of `peak` GFlop/s.
void bench_kernels(BenchResult &result, BenchOde const &o, domains::Trajectories const &data,
                   meta::Mixture<float> const &mixture, double peak);

/// Writes data, parameters, contexts, routes and contributors of one inner step with the losses,
/// gradients and cross losses that follow from them: step_float32.npz at the tolerance of training,
/// step_float64.npz at rtol 1e-6. Throws IoError.
void export_iteration(BenchOde const &o, domains::Trajectories const &data,
                      meta::Mixture<float> const &mixture);

}  // namespace tessera::benchmarks
