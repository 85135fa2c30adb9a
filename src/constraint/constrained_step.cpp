#include <tessera/constraint/constrained_step.hpp>

#include <cmath>

#include <Kokkos_Core.hpp>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/core/stopwatch.hpp>

namespace tessera::constraint {
namespace {

/// body(sample) for each, side by side; each writes to its sample alone.
template <class Body>
void side_by_side(std::size_t count, Body const &body)
{
  solvers::solve_lanes(count, [&](std::size_t lane) {
    body(lane);
    return solvers::LeastSquaresResult{};
  });
}

/// Whether the loss of this solution has a derivative by the functions.
bool learns(PlacedSolution const &solution)
{
  return solution.converged() && solution.cost > 0 && std::isfinite(solution.cost);
}

std::unique_ptr<ConstraintLayer> layer_of(ConstrainedOptions const &o,
                                          domains::SpaceTimeGrid const &grid,
                                          LayerOptions const &layer)
{
  return std::make_unique<ConstraintLayer>(
      domains::Partition(grid, o.boxes_in_time, o.boxes_in_space), layer);
}

ConstraintLayer::Gathered gather(ConstraintLayer const &layer, std::span<double const> functions,
                                 int count, domains::PdeSample const &problem)
{
  return layer.gather(*make_tabulated_basis(layer.partition().grid(), functions, count), problem);
}

}  // namespace

ConstrainedTrainer::ConstrainedTrainer(domains::PdeFamily const &family, BasisNetwork &network,
                                       ConstrainedOptions options)
    : family_(family), network_(network), options_(std::move(options))
{
  if (options_.method == ConstrainedMethod::constraint) return;
  if (network_.functions() != 1) {
    throw InputError("without a constraint the network's one function is the answer: it has " +
                     std::to_string(network_.functions()));
  }
  if (options_.loss == ConstrainedLoss::constraint) {
    throw InputError("the loss of the constraint needs one; take the published loss");
  }
}

std::vector<ConstrainedSample> ConstrainedTrainer::draw(long step) const
{
  std::vector<ConstrainedSample> batch(std::size_t(options_.batch));
  for (std::size_t k = 0; k < batch.size(); ++k) {
    auto const index = std::uint64_t(step) * batch.size() + k;
    batch[k].problem = family_.sample(options_.seed, "train", index);
    if (options_.published.true_right && options_.loss == ConstrainedLoss::published) {
      batch[k].truth.resize(options_.grid.size());
      batch[k].problem.truth(options_.grid, batch[k].truth);
    }
    if (options_.method == ConstrainedMethod::none) continue;
    LayerOptions layer = options_.layer;
    layer.rows.draw = options_.seed * 1000003 + index;
    batch[k].layer = layer_of(options_, options_.grid, layer);
  }
  return batch;
}

void ConstrainedTrainer::propose(std::vector<ConstrainedSample> &batch, ConstrainedReport &report)
{
  for (std::size_t k = 0; k < batch.size(); ++k) {
    std::span<double const> functions;
    {
      Phase const phase("tessera::place::propose", report.seconds_network);
      functions = network_.propose(options_.grid, batch[k].problem, k, true);
    }
    Phase const phase("tessera::place::gather", report.seconds_gather);
    if (!batch[k].layer) {
      batch[k].solution.field.assign(functions.begin(), functions.end());
      continue;
    }
    batch[k].gathered = gather(*batch[k].layer, functions, network_.functions(), batch[k].problem);
  }
}

void ConstrainedTrainer::solve(std::vector<ConstrainedSample> &batch,
                               ConstrainedReport &report) const
{
  if (options_.method == ConstrainedMethod::none) return;
  Phase const phase("tessera::place::solve", report.seconds_solve);
  std::vector<int> settled(batch.size());
  side_by_side(batch.size(), [&](std::size_t k) {
    auto &sample = batch[k];
    sample.solution = sample.layer->solve(sample.gathered, sample.problem);
    settled[k] = sample.layer->settle(sample.gathered, sample.problem, sample.solution);
  });
  for (std::size_t k = 0; k < batch.size(); ++k) {
    report.settled += settled[k];
    report.iterations_mean += double(batch[k].solution.iterations()) / double(batch.size());
    report.residual_mean += std::sqrt(batch[k].solution.cost) / double(batch.size());
    report.jump_max = std::max(report.jump_max, batch[k].solution.jump);
  }
}

void ConstrainedTrainer::evaluate(std::vector<ConstrainedSample> &batch,
                                  ConstrainedReport &report) const
{
  Phase const phase("tessera::place::evaluate", report.seconds_pull_back);
  bool const constrained = options_.method == ConstrainedMethod::constraint;
  for (auto const &sample : batch) {
    if (constrained && !learns(sample.solution)) report.unconverged.push_back(sample.problem);
  }
  std::size_t const good = batch.size() - report.unconverged.size();
  report.loss = std::nan("");
  if (good == 0) return;
  if (options_.loss == ConstrainedLoss::published) return evaluate_published(batch, report);
  evaluate_constraint(batch, good, report);
}

void ConstrainedTrainer::evaluate_constraint(std::vector<ConstrainedSample> &batch,
                                             std::size_t good, ConstrainedReport &report) const
{
  report.loss = 0;
  std::vector<LayerCotangent> cotangents(batch.size());
  side_by_side(batch.size(), [&](std::size_t k) {
    auto const &sample = batch[k];
    if (!learns(sample.solution)) return;
    cotangents[k] = sample.layer->pull_back_cost(sample.gathered, sample.problem, sample.solution,
                                                 1 / (2 * sample.solution.cost * double(good)));
  });
  // Not in the lanes: this loop is parallel itself.
  for (std::size_t k = 0; k < batch.size(); ++k) {
    auto &sample = batch[k];
    if (!learns(sample.solution)) continue;
    report.loss += std::log(sample.solution.cost) / (2 * double(good));
    sample.functions_bar =
        sample.layer->pull_back_gather(sample.gathered, sample.problem, cotangents[k]);
  }
}

void ConstrainedTrainer::evaluate_published(std::vector<ConstrainedSample> &batch,
                                            ConstrainedReport &report) const
{
  bool const constrained = options_.method == ConstrainedMethod::constraint;
  std::vector<std::size_t> good;
  std::vector<domains::PdeSample> problems;
  std::vector<std::vector<double>> fields, truths;
  for (std::size_t k = 0; k < batch.size(); ++k) {
    if (constrained && !learns(batch[k].solution)) continue;
    good.push_back(k);
    problems.push_back(batch[k].problem);
    fields.push_back(batch[k].solution.field);
    truths.push_back(batch[k].truth);
  }
  report.terms = published_loss(options_.published, options_.grid, problems, fields, truths);
  report.loss = report.terms.total;
  auto const bars = std::move(report.terms.bar);
  if (!constrained) {
    for (std::size_t g = 0; g < good.size(); ++g) batch[good[g]].functions_bar = bars[g];
    return;
  }
  std::vector<LayerCotangent> cotangents(good.size());
  side_by_side(good.size(), [&](std::size_t g) {
    auto const &sample = batch[good[g]];
    cotangents[g] =
        sample.layer->pull_back(sample.gathered, sample.problem, sample.solution, bars[g]);
  });
  for (std::size_t g = 0; g < good.size(); ++g) {
    auto &sample = batch[good[g]];
    report.fallbacks += cotangents[g].fallbacks;
    sample.functions_bar =
        sample.layer->pull_back_gather(sample.gathered, sample.problem, cotangents[g]);
  }
}

void ConstrainedTrainer::pull_back(std::vector<ConstrainedSample> const &batch,
                                   ConstrainedReport &report)
{
  Phase const phase("tessera::place::pull_back", report.seconds_network);
  for (std::size_t k = 0; k < batch.size(); ++k) {
    if (!batch[k].functions_bar.empty()) network_.pull_back(k, batch[k].functions_bar);
  }
}

void ConstrainedTrainer::update(long step, ConstrainedReport &report)
{
  Phase const phase("tessera::place::update", report.seconds_update);
  report.gradient = network_.clip(options_.clip);
  // A gradient of 0 (no sample converged) moves nothing; one that is not finite must not.
  if (report.gradient == 0 || !std::isfinite(report.gradient)) return network_.forget_gradient();
  network_.update(nn::rate_at(options_.rate, std::size_t(step)));
}

ConstrainedReport constrained_step(ConstrainedTrainer &trainer, long step)
{
  ConstrainedReport report;
  auto batch = trainer.draw(step);   // problems nobody has solved yet
  trainer.propose(batch, report);    // Phi = f(t, x, problem), cut into boxes
  trainer.solve(batch, report);      // w = argmin |r(Phi w)|^2
  trainer.evaluate(batch, report);   // ln |r|, or a loss of Phi w; its derivative by Phi
  trainer.pull_back(batch, report);  // to the network's parameters, samples added
  trainer.update(step, report);      // clip, Adam
  return report;
}

namespace {

/// Gathers sample after sample (threads share that work), then solves as many as run side by side:
/// memory is that of so many.
template <class GatheredOf>
std::vector<PlacedSolution> solve_all(ConstrainedOptions const &options,
                                      domains::SpaceTimeGrid const &grid,
                                      std::span<domains::PdeSample const> problems,
                                      GatheredOf const &gathered_of)
{
  LayerOptions layer = options.layer;
  layer.rows.points = 0;
  std::vector<PlacedSolution> solutions(problems.size());
  std::size_t const lanes = std::size_t(Kokkos::DefaultHostExecutionSpace().concurrency());
  for (std::size_t first = 0; first < problems.size(); first += lanes) {
    throw_if_stopped();
    std::size_t const count = std::min(lanes, problems.size() - first);
    std::vector<std::unique_ptr<ConstraintLayer>> layers;
    std::vector<ConstraintLayer::Gathered> gathered;
    for (std::size_t k = 0; k < count; ++k) {
      layers.push_back(layer_of(options, grid, layer));
      gathered.push_back(gathered_of(*layers[k], problems[first + k], k));
    }
    side_by_side(count, [&](std::size_t k) {
      solutions[first + k] = layers[k]->solve(gathered[k], problems[first + k]);
    });
  }
  return solutions;
}

}  // namespace

std::vector<PlacedSolution> predict(BasisNetwork &network, ConstrainedOptions const &options,
                                    domains::SpaceTimeGrid const &grid,
                                    std::span<domains::PdeSample const> problems)
{
  if (options.method == ConstrainedMethod::constraint) {
    return solve_all(
        options, grid, problems,
        [&](ConstraintLayer const &layer, domains::PdeSample const &problem, std::size_t slot) {
          auto const functions = network.propose(grid, problem, slot, false);
          return gather(layer, functions, network.functions(), problem);
        });
  }
  std::vector<PlacedSolution> solutions(problems.size());
  for (std::size_t k = 0; k < problems.size(); ++k) {
    throw_if_stopped();
    auto const answer = network.propose(grid, problems[k], 0, false);
    solutions[k].field.assign(answer.begin(), answer.end());
  }
  return solutions;
}

std::vector<PlacedSolution> predict(BasisBank const &bank, ConstrainedOptions const &options,
                                    domains::SpaceTimeGrid const &grid,
                                    std::span<domains::PdeSample const> problems)
{
  return solve_all(options, grid, problems,
                   [&](ConstraintLayer const &layer, domains::PdeSample const &problem,
                       std::size_t) { return layer.gather(bank, problem); });
}

}  // namespace tessera::constraint
