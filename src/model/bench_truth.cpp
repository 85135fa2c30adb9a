#include <chrono>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/domains/diffusion_sorption.hpp>

#include "bench_parts.hpp"

namespace tessera::model {

BenchResult bench_truth(std::vector<std::string> const &overrides, Progress progress)
{
  Config const config = Config::parse("[bench]\n", "bench truth", overrides);
  Section section = config.section("bench");
  int const samples = section.get_in("samples", 10, 5, 10000);
  auto const seed = static_cast<std::uint64_t>(section.get_in("seed", 0, 0, 1 << 30));
  config.finish();
  constexpr double tolerance = 1e-6;
  domains::SpaceTimeGrid const grid;
  std::vector<double> field(grid.size()), half(grid.size()), seconds, errors, steps;
  progress.start("bench truth", static_cast<std::size_t>(samples));
  // The first solve warms caches up and is not counted.
  for (int sample = -1; sample < samples; ++sample) {
    double const u0 =
        domains::diffusion_sorption_start(seed, static_cast<std::size_t>(sample < 0 ? 0 : sample));
    auto const begin = std::chrono::steady_clock::now();
    long const taken = domains::diffusion_sorption_truth({}, grid, u0, field, tolerance);
    std::chrono::duration<double> const spent = std::chrono::steady_clock::now() - begin;
    if (sample < 0) continue;
    domains::diffusion_sorption_truth({}, grid, u0, half, tolerance / 2);
    seconds.push_back(spent.count());
    errors.push_back(domains::relative_l2(field, half));
    steps.push_back(static_cast<double>(taken));
    progress.update(static_cast<std::size_t>(sample + 1));
  }
  progress.finish();
  BenchResult result;
  result.add("seconds_per_trajectory", "s", seconds);
  result.add("self_error", "relative L2, against half the tolerance", errors);
  result.add("steps", "1", steps);
  result.note = fmt::format(
      "diffusion-sorption, {} cells x {} levels, {} samples one after another on one core; "
      "RODAS3, local error {:g}, float64",
      grid.cells, grid.levels, samples, tolerance);
  return result;
}

}  // namespace tessera::model
