#include "run_mixture.hpp"

#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <tessera/core/hash.hpp>
#include <tessera/core/stopwatch.hpp>
#include <tessera/domains/trajectory_parts.hpp>
#include <tessera/io/checkpoint.hpp>
#include <tessera/meta/matching.hpp>
#include <tessera/meta/mixer_trainer.hpp>

#include "data_digest.hpp"
#include "doubt_file.hpp"
#include "make_mixture.hpp"
#include "model_card.hpp"
#include "train_rivals.hpp"

namespace tessera::model {
namespace {

template <class T>
std::string digest_of(Parameters<T> const &parameters)
{
  auto const flat = parameters.flat();
  return fmt::format("{:016x}", fnv1a(std::as_bytes(std::span(flat.data(), flat.size()))));
}

/// Training of one mixture: everything with state, the loop's hooks and the metrics.
template <class T>
class MixtureRun {
 public:
  MixtureRun(Settings const &settings, PreparedData const &prepared, io::RunFolder const &folder,
             Log const &log)
      : settings_(settings),
        prepared_(prepared),
        data_(prepared.set()),
        folder_(folder),
        log_(log),
        division_(meta::hold_out(data_.train, settings.mixer.held_out)),
        mixture_(
            make_mixture<T>(settings, static_cast<int>(data_.train.dimension), data_.train.size())),
        trainer_(mixture_, division_.train, settings.mixer, settings.solver, settings.seed, log)
  {
    trainer_.register_state(state_);
    state_.add("run/totals", 1, std::span<double>(totals_));
    state_.add("run/curve", 1, &curve_);
  }

  /// Reads the newest undamaged checkpoint; returns the steps that are done.
  long resume()
  {
    long const done = resume_run(folder_, state_, log_, "outer step", data_digest_);
    if (done > 0) mixture_.restored();
    return done;
  }

  train::StopReason train(long first, Progress progress)
  {
    std::vector<std::string> columns;
    for (auto const &[name, value] : metrics_row(0, {}, 0, nan, no_errors)) columns.push_back(name);
    io::MetricsCsv metrics(folder_.path() / "metrics.csv", columns, first > 0 ? first : -1);
    train::TrainerHooks hooks;
    hooks.step = [&](long outer) { return step(outer, metrics); };
    hooks.checkpoint = [&](long done) {
      io::write_checkpoint(folder_.checkpoints(), state_, {done, settings_.resolved, data_digest_},
                           settings_.keep_checkpoints);
    };
    return train::run_steps(settings_.trainer, first, hooks, progress, "train");
  }

  void fill(RunFigures &figures) const
  {
    figures.outer_steps = static_cast<long>(curve_.size() / 3);
    figures.train_seconds = totals_[0];
    figures.gflops = totals_[1] / std::max(totals_[0], 1e-9) / 1e9;
    figures.failed = static_cast<long>(totals_[2]);
    figures.loss = curve_.empty() ? 0 : curve_.back();
    figures.experts = mixture_.population().active();
    figures.digest = digest_of(mixture_.parameters());
  }

  RunResult evaluate(RunFigures &figures, Progress progress)
  {
    Stopwatch const watch;
    RunResult r;
    r.data = &prepared_.given();
    r.order = prepared_.order();
    r.title = settings_.title;
    r.experts = settings_.experts;
    r.route = prepared_.as_given(mixture_.routes().leaders());
    gate_values(r);
    for (std::size_t i = 0; i + 2 < curve_.size(); i += 3) {
      r.step.push_back(curve_[i]);
      r.loss_context.push_back(curve_[i + 1]);
      r.loss_model.push_back(curve_[i + 2]);
    }
    throw_if_stopped();
    r.test = test();
    if (division_.held.size() > 0) choose_by(r, progress);
    meta::Doubt doubt = rehearse(progress);
    Stopwatch const rivals;
    train_rivals(settings_, mixture_, division_.train, folder_.path() / "rivals", data_digest_,
                 doubt, log_, progress);
    double const trained = rivals.seconds();
    if (doubt.known()) r.test_deviation = test_deviations(doubt);
    if (doubt.known()) folder_.write("doubt.json", describe_doubt(doubt));
    r.query_deviation = adapt(&domains::Dataset::support, &domains::Dataset::query, doubt,
                              r.adapted, r.query, progress);
    r.outside_deviation =
        adapt(&domains::Dataset::outside_support, &domains::Dataset::outside_query, doubt,
              r.adapted_outside, r.outside, progress);
    figures.adapt_seconds = watch.seconds() - trained;
    return r;
  }

 private:
  using Errors = std::array<double, 4>;  // mean and median of mse and rel_l2
  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  static constexpr Errors no_errors{nan, nan, nan, nan};

  // What metrics.csv tells of one outer step, by name.
  std::vector<std::pair<std::string, double>> metrics_row(long outer,
                                                          meta::StepReport const &report,
                                                          double seconds, double held_out,
                                                          Errors const &test) const
  {
    auto const families = families_to_find(data_);
    int const known = static_cast<int>(data_.families.size());
    double const purity = families.empty() ? nan
                                           : meta::purity(families, mixture_.routes().leaders(),
                                                          known, settings_.experts);
    return {{"step", double(outer + 1)},
            {"loss.context", report.loss_context},
            {"loss.model", report.loss_model},
            {"train.failed", double(report.failed)},
            {"gate.failed", double(report.gate_failed)},
            {"gate.outdone", double(report.gate_outdone)},
            {"gate.updates", double(report.gate_updates)},
            {"gate.rerouted", double(report.rerouted)},
            {"routing.purity", purity},
            {"optimizer.rate", trainer_.rate(outer, settings_.mixer.rate)},
            {"seconds", seconds},
            {"gflops", report.flops / std::max(seconds, 1e-9) / 1e9},
            {"held_out.mse_mean", held_out},
            {"test.mse_mean", test[0]},
            {"test.mse_median", test[1]},
            {"test.rel_l2_mean", test[2]},
            {"test.rel_l2_median", test[3]}};
  }

  std::string step(long outer, io::MetricsCsv &metrics)
  {
    Stopwatch const watch;
    meta::StepReport const report = meta::mixer_step(trainer_, outer);
    double const seconds = watch.seconds();
    totals_[0] += seconds;
    totals_[1] += report.flops;
    totals_[2] += report.failed;
    curve_.insert(curve_.end(), {double(outer + 1), report.loss_context, report.loss_model});
    std::vector<double> row;
    double const held_out = held_out_error(outer + 1);
    Errors const test = test_errors(outer + 1);
    for (auto const &[name, value] : metrics_row(outer, report, seconds, held_out, test)) {
      row.push_back(value);
    }
    metrics.row(row);
    return fmt::format("loss {:.2e}", report.loss_model);
  }

  // Errors on the test split as training goes; nothing is chosen by them, and their time is not
  // training time.
  Errors test_errors(long done) const
  {
    if (settings_.test_every == 0 || done % settings_.test_every != 0) return no_errors;
    auto const m = test().metrics;
    return {m.mean(m.mse), m.median(m.mse), m.mean(m.rel_l2), m.median(m.rel_l2)};
  }

  // What choices may be made by, every ten steps and at the end.
  double held_out_error(long done) const
  {
    bool const due = done % 10 == 0 || done == settings_.mixer.outer_steps;
    if (division_.held.size() == 0 || !due) return nan;
    auto const m = predict_trained(division_.held).metrics;
    return m.mean(m.mse);
  }

  // Systems of the training set with the experts and contexts that they have, in training's order
  // and units.
  meta::Prediction predict_trained(domains::Trajectories const &data) const
  {
    return meta::predict(mixture_, data, mixture_.routes().leaders(),
                         meta::routed_contexts(mixture_), settings_.solver);
  }

  // The test split in the user's order and units.
  meta::Prediction test() const { return prepared_.test_as_known(predict_trained(data_.test)); }

  // Errors on what was held out, of states as training sees them: of the systems as they were
  // trained, and of the same systems adapted to one trajectory of theirs as if they were new.
  void choose_by(RunResult &r, Progress const &progress) const
  {
    r.held_out = predict_trained(division_.held);
    if (settings_.mixer.held_out != meta::HeldOut::trajectory) return;
    std::vector<std::vector<std::size_t>> const first(division_.train.size(), {0});
    auto const support = domains::pick_trajectories(division_.train, first);
    auto const found = meta::adapt(mixture_, support, settings_.adapt, settings_.solver, progress);
    throw_if_stopped();
    r.held_out_adapted =
        meta::predict(mixture_, division_.held, found.expert, found.contexts, settings_.solver);
  }

  // Of the test split, in the user's order and units.
  std::vector<double> test_deviations(meta::Doubt const &doubt) const
  {
    auto found = prepared_.as_given(
        meta::trained_deviations(doubt, data_.test, mixture_.routes().leaders()));
    prepared_.scaling().restore_deviations(found);
    return found;
  }

  void gate_values(RunResult &r) const
  {
    if (mixture_.gate() == nullptr) return;
    meta::SlicedPoints const contexts = mixture_.context_points();
    for (std::size_t e = 0; e < mixture_.environments(); ++e) {
      auto const values = mixture_.gate()->values(contexts.row(e));
      r.gate.insert(r.gate.end(), values.begin(), values.end());
    }
    r.gate = prepared_.as_given(r.gate);
  }

  // How large errors are, from trajectories that training has not seen where any are held out.
  meta::Doubt rehearse(Progress const &progress) const
  {
    bool const unseen = settings_.mixer.held_out == meta::HeldOut::trajectory;
    return meta::rehearse(mixture_, unseen ? division_.held : division_.train, settings_.adapt,
                          settings_.solver, progress);
  }

  // Returns the deviations of the prediction, in the user's units; none where nothing is known.
  std::vector<double> adapt(domains::Trajectories domains::Dataset::*support,
                            domains::Trajectories domains::Dataset::*query,
                            meta::Doubt const &doubt, meta::Adapted &adapted,
                            meta::Prediction &prediction, Progress progress) const
  {
    domains::Trajectories const &own = data_.*support;
    if (own.size() == 0) return {};
    adapted = meta::adapt(mixture_, own, settings_.adapt, settings_.solver, progress);
    throw_if_stopped();
    meta::tell_doubt(mixture_, doubt, own, settings_.adapt, settings_.solver, adapted);
    auto const follow = [&](domains::Trajectories domains::Dataset::*split) {
      auto found =
          meta::predict(mixture_, data_.*split, adapted.expert, adapted.contexts, settings_.solver);
      return prepared_.as_known(std::move(found), prepared_.given().*split);
    };
    if (prepared_.scaling().none()) {
      tell_unfollowed(adapted);
    } else {
      tell_support_loss(adapted, follow(support));
    }
    prediction = follow(query);
    if (!doubt.known()) return {};
    auto found = meta::deviations(mixture_, doubt, data_.*query, adapted.expert, adapted.contexts,
                                  adapted.covariance, settings_.solver);
    prepared_.scaling().restore_deviations(found);
    return found;
  }

  Settings const &settings_;
  PreparedData const &prepared_;
  domains::Dataset const &data_;  // as training sees it
  std::string const data_digest_ = data_digest(prepared_.given());
  io::RunFolder const &folder_;
  Log const &log_;
  meta::Division division_;
  meta::Mixture<T> mixture_;
  meta::MixerTrainer<T> trainer_;
  State state_;
  std::vector<double> totals_ = {0, 0, 0};  // seconds, flops, failed integrations
  std::vector<double> curve_;               // (outer step, 3): step, two losses
};

}  // namespace

std::vector<int> families_to_find(domains::Dataset const &data)
{
  std::vector<int> families;
  for (auto const &environment : data.train.environments) {
    if (environment.family < 0) return {};
    families.push_back(environment.family);
  }
  return data.families.size() > 1 ? families : std::vector<int>();
}

template <class T>
RunResult run_mixture(Settings const &settings, PreparedData const &data, RunStart &start,
                      bool resume, RunFigures &figures)
{
  MixtureRun<T> run(settings, data, start.folder, start.log);
  long const first = resume ? run.resume() : 0;
  start.begin();
  start.folder.write("model.json", describe_model(data));
  figures.reason = run.train(first, start.progress);
  run.fill(figures);
  if (figures.reason != train::StopReason::finished) return {};
  return run.evaluate(figures, start.progress);
}

template RunResult run_mixture<float>(Settings const &, PreparedData const &, RunStart &, bool,
                                      RunFigures &);
template RunResult run_mixture<double>(Settings const &, PreparedData const &, RunStart &, bool,
                                       RunFigures &);

}  // namespace tessera::model
