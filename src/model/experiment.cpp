#include <tessera/model/experiment.hpp>

#include <chrono>
#include <filesystem>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/io/published_layout.hpp>
#include <tessera/io/run_folder.hpp>

#include "model_card.hpp"
#include "oracle.hpp"
#include "run_mixture.hpp"
#include "run_place.hpp"
#include "run_start.hpp"
#include "settings.hpp"

namespace tessera::model {
namespace {

RunResult run_with_precision(Settings const &s, domains::Dataset const &data,
                             io::RunFolder const &folder, bool resume, Log const &log,
                             Progress const &progress, RunFigures &figures)
{
  if (s.precision == "float64") {
    return run_mixture<double>(s, data, folder, resume, log, progress, figures);
  }
  return run_mixture<float>(s, data, folder, resume, log, progress, figures);
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

Outcome run_mixer(RunStart const &start, Settings const &settings, Registry const &registry,
                  bool resume)
{
  auto const begin = std::chrono::steady_clock::now();
  io::RunFolder const &folder = start.folder;
  Log const &log = start.log;
  domains::Dataset const data =
      load_data(settings.data, settings.seed, registry, log, start.progress);
  folder.write("model.json", describe_model(data));
  RunFigures figures;
  RunResult const result =
      run_with_precision(settings, data, folder, resume, log, start.progress, figures);
  if (figures.reason != train::StopReason::finished) {
    log.info("stopped after outer step {} with a checkpoint; go on with --resume",
             figures.outer_steps);
    return figures.reason == train::StopReason::stop_after ? Outcome::done : Outcome::stopped;
  }
  for (auto const &sink : settings.sinks) sink->write(result, folder);
  std::chrono::duration<double> const wall = std::chrono::steady_clock::now() - begin;
  if (data.support.size() > 0) folder.write("adapted.json", describe_adapted(result));
  folder.write("summary.json", summarise(settings, result, figures, wall.count()));
  report_figures(log, result, figures);
  log.info("pictures in {}, figures in {}", folder.plots().string(),
           (folder.path() / "summary.json").string());
  return Outcome::done;
}

/// One run of the kind that `settings` are of; `go` does it, in a folder that is there.
template <class AnySettings, class Go>
Outcome run_with(RunRequest const &request, AnySettings const &s, Go const &go)
{
  RunStart const start = start_run(request, s.name, s.title, s.seed, s.given, s.resolved);
  if (start.finished) return Outcome::done;
  try {
    return go(start);
  } catch (InputError const &) {
    leave_no_trace(request, start.folder);
    throw;
  }
}

}  // namespace

Outcome run(RunRequest const &request, Registry const &registry)
{
  Config const config = Config::load(request.config, request.overrides);
  if (config.has_section("oracle")) {
    auto const settings = OracleSettings::read(config);
    return run_with(request, settings, [&](RunStart const &start) {
      run_oracle(settings, start.folder, start.log, start.progress);
      return Outcome::done;
    });
  }
  if (config.has_section("network")) {
    auto const settings = PlaceSettings::read(config, registry);
    return run_with(request, settings, [&](RunStart const &start) {
      return run_place(settings, start, request.resume);
    });
  }
  Settings const settings = Settings::read(config, registry);
  return run_with(request, settings, [&](RunStart const &start) {
    return run_mixer(start, settings, registry, request.resume);
  });
}

std::string export_data(std::filesystem::path const &config,
                        std::vector<std::string> const &overrides,
                        std::filesystem::path const &folder, Registry const &registry,
                        Progress progress)
{
  Settings const s = Settings::read(Config::load(config, overrides), registry);
  domains::Dataset data = s.data.source->make(s.seed, registry, progress);
  domains::restore_environments(data, s.seed);
  io::write_published(folder, data);
  return fmt::format("{}: {} environments x {} trajectories x {} times x {} states of {}, seed {}",
                     folder.string(), data.train.size(), data.train.count, data.train.points,
                     data.train.dimension, s.data.source->name(), s.seed);
}

std::string check(std::filesystem::path const &file, std::vector<std::string> const &overrides,
                  Registry const &registry)
{
  Config const config = Config::load(file, overrides);
  if (config.has_section("oracle")) {
    OracleSettings const s = OracleSettings::read(config);
    return fmt::format(
        "{}: good\n  {}\n  experts    {} x {} boxes, {} functions each\n"
        "  data       {} + {} true fields, {} levels x {} cells\n  seed       {}\n",
        file.string(), s.title, s.boxes_in_time, s.boxes_in_space, s.functions, s.fields, s.samples,
        s.grid.levels, s.grid.cells, s.seed);
  }
  if (config.has_section("network")) {
    return fmt::format("{}: good\n{}", file.string(),
                       describe_place(PlaceSettings::read(config, registry)));
  }
  Settings const s = Settings::read(config, registry);
  auto const bank = s.expert_kind->make_float(2);
  bool const there = std::filesystem::exists(s.data.path);
  return fmt::format(
      "{}: good\n"
      "  {}\n"
      "  data       {}, {} ({})\n"
      "  experts    {} x {}, {} parameters each, context size {}\n"
      "  training   {} outer steps ({} warm-up) of {} + {} inner steps, {}\n"
      "  seed       {}\n",
      file.string(), s.title, s.data.source->name(), s.data.path, there ? "there" : "will be made",
      s.experts, bank->kind(), bank->row_size(), bank->context_size(), s.mixer.outer_steps,
      s.mixer.warmup, s.mixer.inner_context, s.mixer.inner_model, s.precision, s.seed);
}

}  // namespace tessera::model
