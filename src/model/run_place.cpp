#include "run_place.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include <tessera/core/median.hpp>
#include <tessera/core/stopwatch.hpp>
#include <tessera/io/checkpoint.hpp>

#include "place_summary.hpp"
#include "show_solution.hpp"

namespace tessera::model {
namespace {

/// Training and test of one network: everything with state, the loop's hooks and the metrics.
class PlaceRun {
 public:
  PlaceRun(PlaceSettings const &settings, PlaceFields const &fields, RunStart const &start)
      : settings_(settings),
        data_digest_(fields.digest()),
        folder_(start.folder),
        log_(start.log),
        progress_(start.progress),
        network_(constraint::make_basis_network(settings.network)),
        trainer_(*settings.family, *network_, settings.training)
  {
    network_->register_state(state_);
    state_.add("run/totals", 1, std::span<double>(totals_));
    state_.add("run/curve", 1, &curve_);
  }

  /// One sample, one iteration, on either grid: what contradicts itself is found here, and not when
  /// the first step has begun.
  void try_parts(PlaceFields const &fields)
  {
    trainer_.draw(0);
    for (auto options : {settings_.training, settings_.testing()}) {
      options.layer.solver.max_iterations = 1;
      options.layer.solver.frozen_passes = 0;
      constraint::predict(*network_, options, options.grid, fields.problems().first(1));
    }
  }

  long resume() { return resume_run(folder_, state_, log_, "step", data_digest_); }

  train::StopReason train(long first)
  {
    io::MetricsCsv metrics(folder_.path() / "metrics.csv", columns(), first > 0 ? first : -1);
    train::TrainerHooks hooks;
    hooks.step = [&](long index) { return step(index, metrics); };
    hooks.checkpoint = [&](long done) {
      io::write_checkpoint(folder_.checkpoints(), state_, {done, settings_.resolved, data_digest_},
                           settings_.keep_checkpoints);
    };
    return train::run_steps(settings_.trainer, first, hooks, progress_, "train");
  }

  PlaceFigures figures() const
  {
    return {.steps = long(curve_.size() / 2),
            .unconverged = long(totals_[1]),
            .settled = long(totals_[2]),
            .fallbacks = long(totals_[3]),
            .train_seconds = totals_[0],
            .loss = curve_.empty() ? 0 : curve_.back(),
            .parameters = network_->size(),
            .digest = network_->digest()};
  }

  std::vector<PlaceMeasure> test(PlaceFields const &fields, PlaceFigures &figures,
                                 PlaceResult &result)
  {
    auto const options = settings_.testing();
    auto const solve = [&](std::span<domains::PdeSample const> problems) {
      return constraint::predict(*network_, options, settings_.grid, problems);
    };
    std::vector<constraint::PlacedSolution> first;
    first.reserve(std::size_t(std::max(1, settings_.predictions)));
    std::vector<PlaceMeasure> measures{measure_place("trained network", settings_, fields, solve,
                                                     fields.size(), progress_, &first)};
    std::vector<double> seconds;
    for (int k = 0; k < settings_.test.queries; ++k) {
      Stopwatch const watch;
      solve(fields.problems().subspan(std::size_t(k) % fields.size(), 1));
      seconds.push_back(watch.seconds());
    }
    if (!seconds.empty()) figures.seconds_single_query = median(seconds);
    take(fields, std::move(first), result);
    for (auto const &name : settings_.test.baselines) {
      for (auto &row : measure_baseline(name, settings_, fields, progress_)) {
        log_.info("{}: relative L2 {:.4f} %", row.label, 100 * row.mean());
        measures.push_back(std::move(row));
      }
    }
    return measures;
  }

 private:
  /// What sinks are shown of the trained network.
  void take(PlaceFields const &fields, std::vector<constraint::PlacedSolution> solutions,
            PlaceResult &result)
  {
    auto const &o = settings_.training;
    result.title = settings_.title;
    result.quantity = fields.problems()[0].pde->quantity();
    result.time_unit = settings_.family->time_unit();
    result.length_unit = settings_.family->length_unit();
    result.grid = settings_.grid;
    result.boxes_in_time = o.boxes_in_time;
    result.boxes_in_space = o.boxes_in_space;
    take_curve(result);
    result.truth = fields.truth(0);
    result.solutions = std::move(solutions);
    result.predictions = std::min(result.solutions.size(), std::size_t(settings_.predictions));
    result.functions = std::size_t(network_->functions());
    if (!settings_.constrained()) return;
    auto const basis = network_->propose(settings_.grid, fields.problems()[0], 0, false);
    result.basis.assign(basis.begin(), basis.end());
  }

  static std::vector<std::string> columns()
  {
    return {"step",
            "loss",
            "loss.initial",
            "loss.left",
            "loss.right",
            "loss.equation",
            "gradient.norm",
            "constraint.residual",
            "constraint.iterations",
            "constraint.jump",
            "constraint.unconverged",
            "constraint.settled",
            "constraint.gn_fallbacks",
            "optimizer.rate",
            "seconds",
            "seconds.network",
            "seconds.gather",
            "seconds.solve",
            "seconds.pull_back",
            "seconds.update"};
  }

  std::string step(long index, io::MetricsCsv &metrics)
  {
    Stopwatch const watch;
    constraint::ConstrainedReport const r = constraint::constrained_step(trainer_, index);
    double const seconds = watch.seconds();
    totals_[0] += seconds;
    totals_[1] += double(r.unconverged.size());
    totals_[2] += r.settled;
    totals_[3] += r.fallbacks;
    curve_.insert(curve_.end(), {double(index + 1), r.loss});
    for (auto const &problem : r.unconverged) {
      log_.warning(
          "step {}: the constraint for {} did not converge within {} iterations: "
          "no gradient from this sample",
          index + 1, told(problem), settings_.training.layer.solver.max_iterations);
    }
    bool const published = settings_.training.loss == constraint::ConstrainedLoss::published;
    auto term = [&](double value) { return published ? value : std::nan(""); };
    auto solved = [&](double value) { return settings_.constrained() ? value : std::nan(""); };
    metrics.row({double(index + 1),
                 r.loss,
                 term(r.terms.initial),
                 term(r.terms.left),
                 term(r.terms.right),
                 term(r.terms.equation),
                 r.gradient,
                 solved(r.residual_mean),
                 solved(r.iterations_mean),
                 solved(r.jump_max),
                 solved(double(r.unconverged.size())),
                 solved(double(r.settled)),
                 solved(double(r.fallbacks)),
                 nn::rate_at(settings_.training.rate, std::size_t(index)),
                 seconds,
                 r.seconds_network,
                 r.seconds_gather,
                 r.seconds_solve,
                 r.seconds_pull_back,
                 r.seconds_update});
    return fmt::format("loss {:.3f}", r.loss);
  }

  /// A problem by its parameters: "u0 = 0.130000".
  std::string told(domains::PdeSample const &problem) const
  {
    auto const names = settings_.family->parameters();
    std::string text;
    for (std::size_t p = 0; p < names.size(); ++p) {
      text += fmt::format("{}{} = {:.6f}", p > 0 ? ", " : "", names[p], problem.parameters[p]);
    }
    return text;
  }

  /// The loss of the steps that had one; of the constraint the norm itself, not its logarithm.
  void take_curve(PlaceResult &result) const
  {
    bool const published = settings_.training.loss == constraint::ConstrainedLoss::published;
    result.loss_title = published ? "loss" : "norm of the rows";
    for (std::size_t k = 0; k + 1 < curve_.size(); k += 2) {
      if (!std::isfinite(curve_[k + 1])) continue;
      result.step.push_back(curve_[k]);
      result.loss.push_back(published ? curve_[k + 1] : std::exp(curve_[k + 1]));
    }
  }

  PlaceSettings const &settings_;
  std::string data_digest_;
  io::RunFolder const &folder_;
  Log const &log_;
  Progress progress_;
  std::unique_ptr<constraint::BasisNetwork> network_;
  constraint::ConstrainedTrainer trainer_;
  State state_;
  std::vector<double> totals_ = {0, 0, 0, 0};  // seconds, unconverged, settled, fallbacks
  std::vector<double> curve_;                  // (step, 2): step, loss
};

}  // namespace

Outcome run_place(PlaceSettings const &settings, RunStart &start, bool resume)
{
  Stopwatch const watch;
  start.spare(settings.test.path);
  PlaceFields const fields(settings, start.log, start.progress);
  PlaceRun run(settings, fields, start);
  run.try_parts(fields);
  long const done = resume ? run.resume() : 0;
  start.begin();
  auto const reason = run.train(done);
  PlaceFigures figures = run.figures();
  if (reason != train::StopReason::finished) {
    start.log.info("stopped after step {} with a checkpoint; go on with --resume", figures.steps);
    return reason == train::StopReason::stop_after ? Outcome::done : Outcome::stopped;
  }
  start.log.info("trained {} steps in {:.1f} s, parameters {}", figures.steps,
                 figures.train_seconds, figures.digest);
  PlaceResult result;
  auto const measures = run.test(fields, figures, result);
  for (auto const &m : measures) result.errors.push_back({m.label, m.at_level});
  figures.wall_seconds = watch.seconds();
  for (auto const &sink : settings.sinks) {
    throw_if_stopped();
    sink->write_place(result, start.folder);
  }
  auto const &first = result.solutions.front();
  if (!first.experts.empty()) {
    start.folder.write("experts.md",
                       expert_table(settings.grid, first, {result.time_unit, result.length_unit}));
  }
  auto const &own = measures.front();
  start.folder.write("bases.md", place_table(measures, settings.boxes()));
  start.folder.write("summary.json", summarise_place(settings, figures, measures));
  start.log.info(
      "relative L2 {:.4f} +- {:.4f} % over {} samples, {} of them converged, jump {:.1e}",
      100 * own.mean(), 100 * own.deviation(), own.error.size(), own.converged, own.jump_max);
  start.log.info("fields in {}, pictures in {}, figures in {}", start.folder.fields().string(),
                 start.folder.plots().string(), (start.folder.path() / "summary.json").string());
  return Outcome::done;
}

}  // namespace tessera::model
