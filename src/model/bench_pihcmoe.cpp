#include <chrono>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/median.hpp>
#include <tessera/experts/constrained_step.hpp>

#include "bench_parts.hpp"
#include "run_start.hpp"

namespace tessera::model {
namespace {

/// The published step: four boxes, each alone, 20 000 points drawn in each, pointwise rows, the
/// loss of the assembled field through the implicit function theorem; or our rows in one joint
/// system and their own norm as loss, on all points.
experts::ConstrainedOptions options_of(bool published)
{
  using namespace experts;
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

struct Phases {
  std::vector<double> step, network, gather, solve, pull_back, update, iterations, share;
};

}  // namespace

BenchResult bench_pihcmoe(std::vector<std::string> const &overrides, Progress progress)
{
  Config const config = Config::parse("[bench]\n", "bench pihcmoe", overrides);
  Section section = config.section("bench");
  int const steps = section.get_in("steps", 3, 1, 1000), warmup = section.get_in("warmup", 1, 0, 9);
  bool const published =
      section.choose("rows", "reference", {"reference", "consistent"}) == "reference";
  experts::ConstrainedOptions options = options_of(published);
  options.batch = section.get_in("batch", options.batch, 1, 64);
  options.grid.cells = std::size_t(section.get_in("cells", 1024, 16, 1 << 16));
  config.finish();

  auto const family = domains::make_diffusion_sorption_family();
  auto const network = experts::make_basis_network(
      {.profiles = published ? std::vector<double>() : std::vector<double>{1}});
  experts::ConstrainedTrainer trainer(*family, *network, options);
  // Backward twice the products of forward: by inputs and by weights.
  double const flops = 3 * network->flops(options.grid) * options.batch;
  Phases p;
  std::size_t unconverged = 0;
  progress.start("bench pihcmoe", std::size_t(steps + warmup));
  for (long step = 0; step < steps + warmup; ++step) {
    auto const begin = std::chrono::steady_clock::now();
    auto const r = experts::constrained_step(trainer, step);
    std::chrono::duration<double> const spent = std::chrono::steady_clock::now() - begin;
    progress.update(std::size_t(step + 1));
    if (step < warmup) continue;
    p.step.push_back(spent.count());
    p.network.push_back(r.seconds_network);
    p.gather.push_back(r.seconds_gather);
    p.solve.push_back(r.seconds_solve);
    p.pull_back.push_back(r.seconds_pull_back);
    p.update.push_back(r.seconds_update);
    p.iterations.push_back(r.iterations_mean);
    p.share.push_back(flops / r.seconds_network / 1e9 / peak_gflops_float64());
    unconverged += r.unconverged.size();
  }
  progress.finish();
  BenchResult result;
  result.add("seconds_per_step", "s", p.step);
  result.add("seconds_network", "s", p.network);
  result.add("seconds_gather", "s", p.gather);
  result.add("seconds_solve", "s", p.solve);
  result.add("seconds_pull_back", "s", p.pull_back);
  result.add("seconds_update", "s", p.update);
  result.add("iterations", "1", p.iterations);
  result.add("network_share_of_peak", "1", p.share);
  result.add("network_gflop", "GFlop", {flops / 1e9});
  result.add("unconverged", "samples", {double(unconverged)});
  result.add("peak_rss", "MB", {peak_rss_mb()});
  result.note = fmt::format(
      "one step of {} samples on {} levels x {} cells: FNO of {} numbers in float64, {} functions, "
      "4 boxes, {}; share of the peak measured between steps",
      options.batch, options.grid.levels, options.grid.cells, network->size(), network->functions(),
      published ? "20000 points in each, published rows and loss"
                : "all points, consistent rows in one system");
  return result;
}

}  // namespace tessera::model
