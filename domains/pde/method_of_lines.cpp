#include <tessera/domains/method_of_lines.hpp>

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/solvers/stiff_integrator.hpp>

namespace tessera::domains {
namespace {

/// The semi-discretisation u' = rate of the terms at the cells of a grid.
class Lines {
 public:
  Lines(Pde const &pde, SpaceTimeGrid const &grid)
      : pde_(pde),
        grid_(grid),
        terms_(pde.terms(grid)),
        values_(1 + terms_.size(), std::vector<double>(grid.cells)),
        slope_(values_.size() * grid.cells)
  {
  }

  SpaceTimeGrid const &grid() const { return grid_; }
  void rate(std::span<double const> u, std::span<double> out) { evaluate(u, {out, {}, {}}); }
  /// Calls visit(i, j, term, weight) for every cell j that a term of cell i reads, u the first of
  /// the terms; in the same order each time.
  template <class Visit>
  void for_each_reading(Visit const &visit) const
  {
    for (std::size_t i = 0; i < grid_.cells; ++i) {
      visit(i, i, std::size_t(0), 1.);
      for (std::size_t k = 0; k < terms_.size(); ++k) {
        terms_[k].for_each(i, [&](std::size_t j, double weight) { visit(i, j, k + 1, weight); });
      }
    }
  }
  /// Calls add(i, j, share) for every share of d rate_i / d u_j, in the order of for_each_reading.
  template <class Add>
  void derive(std::span<double const> u, Add const &add)
  {
    evaluate(u, {{}, slope_, {}});
    for_each_reading([&](std::size_t i, std::size_t j, std::size_t term, double weight) {
      add(i, j, slope_[values_.size() * i + term] * weight);
    });
  }

 private:
  void evaluate(std::span<double const> u, PointValues out)
  {
    std::copy(u.begin(), u.end(), values_[0].begin());
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
  std::vector<std::vector<double>> values_;
  std::vector<double> slope_;
};

/// Along one axis the Jacobian is a band. A ring of cells is folded flat, 0, n-1, 1, n-2, …:
/// neighbours are two apart at most then, and the band stays a band.
class FoldedLines {
 public:
  FoldedLines(Lines &lines, bool ring)
      : lines_(lines),
        reach_(ring ? 2 : 1),
        place_(lines.grid().cells),
        state_(place_.size()),
        rate_(place_.size())
  {
    std::size_t const n = place_.size();
    for (std::size_t i = 0; i < n; ++i) {
      place_[i] = !ring ? i : i < (n + 1) / 2 ? 2 * i : 2 * (n - 1 - i) + 1;
    }
  }

  void fold(std::span<double const> u, std::span<double> out) const
  {
    for (std::size_t i = 0; i < place_.size(); ++i) out[place_[i]] = u[i];
  }
  void unfold(std::span<double const> folded, std::span<double> u) const
  {
    for (std::size_t i = 0; i < place_.size(); ++i) u[i] = folded[place_[i]];
  }
  solvers::BandedSystem system()
  {
    return {.size = place_.size(),
            .lower = reach_,
            .upper = reach_,
            .rate = [this](std::span<double const> u, std::span<double> out) { rate(u, out); },
            .jacobian = [this](std::span<double const> u,
                               std::span<double> bands) { jacobian(u, bands); }};
  }

 private:
  void rate(std::span<double const> folded, std::span<double> out)
  {
    unfold(folded, state_);
    lines_.rate(state_, rate_);
    fold(rate_, out);
  }
  void jacobian(std::span<double const> folded, std::span<double> bands)
  {
    unfold(folded, state_);
    std::size_t const width = 2 * reach_ + 1;
    std::fill(bands.begin(), bands.end(), 0.);
    lines_.derive(state_, [&](std::size_t i, std::size_t j, double share) {
      bands[place_[i] * width + place_[j] + reach_ - place_[i]] += share;
    });
  }

  Lines &lines_;
  std::size_t reach_;
  std::vector<std::size_t> place_;  ///< (cell): where it stands in the system
  std::vector<double> state_, rate_;
};

solvers::StiffReport integrate_folded(Lines &lines, bool ring, std::span<double const> initial,
                                      solvers::StiffOptions const &options, std::span<double> field)
{
  SpaceTimeGrid const &grid = lines.grid();
  FoldedLines folded(lines, ring);
  std::vector<double> first(grid.cells), states(grid.size());
  folded.fold(initial, first);
  auto const report =
      solvers::integrate_stiff(folded.system(), first, grid.times(), options, states);
  for (std::size_t n = 0; n < grid.levels && report.status == Status::ok; ++n) {
    std::size_t const level = n * grid.cells;
    folded.unfold(std::span(states).subspan(level, grid.cells), field.subspan(level, grid.cells));
  }
  return report;
}

/// Along several axes each row has its neighbours on all of them, cells in the grid's order.
solvers::StiffReport integrate_sparse(Lines &lines, std::span<double const> initial,
                                      solvers::StiffOptions const &options, std::span<double> field)
{
  std::size_t const cells = lines.grid().cells;
  std::vector<std::vector<std::size_t>> neighbours(cells);
  lines.for_each_reading(
      [&](std::size_t i, std::size_t j, std::size_t, double) { neighbours[i].push_back(j); });
  solvers::SparseSystem system;
  system.size = cells;
  system.rows.push_back(0);
  for (auto &row : neighbours) {
    std::sort(row.begin(), row.end());
    row.erase(std::unique(row.begin(), row.end()), row.end());
    system.columns.insert(system.columns.end(), row.begin(), row.end());
    system.rows.push_back(system.columns.size());
  }
  // Where each share of a derivative goes, in the order in which they come.
  std::vector<std::size_t> entries;
  lines.for_each_reading([&](std::size_t i, std::size_t j, std::size_t, double) {
    auto const &row = neighbours[i];
    auto const at = std::lower_bound(row.begin(), row.end(), j) - row.begin();
    entries.push_back(system.rows[i] + std::size_t(at));
  });
  system.rate = [&](std::span<double const> u, std::span<double> rate) { lines.rate(u, rate); };
  system.jacobian = [&](std::span<double const> u, std::span<double> values) {
    std::fill(values.begin(), values.end(), 0.);
    std::size_t next = 0;
    lines.derive(u,
                 [&](std::size_t, std::size_t, double share) { values[entries[next++]] += share; });
  };
  return solvers::integrate_stiff(system, initial, lines.grid().times(), options, field);
}

}  // namespace

long method_of_lines(Pde const &pde, SpaceTimeGrid const &grid, std::span<double const> initial,
                     std::span<double> field, double tolerance)
{
  Lines lines(pde, grid);
  solvers::StiffOptions const options{
      .rtol = tolerance, .atol = tolerance, .first_step = 1e-6 * grid.horizon};
  auto const report = grid.dimensions() == 1 ? integrate_folded(lines, pde.boundary().periodic,
                                                                initial, options, field)
                                             : integrate_sparse(lines, initial, options, field);
  if (report.status != Status::ok) {
    throw SolverError(fmt::format("{} on {} cells: {} (after {} steps)", pde.name(), grid.cells,
                                  message(report.status), report.steps));
  }
  return report.steps;
}

}  // namespace tessera::domains
