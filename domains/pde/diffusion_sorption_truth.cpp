#include <vector>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/domains/diffusion_sorption.hpp>
#include <tessera/solvers/stiff_integrator.hpp>

namespace tessera::domains {

double diffusion_sorption_start(std::uint64_t seed, std::size_t sample)
{
  return Rng(seed, "diffusion_sorption.start", sample).uniform(0, 0.2);
}

long diffusion_sorption_truth(DiffusionSorption const &problem, SpaceTimeGrid const &grid,
                              std::span<double const> initial, std::span<double> field,
                              double tolerance)
{
  double const width = grid.width();
  solvers::BandedSystem const system{
      .size = grid.cells,
      .rate = [&](std::span<double const> u,
                  std::span<double> rate) { problem.rate(width, u, rate); },
      .jacobian = [&](std::span<double const> u,
                      std::span<double> bands) { problem.jacobian(width, u, bands); }};
  solvers::StiffReport const report = solvers::integrate_stiff(
      system, initial, grid.times(), {.rtol = tolerance, .atol = tolerance}, field);
  if (report.status == Status::ok) return report.steps;
  throw SolverError(
      fmt::format("diffusion-sorption from u(0, 0) = {:.17g} on {} cells: {} (after {} steps)",
                  initial.front(), grid.cells, message(report.status), report.steps));
}

}  // namespace tessera::domains
