#include <tessera/domains/plain_pde.hpp>

#include <algorithm>
#include <numeric>

#include <tessera/domains/method_of_lines.hpp>

namespace tessera::domains {

void PlainPde::lift(SpaceTimeGrid const &grid, std::span<double const> initial,
                    std::span<double> field) const
{
  for (std::size_t n = 0; n < grid.levels; ++n) {
    std::copy(initial.begin(), initial.end(), field.begin() + long(n * grid.cells));
  }
}

void PlainPde::distance(SpaceTimeGrid const &grid, std::span<double> field) const
{
  auto const t = grid.times();
  for (std::size_t n = 0; n < grid.levels; ++n) {
    double const later = t[n] / (t[n] + 0.02 * grid.horizon);
    std::fill_n(field.begin() + long(n * grid.cells), grid.cells, later);
  }
}

double PlainPde::content(SpaceTimeGrid const &grid, std::span<double const> u) const
{
  return std::accumulate(u.begin(), u.end(), 0.) * grid.volume();
}

double PlainPde::inflow(SpaceTimeGrid const &grid, std::span<double const> u) const
{
  std::vector<std::vector<double>> values;
  for (auto const &term : terms(grid)) term.apply(u, values.emplace_back(grid.cells));
  std::vector<std::span<double const>> all{u};
  for (auto const &value : values) all.emplace_back(value);
  std::vector<double> gained(grid.cells);
  rate(Form::rate, grid, 0, all, {gained, {}, {}});
  return content(grid, gained);
}

void PlainPde::truth(SpaceTimeGrid const &grid, std::span<double const> initial,
                     std::span<double> field) const
{
  method_of_lines(*this, grid, initial, field);
}

}  // namespace tessera::domains
