#include "place_measure.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <tessera/core/stop.hpp>
#include <tessera/core/stopwatch.hpp>
#include <tessera/domains/mass_defect.hpp>

#include "place_baselines.hpp"

namespace tessera::model {
namespace {

constexpr std::size_t batch = 64;

double late_error(PlaceSettings const &s, std::vector<double> const &found,
                  std::vector<double> const &truth)
{
  auto const times = s.grid.times();
  std::size_t first = 0;
  while (first < times.size() && times[first] <= s.test.after) ++first;
  std::size_t const skip = std::min(first * s.grid.cells, found.size());
  return domains::relative_l2(std::span(found).subspan(skip), std::span(truth).subspan(skip));
}

void add_level_errors(domains::SpaceTimeGrid const &grid, std::span<double const> found,
                      std::span<double const> truth, double share, std::vector<double> &at_level)
{
  at_level.resize(grid.levels, 0.);
  for (std::size_t n = 0; n < grid.levels; ++n) {
    std::size_t const first = n * grid.cells;
    at_level[n] += share * domains::relative_l2(found.subspan(first, grid.cells),
                                                truth.subspan(first, grid.cells));
  }
}

}  // namespace

double PlaceMeasure::largest() const
{
  return *std::max_element(error.begin(), error.end());
}

PlaceMeasure measure_place(std::string const &label, PlaceSettings const &s,
                           PlaceFields const &fields, PlaceSolver const &solve, std::size_t samples,
                           Progress &progress, std::vector<constraint::PlacedSolution> *taken)
{
  PlaceMeasure m{.label = label, .functions = s.network.fno.outputs};
  std::size_t const count = std::min(samples, fields.size());
  progress.start(label, count);
  for (std::size_t first = 0; first < count; first += batch) {
    throw_if_stopped();
    std::size_t const many = std::min(batch, count - first);
    Stopwatch const watch;
    auto solutions = solve(fields.problems().subspan(first, many));
    m.seconds += watch.seconds();
    for (std::size_t k = 0; k < many; ++k) {
      auto &solution = solutions[k];
      auto const truth = fields.truth(first + k);
      m.error.push_back(domains::relative_l2(solution.field, truth));
      add_level_errors(s.grid, solution.field, truth, 1 / double(count), m.at_level);
      if (s.test.after > 0) m.after.push_back(late_error(s, solution.field, truth));
      m.mass_mean +=
          domains::mass_defect(*fields.problems()[first + k].pde, fields.grid(), solution.field) /
          double(count);
      m.converged += solution.converged();
      m.iterations_mean += double(solution.iterations()) / double(count);
      m.iterations_max = std::max(m.iterations_max, solution.iterations());
      m.residual_mean += std::sqrt(solution.cost) / double(count);
      m.jump_max = std::max(m.jump_max, solution.jump);
      for (auto const &expert : solution.experts) {
        m.condition_max = std::max(m.condition_max, expert.condition);
      }
      if (taken && taken->size() < taken->capacity()) taken->push_back(std::move(solution));
    }
    progress.update(first + many, fmt::format("error {:.3f} %", 100 * m.mean()));
  }
  progress.finish();
  return m;
}

std::vector<PlaceMeasure> measure_baseline(std::string const &name, PlaceSettings const &s,
                                           PlaceFields const &fields, Progress &progress)
{
  std::vector<PlaceMeasure> measures;
  auto const samples = std::size_t(s.test.baseline_samples);
  auto const baseline = make_baseline(name, s, fields);
  for (bool const weighted : {true, false}) {
    constraint::ConstrainedOptions options = s.testing();
    if (!weighted && (options.layer.rows.early == 0 || !baseline.solves())) continue;
    if (!weighted) options.layer.rows.early = 0;
    std::string const label = weighted ? baseline.label : baseline.label + ", early = 0";
    measures.push_back(measure_place(
        label, s, fields,
        [&](std::span<domains::PdeSample const> problems) {
          return baseline.solve(options, problems);
        },
        samples, progress));
    if (!baseline.solves()) measures.back().functions = 0;
  }
  return measures;
}

}  // namespace tessera::model
