#include <cmath>

#include <Kokkos_Core.hpp>

#include <tessera/core/stop.hpp>
#include <tessera/core/stopwatch.hpp>
#include <tessera/domains/mass_defect.hpp>
#include <tessera/domains/pde_family.hpp>

#include "oracle.hpp"

namespace tessera::model {

OracleFields OracleFields::make(OracleSettings const &s, Progress progress)
{
  OracleFields out{.grid = s.grid};
  auto const family = domains::make_diffusion_sorption_family();
  std::size_t const unseen = std::size_t(s.samples), known = std::size_t(s.fields);
  progress.start("true fields", unseen + known);
  for (std::size_t k = 0; k < unseen + known; ++k) {
    throw_if_stopped();
    auto problem = family->sample(s.seed, "test", k);
    std::vector<double> field(s.grid.size());
    problem.truth(s.grid, field);
    if (k < unseen) out.problems.push_back(std::move(problem));
    (k < unseen ? out.unseen : out.known).push_back(std::move(field));
    progress.update(k + 1);
  }
  progress.finish();
  return out;
}

std::unique_ptr<constraint::BasisBank> OracleFields::pod(int functions, bool lift) const
{
  if (!lift) return constraint::make_pod_basis(grid, known, functions);
  auto rest = known;
  std::vector<double> profile(grid.size()), distance(grid.size());
  pde().distance(grid, distance);
  for (auto &field : rest) {
    pde().lift(grid, std::span(field).first(grid.cells), profile);
    for (std::size_t p = 0; p < field.size(); ++p) {
      field[p] = distance[p] == 0 ? 0 : (field[p] - profile[p]) / distance[p];
    }
  }
  return constraint::make_pod_basis(grid, rest, functions);
}

void try_layer(OracleFields const &fields, constraint::BasisBank const &bank,
               constraint::LayerOptions options, std::size_t in_time, std::size_t in_space)
{
  options.solver.max_iterations = 1;
  options.solver.frozen_passes = 0;
  measure(fields, "", bank, options, in_time, in_space, 1);
}

OracleRow measure(OracleFields const &fields, std::string const &label,
                  constraint::BasisBank const &bank, constraint::LayerOptions const &options,
                  std::size_t in_time, std::size_t in_space, std::size_t samples,
                  constraint::PlacedSolution *first)
{
  constraint::ConstraintLayer const layer(domains::Partition(fields.grid, in_time, in_space),
                                          options);
  std::size_t const all = fields.problems.size(),
                    count = samples == 0 ? all : std::min(samples, all);
  Stopwatch const watch;
  auto const gathered = layer.gather(bank, fields.problems[0]);
  std::vector<constraint::PlacedSolution> solutions;
  auto const lanes = std::size_t(Kokkos::DefaultHostExecutionSpace().concurrency());
  for (std::size_t k = 0; k < count; k += lanes) {
    throw_if_stopped();
    auto const part = std::span(fields.problems).subspan(k, std::min(lanes, count - k));
    for (auto &solution : layer.solve(gathered, part)) solutions.push_back(std::move(solution));
  }
  double const spent = watch.seconds();
  OracleRow row{
      .label = label, .functions = bank.functions(), .boxes = in_time * in_space, .samples = count};
  row.seconds = spent / double(count);
  double squares = 0;
  for (std::size_t k = 0; k < count; ++k) {
    auto const &solution = solutions[k];
    double const error = domains::relative_l2(solution.field, fields.unseen[k]);
    row.error_mean += error / double(count);
    squares += error * error / double(count);
    row.error_max = std::max(row.error_max, error);
    row.jump = std::max(row.jump, solution.jump);
    row.converged += solution.converged();
    row.iterations = std::max(row.iterations, solution.iterations());
    row.iterations_mean += double(solution.iterations()) / double(count);
    row.frozen = std::max(row.frozen, solution.experts[0].frozen_passes);
    row.mass += domains::mass_defect(fields.pde(), fields.grid, solution.field) / double(count);
    row.residual_mean += std::sqrt(solution.cost) / double(count);
    for (auto const &expert : solution.experts) {
      row.condition = std::max(row.condition, expert.condition);
    }
  }
  row.error_std = std::sqrt(std::max(0., squares - row.error_mean * row.error_mean));
  if (first) *first = solutions[0];
  return row;
}

}  // namespace tessera::model
