
#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/stopwatch.hpp>
#include <tessera/domains/diffusion_sorption.hpp>

#include "bench_parts.hpp"

namespace tessera::benchmarks {
namespace {

/// A field between its cells' middles, and between those and the ghost cells', at the middles of a
/// finer grid: linear.
std::vector<double> on_grid(std::vector<double> const &field, domains::SpaceTimeGrid const &own,
                            domains::SpaceTimeGrid const &finer)
{
  std::vector<double> out;
  auto const x = finer.centres();
  double const width = own.width(), diffusion = domains::DiffusionSorption().diffusion;
  for (std::size_t n = 0; n < own.levels; ++n) {
    double const *u = &field[n * own.cells];
    double const right = diffusion * (u[own.cells - 2] - u[own.cells - 1]) / width;
    auto value = [&](std::size_t cell) {  // counted from the left ghost
      return cell == 0 ? (n == 0 ? u[0] : 1) : cell > own.cells ? right : u[cell - 1];
    };
    for (double const at : x) {
      double const place = at / width + 0.5;
      auto const cell = std::size_t(place);
      double const share = place - double(cell);
      out.push_back((1 - share) * value(cell) + share * value(cell + 1));
    }
  }
  return out;
}

}  // namespace

BenchResult bench_truth(std::vector<std::string> const &overrides, Progress progress)
{
  Config const config = Config::parse("[bench]\n", "bench truth", overrides);
  Section section = config.section("bench");
  if (section.has("config") || section.has("run")) return bench_truth_grids(config, progress);
  int const samples = section.get_in("samples", 10, 5, 10000);
  auto const seed = static_cast<std::uint64_t>(section.get_in("seed", 0, 0, 1 << 30));
  double const tolerance = section.get_in("tolerance", 1e-6, 1e-12, 1.0);
  domains::SpaceTimeGrid const fine,
      grid{.cells = std::size_t(section.get_in("cells", 1024, 4, 1024))};
  config.finish();
  bool const loose = grid.cells < fine.cells || tolerance > 1e-6;
  std::vector<double> field(grid.size()), half(grid.size()), converged(fine.size()), seconds,
      self_errors, errors, steps;
  progress.start("bench truth", static_cast<std::size_t>(samples));
  // The first solve warms caches up and is not counted.
  for (int sample = -1; sample < samples; ++sample) {
    double const u0 =
        domains::diffusion_sorption_start(seed, static_cast<std::size_t>(sample < 0 ? 0 : sample));
    std::vector<double> const initial(grid.cells, u0), initial_fine(fine.cells, u0);
    Stopwatch const watch;
    long const taken = domains::diffusion_sorption_truth({}, grid, initial, field, tolerance);
    double const spent = watch.seconds();
    if (sample < 0) continue;
    domains::diffusion_sorption_truth({}, grid, initial, half, tolerance / 2);
    seconds.push_back(spent);
    self_errors.push_back(domains::relative_l2(field, half));
    if (loose) {
      domains::diffusion_sorption_truth({}, fine, initial_fine, converged);
      errors.push_back(domains::relative_l2(on_grid(field, grid, fine), converged));
    }
    steps.push_back(static_cast<double>(taken));
    progress.update(static_cast<std::size_t>(sample + 1));
  }
  progress.finish();
  BenchResult result;
  result.add("seconds_per_trajectory", "s", seconds);
  result.add("self_error", "relative L2, against half the tolerance", self_errors);
  if (loose) result.add("error", "relative L2, against 1024 cells at 1e-6", errors);
  result.add("steps", "1", steps);
  result.note = fmt::format(
      "diffusion-sorption, {} cells x {} levels, {} samples one after another on one core; "
      "RODAS3, local error {:g}, float64",
      grid.cells, grid.levels, samples, tolerance);
  return result;
}

}  // namespace tessera::benchmarks
