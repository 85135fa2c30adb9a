#include "bench_ode.hpp"

#include <algorithm>

#include <tessera/core/registry.hpp>
#include <tessera/domains/odebench.hpp>
#include <tessera/meta/selection.hpp>

// What `bench ode` works on.

namespace tessera::benchmarks {

domains::Trajectories bench_data(BenchOde const &o, Progress progress)
{
  constexpr std::size_t skip = 5;
  Registry registry;
  domains::register_odebench_families(registry);
  domains::Trajectories const full =
      domains::make_odebench({.setting = "10B", .test_starts = 1}, o.seed, registry, progress)
          .train;
  domains::Trajectories t = full;
  t.points = (full.points + skip - 1) / skip;
  t.environments.clear();
  t.times.clear();
  t.states.clear();
  for (int n = 0; n < o.environments; ++n) {
    std::size_t const e = static_cast<std::size_t>(n) % full.size();
    t.environments.push_back(full.environments[e]);
    for (std::size_t k = 0; k < full.points; k += skip) t.times.push_back(full.grid(e)[k]);
    for (std::size_t j = 0; j < full.count; ++j) {
      for (std::size_t k = 0; k < full.points; k += skip) {
        auto const state = full.state(e, j, k);
        t.states.insert(t.states.end(), state.begin(), state.end());
      }
    }
  }
  return t;
}

std::unique_ptr<meta::Mixture<float>> warm_mixture(BenchOde const &o,
                                                   domains::Trajectories const &data,
                                                   meta::GateOptions const &gate)
{
  std::shared_ptr<experts::ExpertBank<float>> bank = fields::make_geps_bank<float>(o.shape());
  auto mixture = std::make_unique<meta::Mixture<float>>(bank, o.experts, data.size(), true, o.seed,
                                                        make_least_squares_gate(gate, o.experts));
  meta::MixerOptions mixer;
  mixer.outer_steps = mixer.warmup = o.warmup;
  mixer.inner_context = mixer.inner_model = 12;
  mixer.windows = meta::make_fresh_windows(20, 20);
  mixer.selection.count = o.warmup_contributors;
  meta::MixerTrainer<float> trainer(*mixture, data, mixer, {}, o.seed, {});
  for (long outer = 0; outer < o.warmup; ++outer) meta::mixer_step(trainer, outer);
  return mixture;
}

std::vector<meta::Task> cross_tasks(meta::Mixture<float> const &mixture)
{
  std::vector<meta::Task> tasks;
  for (std::size_t e = 0; e < mixture.environments(); ++e) {
    for (int i = 0; i < mixture.experts(); ++i) tasks.push_back({e, i, 0, 0});
  }
  return tasks;
}

std::vector<meta::Task> training_tasks(meta::Mixture<float> const &mixture,
                                       meta::SelectionOptions const &selection, std::uint64_t seed)
{
  Rng rng(seed, "bench/selection");
  std::vector<meta::Task> tasks;
  for (std::size_t e : meta::select_environments(mixture.context_points(), {}, selection, rng)) {
    tasks.push_back({e, mixture.leader(e), 0, 0});
  }
  return tasks;
}

}  // namespace tessera::benchmarks
