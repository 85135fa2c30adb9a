#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/median.hpp>
#include <tessera/core/registry.hpp>
#include <tessera/domains/odebench.hpp>
#include <tessera/experts/geps.hpp>
#include <tessera/meta/mixer_trainer.hpp>

#include "bench_parts.hpp"

namespace tessera::model {
namespace {

struct BenchOptions {
  int steps, warmup;
  std::uint64_t seed;
};

// The published outer step: 12 + 12 inner steps, a full gate update (every environment on every
// expert) after each, 16 contributors, windows of 20 stored points.
meta::MixerOptions published_step()
{
  meta::MixerOptions o;
  o.inner_context = o.inner_model = 12;
  o.selection.count = 16;
  o.window_min = o.window_max = 20;
  return o;
}

// 100 stored points thinned to 20: the published `skip_steps = 5`.
domains::Trajectories thin(domains::Trajectories const &data, std::size_t skip)
{
  domains::Trajectories t = data;
  t.points = (data.points + skip - 1) / skip;
  t.times.clear();
  t.states.clear();
  for (std::size_t e = 0; e < data.size(); ++e) {
    for (std::size_t k = 0; k < data.points; k += skip) t.times.push_back(data.grid(e)[k]);
    for (std::size_t j = 0; j < data.count; ++j) {
      for (std::size_t k = 0; k < data.points; k += skip) {
        auto const state = data.state(e, j, k);
        t.states.insert(t.states.end(), state.begin(), state.end());
      }
    }
  }
  return t;
}

}  // namespace

BenchResult bench_ode(std::vector<std::string> const &overrides, Progress progress)
{
  Config const config = Config::parse("[bench]\n", "bench ode", overrides);
  Section section = config.section("bench");
  BenchOptions const o{section.get_in("steps", 5, 1, 1000), section.get_in("warmup", 2, 0, 1000),
                       static_cast<std::uint64_t>(section.get_in("seed", 0, 0, 1 << 30))};
  config.finish();
  Registry registry;
  domains::register_odebench_families(registry);
  domains::Dataset const data =
      domains::make_odebench({.setting = "10B", .test_starts = 1}, o.seed, registry, progress);
  domains::Trajectories const train = thin(data.train, 5);
  std::shared_ptr<experts::ExpertBank<float>> bank = experts::make_geps_bank<float>({});
  meta::Mixture<float> mixture(bank, 10, train.size(), true, o.seed);
  meta::GateOptions gate{.every = 1, .refresh = 1, .inner = 0};
  gate.full_update = true;
  meta::MixerOptions mixer = published_step();
  mixer.outer_steps = o.steps + o.warmup + 1;
  mixer.warmup = std::max(1, o.warmup);
  meta::MixerTrainer<float> trainer(mixture, train, mixer, gate, {}, o.seed, {});

  std::vector<double> seconds, gflops;
  progress.start("bench ode", static_cast<std::size_t>(mixer.outer_steps));
  double solves = 0;
  for (long outer = 0; outer < mixer.outer_steps; ++outer) {
    auto const begin = std::chrono::steady_clock::now();
    meta::StepReport const report = meta::mixer_step(trainer, outer);
    std::chrono::duration<double> const spent = std::chrono::steady_clock::now() - begin;
    progress.update(static_cast<std::size_t>(outer + 1));
    // The first step after the warm-up splits the experts; it is not the published work.
    if (outer <= mixer.warmup) continue;
    seconds.push_back(spent.count());
    gflops.push_back(report.flops / spent.count() / 1e9);
    solves = double(report.solves);
  }
  progress.finish();
  BenchResult result;
  result.add("seconds_per_outer_step", "s", seconds);
  result.add("gflops", "GFlop/s", gflops);
  result.add("integrations_per_second", "1/s", {solves / median(seconds)});
  result.note = fmt::format(
      "one outer step: 12 + 12 inner steps, each followed by a full gate update; 10 ODEBench "
      "families x {} environments x {} trajectories x {} points, 10 GEPS experts ({} parameters), "
      "16 contributors, Tsit5 rtol 1e-3 atol 1e-6, float32",
      train.size() / 10, train.count, train.points, 10 * bank->row_size());
  return result;
}

}  // namespace tessera::model
