#include <tessera/domains/method_of_lines.hpp>

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/solvers/stiff_integrator.hpp>

namespace tessera::domains {
namespace {

/// The semi-discretisation as a banded system. A ring of cells is folded flat, 0, n-1, 1, n-2, …:
/// neighbours are two apart at most then, and the band stays a band.
class Lines {
 public:
  Lines(Pde const &pde, SpaceTimeGrid const &grid)
      : pde_(pde),
        grid_(grid),
        terms_(pde.terms(grid)),
        reach_(pde.boundary().periodic ? 2 : 1),
        place_(grid.cells),
        values_(1 + terms_.size(), std::vector<double>(grid.cells)),
        slope_(values_.size() * grid.cells),
        rate_(grid.cells)
  {
    std::size_t const n = grid.cells;
    for (std::size_t i = 0; i < n; ++i) {
      place_[i] = reach_ == 1 ? i : i < (n + 1) / 2 ? 2 * i : 2 * (n - 1 - i) + 1;
    }
  }

  std::size_t reach() const { return reach_; }
  void fold(std::span<double const> u, std::span<double> out) const
  {
    for (std::size_t i = 0; i < place_.size(); ++i) out[place_[i]] = u[i];
  }
  void unfold(std::span<double const> folded, std::span<double> u) const
  {
    for (std::size_t i = 0; i < place_.size(); ++i) u[i] = folded[place_[i]];
  }
  void rate(std::span<double const> folded, std::span<double> out)
  {
    evaluate(folded, {rate_, {}, {}});
    fold(rate_, out);
  }
  void jacobian(std::span<double const> folded, std::span<double> bands)
  {
    evaluate(folded, {{}, slope_, {}});
    std::size_t const width = 2 * reach_ + 1;
    std::fill(bands.begin(), bands.end(), 0.);
    for (std::size_t i = 0; i < grid_.cells; ++i) {
      double const *slope = &slope_[values_.size() * i];
      auto at = [&](std::size_t j) -> double & {
        return bands[place_[i] * width + place_[j] + reach_ - place_[i]];
      };
      at(i) += slope[0];
      for (std::size_t k = 0; k < terms_.size(); ++k) {
        terms_[k].for_each(i,
                           [&](std::size_t j, double weight) { at(j) += slope[k + 1] * weight; });
      }
    }
  }

 private:
  void evaluate(std::span<double const> folded, PointValues out)
  {
    unfold(folded, values_[0]);
    std::vector<std::span<double const>> all{values_[0]};
    for (std::size_t k = 0; k < terms_.size(); ++k) {
      terms_[k].apply(values_[0], values_[k + 1]);
      all.emplace_back(values_[k + 1]);
    }
    pde_.rate(Form::rate, grid_, 0, all, out);
  }

  Pde const &pde_;
  SpaceTimeGrid grid_;
  std::vector<LinearTerm> terms_;
  std::size_t reach_;
  std::vector<std::size_t> place_;  ///< (cell): where it stands in the system
  std::vector<std::vector<double>> values_;
  std::vector<double> slope_, rate_;
};

}  // namespace

long method_of_lines(Pde const &pde, SpaceTimeGrid const &grid, std::span<double const> initial,
                     std::span<double> field, double tolerance)
{
  Lines lines(pde, grid);
  solvers::BandedSystem const system{
      .size = grid.cells,
      .lower = lines.reach(),
      .upper = lines.reach(),
      .rate = [&](std::span<double const> u, std::span<double> rate) { lines.rate(u, rate); },
      .jacobian = [&](std::span<double const> u,
                      std::span<double> bands) { lines.jacobian(u, bands); }};
  std::vector<double> first(grid.cells), folded(grid.size());
  lines.fold(initial, first);
  auto const report = solvers::integrate_stiff(
      system, first, grid.times(),
      {.rtol = tolerance, .atol = tolerance, .first_step = 1e-6 * grid.horizon}, folded);
  if (report.status != Status::ok) {
    throw SolverError(fmt::format("{} on {} cells: {} (after {} steps)", pde.name(), grid.cells,
                                  message(report.status), report.steps));
  }
  for (std::size_t n = 0; n < grid.levels; ++n) {
    std::size_t const level = n * grid.cells;
    lines.unfold(std::span(folded).subspan(level, grid.cells), field.subspan(level, grid.cells));
  }
  return report.steps;
}

}  // namespace tessera::domains
