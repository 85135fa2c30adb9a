
#include <fmt/format.h>

#include <tessera/constraint/constrained_step.hpp>
#include <tessera/core/config.hpp>
#include <tessera/core/median.hpp>
#include <tessera/core/peak_memory.hpp>
#include <tessera/core/stopwatch.hpp>

#include "bench_parts.hpp"

namespace tessera::benchmarks {
namespace {

/// The published step: four boxes, each alone, 20 000 points drawn in each, pointwise rows, the
/// loss of the assembled field through the implicit function theorem; or our rows in one joint
/// system and their own norm as loss, on all points.
constraint::ConstrainedOptions options_of(bool published)
{
  using namespace constraint;
  ConstrainedOptions o;
  o.batch = 6;
  if (!published) return o;
  o.loss = ConstrainedLoss::published;
  o.layer.coupling = Coupling::none;
  o.layer.rows.kind = RowKind::reference;
  o.layer.rows.points = 20000;
  o.layer.rows.lift = false;
  o.layer.solver.max_iterations = 100;
  o.layer.solver.tolerance = 1e-4;
  return o;
}

/// Seconds by phase, and what came with them, one value a step.
struct Phases {
  std::vector<double> step, network, gather, solve, pull_back, update, iterations, share;
  double unconverged = 0;

  void take(constraint::ConstrainedReport const &r, double seconds, double network_gflop)
  {
    step.push_back(seconds);
    network.push_back(r.seconds_network);
    gather.push_back(r.seconds_gather);
    solve.push_back(r.seconds_solve);
    pull_back.push_back(r.seconds_pull_back);
    update.push_back(r.seconds_update);
    iterations.push_back(r.iterations_mean);
    share.push_back(network_gflop / r.seconds_network / peak_gflops_float64());
    unconverged += double(r.unconverged.size());
  }
  BenchResult result() const
  {
    BenchResult out;
    out.add("seconds_per_step", "s", step);
    out.add("seconds_network", "s", network);
    out.add("seconds_gather", "s", gather);
    out.add("seconds_solve", "s", solve);
    out.add("seconds_pull_back", "s", pull_back);
    out.add("seconds_update", "s", update);
    out.add("iterations", "1", iterations);
    out.add("network_share_of_peak", "1", share);
    out.add("unconverged", "samples", {unconverged});
    return out;
  }
};

}  // namespace

BenchResult bench_pihcmoe(std::vector<std::string> const &overrides, Progress progress)
{
  Config const config = Config::parse("[bench]\n", "bench pihcmoe", overrides);
  Section section = config.section("bench");
  int const steps = section.get_in("steps", 3, 1, 1000), warmup = section.get_in("warmup", 1, 0, 9);
  bool const published =
      section.choose("rows", "reference", {"reference", "consistent"}) == "reference";
  constraint::ConstrainedOptions options = options_of(published);
  options.batch = section.get_in("batch", options.batch, 1, 64);
  options.grid.cells = std::size_t(section.get_in("cells", 1024, 16, 1 << 16));
  config.finish();

  auto const family = domains::make_diffusion_sorption_family();
  auto const network = constraint::make_basis_network(
      {.profiles = published ? std::vector<double>() : std::vector<double>{1}});
  constraint::ConstrainedTrainer trainer(*family, *network, options);
  // Backward twice the products of forward: by inputs and by weights.
  double const flops = 3 * network->flops(options.grid) * options.batch;
  Phases phases;
  progress.start("bench pihcmoe", std::size_t(steps + warmup));
  for (long step = 0; step < steps + warmup; ++step) {
    Stopwatch const watch;
    auto const report = constraint::constrained_step(trainer, step);
    double const spent = watch.seconds();
    progress.update(std::size_t(step + 1));
    if (step >= warmup) phases.take(report, spent, flops / 1e9);
  }
  progress.finish();
  BenchResult result = phases.result();
  result.add("network_gflop", "GFlop", {flops / 1e9});
  result.add("peak_rss", "MB", {peak_rss_mb()});
  result.note = fmt::format(
      "one step of {} samples on {} levels x {} cells: FNO of {} numbers in float64, {} functions, "
      "4 boxes, {}; share of the peak measured between steps",
      options.batch, options.grid.levels, options.grid.cells, network->size(), network->functions(),
      published ? "20000 points in each, published rows and loss"
                : "all points, consistent rows in one system");
  return result;
}

}  // namespace tessera::benchmarks
