#include <tessera/domains/diffusion_sorption.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

namespace tessera::domains {

namespace {

constexpr double floor_of_u = 1e-6;  // keeps R finite where there is nothing yet

/// The cell behind the last one.
double right_ghost(double diffusion, double width, std::span<double const> u)
{
  return diffusion * (u[u.size() - 2] - u[u.size() - 1]) / width;
}

}  // namespace

std::string settings_text(DiffusionSorption const &p)
{
  return fmt::format(
      "name: diff-sorp\nsim:\n  D: {}\n  por: {}\n  rho_s: {}\n  k_f: {}\n  n_f: {}\n", p.diffusion,
      p.porosity, p.density, p.freundlich, p.exponent);
}

double DiffusionSorption::retardation(double u) const
{
  return 1 + sorption() * std::pow(std::max(u, 0.) + floor_of_u, exponent - 1);
}

double DiffusionSorption::retardation_slope(double u) const
{
  if (u <= 0) return 0;
  return sorption() * (exponent - 1) * std::pow(u + floor_of_u, exponent - 2);
}

double DiffusionSorption::total_concentration(double u) const
{
  double const sorbed = std::pow(u + floor_of_u, exponent) - std::pow(floor_of_u, exponent);
  return u + sorption() / exponent * sorbed;
}

void DiffusionSorption::rate(double width, std::span<double const> u, std::span<double> rate) const
{
  TESSERA_ASSERT(u.size() > 1 && rate.size() == u.size());
  std::size_t const n = u.size();
  double const scale = diffusion / (width * width), ghost = right_ghost(diffusion, width, u);
  for (std::size_t i = 0; i < n; ++i) {
    double const left = i > 0 ? u[i - 1] : 1, right = i + 1 < n ? u[i + 1] : ghost;
    rate[i] = scale / retardation(u[i]) * (left - 2 * u[i] + right);
  }
}

void DiffusionSorption::jacobian(double width, std::span<double const> u,
                                 std::span<double> bands) const
{
  TESSERA_ASSERT(u.size() > 1 && bands.size() == 3 * u.size());
  std::size_t const n = u.size();
  double const scale = diffusion / (width * width), ghost = right_ghost(diffusion, width, u);
  for (std::size_t i = 0; i < n; ++i) {
    double const left = i > 0 ? u[i - 1] : 1, right = i + 1 < n ? u[i + 1] : ghost;
    double const r = retardation(u[i]), speed = scale / r;
    double *const row = &bands[3 * i];
    row[0] = i > 0 ? speed : 0;
    row[1] = -2 * speed - speed / r * retardation_slope(u[i]) * (left - 2 * u[i] + right);
    row[2] = i + 1 < n ? speed : 0;
  }
  // The ghost on the right moves with the last two cells.
  double const follow = scale / retardation(u[n - 1]) * diffusion / width;
  bands[3 * (n - 1)] += follow;
  bands[3 * (n - 1) + 1] -= follow;
}

}  // namespace tessera::domains
