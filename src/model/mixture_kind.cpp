#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/stopwatch.hpp>
#include <tessera/model/run_kind.hpp>

#include "check_parts.hpp"
#include "run_kinds.hpp"
#include "run_mixture.hpp"
#include "run_start.hpp"
#include "settings.hpp"

namespace tessera::model {
namespace {

RunResult run_with_precision(Settings const &s, PreparedData const &data, RunStart &start,
                             bool resume, RunFigures &figures)
{
  if (s.precision == "float64") return run_mixture<double>(s, data, start, resume, figures);
  return run_mixture<float>(s, data, start, resume, figures);
}

void report_errors(Log const &log, char const *split, meta::Metrics const &m)
{
  log.info("{:<6} mse {:.2e}, rel_l2 {:.2e}, tprmse {:.2f}, nrmse {:.2e}, R2 > 0.9 {:.2f}", split,
           m.mean(m.mse), m.mean(m.rel_l2), m.tprmse(), m.mean(m.nrmse), m.r2_share());
  if (m.floored < 0.05) return;
  log.warning(
      "{} rel_l2 and tprmse put their floor of 1e-6 in the place of {:.0f} % of the true "
      "states; nrmse and r2_share measure by the data's own scale",
      split, 100 * m.floored);
}

void report_unknown(Log const &log, RunResult const &r)
{
  meta::Adapted const &found = r.adapted;
  for (std::size_t e = 0; e < found.support_loss.size(); ++e) {
    std::string const name = domains::called(r.data->support.environments[e], e);
    if (!std::isfinite(found.support_loss[e])) {
      log.warning("adapt: no expert could follow {}", name);
    } else if (!found.foreign.empty() && found.foreign[e] != 0) {
      log.info("adapt: none of the experts describes {}; train a new expert on data that hold it",
               name);
    }
  }
}

void report_figures(Log const &log, RunResult const &r, RunFigures const &f)
{
  auto const &test = r.test.metrics, &query = r.query.metrics;
  log.info("trained {} outer steps in {:.1f} s ({:.1f} GFlop/s), parameters {}", f.outer_steps,
           f.train_seconds, f.gflops, f.digest);
  report_errors(log, "test:", test);
  if (query.mse.empty()) return;
  report_errors(log, "adapt:", query);
  report_unknown(log, r);
}

// A training that fails on data of an unusual scale says so.
template <class Train>
RunResult naming_doubts(PreparedData const &data, Train const &train)
{
  try {
    return train();
  } catch (SolverError const &error) {
    auto const doubts = doubts_about(data);
    if (doubts.empty()) throw;
    throw SolverError(fmt::format("{}\n{}", error.what(), fmt::join(doubts, "\n")));
  }
}

Outcome run_mixer(RunStart &start, Settings const &settings, Registry const &registry, bool resume)
{
  Stopwatch const watch;
  io::RunFolder const &folder = start.folder;
  Log const &log = start.log;
  start.spare(settings.data.path);
  domains::Dataset const data =
      load_data(settings.data, settings.seed, registry, log, start.progress);
  PreparedData const prepared(settings.data, data, settings.seed);
  for (auto const &doubt : doubts_about(prepared)) log.warning("data: {}", doubt);
  RunFigures figures;
  RunResult const result = naming_doubts(
      prepared, [&] { return run_with_precision(settings, prepared, start, resume, figures); });
  if (figures.reason != train::StopReason::finished) {
    log.info("stopped after outer step {} with a checkpoint; go on with --resume",
             figures.outer_steps);
    return figures.reason == train::StopReason::stop_after ? Outcome::done : Outcome::stopped;
  }
  for (auto const &sink : settings.sinks) {
    throw_if_stopped();
    sink->write(result, folder);
  }
  double const wall = watch.seconds();
  if (data.support.size() > 0) folder.write("adapted.json", describe_adapted(result));
  folder.write("summary.json", summarise(settings, result, figures, wall));
  report_figures(log, result, figures);
  log.info("pictures in {}, figures in {}", folder.plots().string(),
           (folder.path() / "summary.json").string());
  return Outcome::done;
}

// "2 x geps, 13 parameters each, context size 2", one for each kind.
std::string describe_experts(Settings const &s)
{
  auto const bank = s.expert_kind->make_float(2);
  std::string text;
  for (int first = 0, end = 0; first < s.experts; first = end) {
    while (end < s.experts && bank->kind_of(end) == bank->kind_of(first)) ++end;
    auto const &kind = bank->of(first);
    text += fmt::format("{}{} x {}, {} parameters each, context size {}", first == 0 ? "" : "; ",
                        end - first, kind.kind(), kind.row_size(), kind.context_size());
  }
  return text;
}

class MixtureExperiment final : public Experiment {
 public:
  MixtureExperiment(Settings settings, Registry const &registry)
      : settings_(std::move(settings)), registry_(registry)
  {
  }

  std::string describe() const override
  {
    Settings const &s = settings_;
    bool const there = std::filesystem::exists(s.data.path);
    return fmt::format(
               "  {}\n"
               "  data       {}, {} ({})\n"
               "  experts    {}\n"
               "  training   {} outer steps ({} warm-up) of {} + {} inner steps, {}\n"
               "  seed       {}\n",
               s.title, s.data.source->name(), s.data.path, there ? "there" : "will be made",
               describe_experts(s), s.mixer.outer_steps, s.mixer.warmup, s.mixer.inner_context,
               s.mixer.inner_model, s.precision, s.seed) +
           check_parts(s, registry_);
  }

  Outcome run(RunRequest const &request) const override
  {
    return run_with(request, settings_, [&](RunStart &start) {
      return run_mixer(start, settings_, registry_, request.resume);
    });
  }

 private:
  Settings settings_;
  Registry const &registry_;
};

class MixtureKind final : public RunKind {
 public:
  std::vector<std::string> tables() const override
  {
    return {"experiment", "run",       "data",   "experts", "gate",
            "train",      "optimizer", "solver", "adapt",   "output"};
  }
  std::unique_ptr<Experiment> read(Config const &config, Registry const &registry) const override
  {
    return std::make_unique<MixtureExperiment>(Settings::read(config, registry), registry);
  }
  TrainedModel load(std::filesystem::path const &run, Registry const &registry) const override
  {
    return Model::load(run, registry);
  }
};

}  // namespace

void register_mixture_kind(Registry &registry)
{
  registry.add<RunKind>("mixture", "experts by kind: vector fields of families that it finds",
                        [](Section &) { return std::make_unique<MixtureKind>(); });
}

}  // namespace tessera::model
