#include "bench_ode.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/median.hpp>
#include <tessera/core/peak_memory.hpp>
#include <tessera/core/stopwatch.hpp>

namespace tessera::benchmarks {
namespace {

// The published outer step: 12 + 12 inner steps, a full gate update (every environment on every
// expert) after each, 16 contributors, windows of 20 stored points.
meta::MixerOptions published_step(BenchOde const &o)
{
  meta::MixerOptions mixer;
  mixer.outer_steps = o.steps + 1;
  mixer.inner_context = mixer.inner_model = 12;
  mixer.warmup = 0;  // it is behind us: the first step splits the experts
  mixer.selection = o.selection();
  mixer.windows = meta::make_fresh_windows(20, 20);
  return mixer;
}

meta::GateOptions gate_options(BenchOde const &o)
{
  if (o.gate == "amortised") return {};
  meta::GateOptions gate{
      .every = 1, .refresh = 1, .cross = {.inner = 0, .trajectories = 0, .stop = 0}};
  if (o.gate == "none") gate.every = std::numeric_limits<int>::max();
  gate.full_update = true;
  return gate;
}

char const *gate_note(std::string const &gate)
{
  if (gate == "none") return "the gate left as it is";
  if (gate == "amortised") return "the gate updated as runs do by default";
  return "each followed by a full gate update";
}

/// Figures of the timed outer steps.
struct Steps {
  std::vector<double> seconds, gflops, integrations, evaluations;
  std::vector<double> cross, forward, pull_back, assembly, clusters, optimizer;

  void add(double spent, meta::StepReport const &report)
  {
    seconds.push_back(spent);
    gflops.push_back(report.flops / spent / 1e9);
    integrations.push_back(double(report.solves) / spent);
    evaluations.push_back(double(report.evaluations) / spent);
    cross.push_back(report.seconds.cross);
    forward.push_back(report.seconds.forward);
    pull_back.push_back(report.seconds.pull_back);
    assembly.push_back(report.seconds.assembly);
    clusters.push_back(report.seconds.clusters);
    optimizer.push_back(report.seconds.optimizer);
  }
};

Steps time_steps(BenchOde const &o, domains::Trajectories const &data,
                 meta::Mixture<float> &mixture, Progress progress)
{
  meta::MixerTrainer<float> trainer(mixture, data, published_step(o), {}, o.seed, {});
  Steps steps;
  progress.start("bench ode", static_cast<std::size_t>(o.steps + 1));
  for (long outer = 0; outer <= o.steps; ++outer) {
    Stopwatch watch;
    meta::StepReport const report = meta::mixer_step(trainer, outer);
    // The first step splits the experts, which is not the published work; a comparison starts
    // where the figures do.
    if (outer > 0) steps.add(watch.lap(), report);
    if (outer == 0 && !o.export_path.empty()) export_iteration(o, data, mixture);
    progress.update(static_cast<std::size_t>(outer + 1));
  }
  progress.finish();
  return steps;
}

void add_steps(BenchResult &result, Steps const &steps, double peak)
{
  double const sum = std::accumulate(steps.seconds.begin(), steps.seconds.end(), 0.0);
  result.add("seconds_per_outer_step", "s", steps.seconds);
  result.add("seconds_per_outer_step_mean", "s", {sum / double(steps.seconds.size())});
  result.add("seconds_gate_integration", "s", steps.cross);
  result.add("seconds_forward", "s", steps.forward);
  result.add("seconds_pull_back", "s", steps.pull_back);
  result.add("seconds_assembly", "s", steps.assembly);
  result.add("seconds_clusters_fit", "s", steps.clusters);
  result.add("seconds_optimizer", "s", steps.optimizer);
  result.add("integrations_per_second", "1/s", steps.integrations);
  result.add("evaluations_per_second", "1/s", steps.evaluations);
  result.add("gflops", "GFlop/s", steps.gflops);
  result.add("peak_share", "", {median(steps.gflops) / peak});
}

}  // namespace

BenchOde BenchOde::read(std::vector<std::string> const &overrides)
{
  Config const config = Config::parse("[bench]\n", "bench ode", overrides);
  Section section = config.section("bench");
  BenchOde o;
  o.gate = section.choose("gate", o.gate, {"full", "amortised", "none"});
  // As many as pass between two refreshes of the amortised cross losses.
  o.steps = section.get_in("steps", o.gate == "amortised" ? 25 : o.steps, 1, 1000);
  o.warmup = section.get_in("warmup", o.warmup, 1, 1000);
  o.seed = static_cast<std::uint64_t>(section.get_in("seed", 0, 0, 1 << 30));
  o.experts = section.get_in("experts", o.experts, 1, 1024);
  o.environments = section.get_in("environments", o.environments, 1, 100000);
  o.width = section.get_in("width", o.width, 1, 4096);
  o.contributors = section.get_in("contributors", o.contributors, 1, 100000);
  o.warmup_contributors =
      section.get_in("warmup_contributors", std::max(o.contributors, 2 * o.experts), 1, 100000);
  o.rule = section.choose("selection", o.rule, meta::selection_rules());
  o.export_path = section.get("export", "");
  if (o.experts > o.environments) {
    section.fail("experts", "must be at most bench.environments = " +
                                std::to_string(o.environments) + ": each needs one of its own");
  }
  config.finish();
  return o;
}

BenchResult bench_ode(std::vector<std::string> const &overrides, Progress progress)
{
  BenchOde const o = BenchOde::read(overrides);
  domains::Trajectories const data = bench_data(o, progress);
  auto const mixture = warm_mixture(o, data, gate_options(o));
  std::vector<double> peak{peak_gflops_float32()};
  Steps const steps = time_steps(o, data, *mixture, progress);
  for (int r = 0; r < 4; ++r) peak.push_back(peak_gflops_float32());

  BenchResult result;
  add_steps(result, steps, median(peak));
  result.add("peak_gflops", "GFlop/s", peak);
  bench_kernels(result, o, data, *mixture, median(peak));
  result.add("peak_rss_mb", "MB", {peak_rss_mb()});
  result.note = fmt::format(
      "one outer step: 12 + 12 inner steps, {}; {} environments of ten ODEBench families x {} "
      "trajectories x {} points, {} GEPS experts (width {}, {} parameters), {} contributors, Tsit5 "
      "rtol 1e-3 atol 1e-6, float32",
      gate_note(o.gate), data.size(), data.count, data.points, o.experts, o.width,
      o.experts * mixture->bank().row_size(), o.contributors);
  return result;
}

}  // namespace tessera::benchmarks
