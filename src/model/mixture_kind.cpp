#include <chrono>
#include <filesystem>

#include <fmt/format.h>

#include <tessera/model/run_kind.hpp>

#include "run_kinds.hpp"
#include "run_mixture.hpp"
#include "run_start.hpp"
#include "settings.hpp"

namespace tessera::model {
namespace {

RunResult run_with_precision(Settings const &s, domains::Dataset const &data, RunStart &start,
                             bool resume, RunFigures &figures)
{
  if (s.precision == "float64") return run_mixture<double>(s, data, start, resume, figures);
  return run_mixture<float>(s, data, start, resume, figures);
}

void report_figures(Log const &log, RunResult const &r, RunFigures const &f)
{
  auto const &test = r.test.metrics, &query = r.query.metrics;
  log.info("trained {} outer steps in {:.1f} s ({:.1f} GFlop/s), parameters {}", f.outer_steps,
           f.train_seconds, f.gflops, f.digest);
  log.info("test:  mse {:.2e}, rel_l2 {:.2e}, tprmse {:.2f}", test.mean(test.mse),
           test.mean(test.rel_l2), test.tprmse());
  if (query.mse.empty()) return;
  log.info("adapt: mse {:.2e}, rel_l2 {:.2e}, tprmse {:.2f}", query.mean(query.mse),
           query.mean(query.rel_l2), query.tprmse());
}

Outcome run_mixer(RunStart &start, Settings const &settings, Registry const &registry, bool resume)
{
  auto const begin = std::chrono::steady_clock::now();
  io::RunFolder const &folder = start.folder;
  Log const &log = start.log;
  start.spare(settings.data.path);
  domains::Dataset const data =
      load_data(settings.data, settings.seed, registry, log, start.progress);
  RunFigures figures;
  RunResult const result = run_with_precision(settings, data, start, resume, figures);
  if (figures.reason != train::StopReason::finished) {
    log.info("stopped after outer step {} with a checkpoint; go on with --resume",
             figures.outer_steps);
    return figures.reason == train::StopReason::stop_after ? Outcome::done : Outcome::stopped;
  }
  for (auto const &sink : settings.sinks) {
    throw_if_stopped();
    sink->write(result, folder);
  }
  std::chrono::duration<double> const wall = std::chrono::steady_clock::now() - begin;
  if (data.support.size() > 0) folder.write("adapted.json", describe_adapted(result));
  folder.write("summary.json", summarise(settings, result, figures, wall.count()));
  report_figures(log, result, figures);
  log.info("pictures in {}, figures in {}", folder.plots().string(),
           (folder.path() / "summary.json").string());
  return Outcome::done;
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
    auto const bank = s.expert_kind->make_float(2);
    bool const there = std::filesystem::exists(s.data.path);
    return fmt::format(
        "  {}\n"
        "  data       {}, {} ({})\n"
        "  experts    {} x {}, {} parameters each, context size {}\n"
        "  training   {} outer steps ({} warm-up) of {} + {} inner steps, {}\n"
        "  seed       {}\n",
        s.title, s.data.source->name(), s.data.path, there ? "there" : "will be made", s.experts,
        bank->kind(), bank->row_size(), bank->context_size(), s.mixer.outer_steps, s.mixer.warmup,
        s.mixer.inner_context, s.mixer.inner_model, s.precision, s.seed);
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
