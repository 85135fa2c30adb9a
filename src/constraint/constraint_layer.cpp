#include <tessera/constraint/constraint_layer.hpp>

#include <algorithm>
#include <cmath>

#include <tessera/core/error.hpp>

#include "box_places.hpp"

namespace tessera::constraint {
namespace {

double largest_jump(PlacedBasis const &placed, std::vector<double> const &w)
{
  std::size_t const n = placed.functions;
  double largest = 0;
  for (std::size_t m = 0; m < placed.meetings.size(); ++m) {
    auto const &at = placed.meetings[m];
    double jump = 0;
    for (std::size_t j = 0; j < n; ++j) {
      jump += placed.meeting_values[2 * m * n + j] * w[at.one * n + j] -
              placed.meeting_values[(2 * m + 1) * n + j] * w[at.other * n + j];
    }
    largest = std::max(largest, std::abs(jump));
  }
  return largest;
}

}  // namespace

bool PlacedSolution::converged() const
{
  return std::all_of(solves.begin(), solves.end(),
                     [](auto const &solve) { return solve.status == Status::ok; });
}

int PlacedSolution::iterations() const
{
  int most = 0;
  for (auto const &solve : solves) most = std::max(most, solve.iterations);
  return most;
}

ConstraintLayer::ConstraintLayer(domains::Partition partition, LayerOptions options)
    : partition_(std::move(partition)), options_(options)
{
  check_axes(options_.rows, partition_.grid());
  bool const alone = options_.coupling == Coupling::none;
  if (alone && partition_.in_time() > 1) {
    throw InputError(
        "constraint.coupling = \"none\" with boxes in t: a later box would have no "
        "initial values; take one box in t, or another coupling");
  }
  if (options_.rows.kind == RowKind::reference) {
    options_.rows.lift = false;
    if (!alone && partition_.size() > 1) {
      throw InputError(
          "constraint.rows = \"reference\" knows no coupling; take constraint.coupling = "
          "\"none\", as published, or constraint.rows = \"consistent\"");
    }
  }
}

ConstraintLayer::Gathered ConstraintLayer::gather(BasisBank const &bank,
                                                  domains::PdeSample const &sample) const
{
  bool const lift = options_.rows.lift;
  Gathered gathered{place(sample, partition_, bank, options_.coupling, lift), {}};
  if (options_.coupling == Coupling::none && partition_.size() > 1) {
    for (std::size_t e = 0; e < partition_.size(); ++e) {
      gathered.alone.push_back(place_alone(sample, partition_, e, bank, lift));
    }
  }
  return gathered;
}

std::unique_ptr<ConstraintRows> ConstraintLayer::rows_of(Gathered const &gathered, std::size_t part,
                                                         domains::PdeSample const &sample) const
{
  if (!gathered.alone.empty()) {
    return make_rows(sample, gathered.alone[part], partition_.box(part), options_.rows, false);
  }
  return make_rows(sample, gathered.placed, domains::whole(partition_.grid()), options_.rows, true);
}

PlacedSolution ConstraintLayer::solve(Gathered const &gathered, domains::PdeSample const &sample,
                                      std::vector<double> const &first) const
{
  PlacedSolution solution;
  solvers::LeastSquaresOptions solver = options_.solver;
  if (options_.coupling == Coupling::schwarz) {
    solver.step = solvers::StepSolver::schwarz;
    solver.schwarz_block = static_cast<int>(gathered.placed.functions);
  }
  for (std::size_t part = 0; part < std::max<std::size_t>(1, gathered.alone.size()); ++part) {
    auto const rows = rows_of(gathered, part, sample);
    auto const n = std::size_t(rows->unknowns());
    std::vector<double> from(n, 0.);
    if (!first.empty()) {
      from.assign(first.begin() + long(part * n), first.begin() + long(part * n + n));
    }
    solution.solves.push_back(solvers::solve_least_squares(*rows, std::move(from), solver));
    auto const &solved = solution.solves.back();
    solution.w.insert(solution.w.end(), solved.w.begin(), solved.w.end());
    solution.cost += solved.cost;
  }
  report(gathered, sample, solution);
  return solution;
}

std::vector<PlacedSolution> ConstraintLayer::solve(
    Gathered const &gathered, std::span<domains::PdeSample const> samples) const
{
  std::vector<PlacedSolution> solutions(samples.size());
  solvers::solve_lanes(samples.size(), [&](std::size_t lane) {
    solutions[lane] = solve(gathered, samples[lane]);
    return solvers::LeastSquaresResult{};
  });
  return solutions;
}

void ConstraintLayer::report(Gathered const &gathered, domains::PdeSample const &sample,
                             PlacedSolution &solution) const
{
  auto const &grid = partition_.grid();
  // Of the assembled field, also where boxes were solved alone.
  auto const rows = make_rows(sample, gathered.placed, domains::whole(grid), options_.rows, false);
  solution.field = rows->field(solution.w);
  solution.residual = rows->residual(solution.w);
  solution.jump = largest_jump(gathered.placed, solution.w);
  for (std::size_t e = 0; e < partition_.size(); ++e) {
    auto const &solve = solution.solves[gathered.alone.empty() ? 0 : e];
    domains::Box const &box = partition_.box(e);
    ExpertReport report{.status = solve.status,
                        .iterations = solve.iterations,
                        .frozen_passes = solve.frozen_passes,
                        .dropped = solve.dropped,
                        .condition = solve.condition};
    double sum = 0, worst = -1;
    auto const cells = cells_of(box, grid);
    for (std::size_t n = box.first_level; n < box.last_level; ++n) {
      for (std::size_t const cell : cells) {
        double const r = solution.residual[n * grid.cells + cell];
        sum += r * r;
        if (r <= worst) continue;
        worst = r, report.worst_level = n, report.worst_cell = cell;
      }
    }
    report.residual = std::sqrt(sum);
    solution.experts.push_back(report);
  }
}

}  // namespace tessera::constraint
