#include <tessera/model/experiment.hpp>

#include <chrono>
#include <filesystem>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/io/checkpoint.hpp>
#include <tessera/io/published_layout.hpp>
#include <tessera/io/run_folder.hpp>

#include "model_card.hpp"
#include "oracle.hpp"
#include "run_mixture.hpp"
#include "settings.hpp"

namespace tessera::model {
namespace {

template <class AnySettings>
std::filesystem::path folder_of(RunRequest const &request, AnySettings const &settings)
{
  if (!request.out.empty()) return request.out;
  return std::filesystem::path("runs") / fmt::format("{}_seed{}", settings.name, settings.seed);
}

io::FolderMode mode_of(RunRequest const &request)
{
  if (request.resume) return io::FolderMode::resume;
  return request.force ? io::FolderMode::force : io::FolderMode::fresh;
}

/// A checkpoint continues only the run it came from: what may change is how far and how long this
/// part goes, and what is written.
void refuse_another_config(io::RunFolder const &folder, Settings const &settings)
{
  auto const file = folder.path() / "config.resolved.toml";
  bool const nothing_yet = io::list_checkpoints(folder.checkpoints()).empty();
  if (nothing_yet || !std::filesystem::exists(file)) return;
  auto const differences = config_differences(Config::load(file).text(), settings.resolved,
                                              {"train.stop_after", "run.walltime", "output"});
  if (differences.empty()) return;
  throw InputError(
      fmt::format("{}: cannot resume with another config: {}\n"
                  "resume with the one it was started with, or take another --out",
                  folder.path().string(), fmt::join(differences, ", ")));
}

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

}  // namespace

namespace {

Outcome run_in(io::RunFolder const &folder, RunRequest const &request, Settings const &settings,
               Registry const &registry)
{
  auto const begin = std::chrono::steady_clock::now();
  if (request.resume) refuse_another_config(folder, settings);
  Log const log = make_program_log((folder.path() / "log.txt").string(),
                                   request.quiet ? LogLevel::warning : LogLevel::info);
  if (request.resume && std::filesystem::exists(folder.path() / "summary.json")) {
    log.info("{} is finished: nothing to resume", folder.path().string());
    return Outcome::done;
  }
  folder.write("config.toml", settings.given);
  folder.write("config.resolved.toml", settings.resolved);
  folder.write("run.json", io::describe_run(settings.name, settings.seed));
  log.info("{} into {}", settings.title, folder.path().string());

  Progress const progress = request.quiet ? Progress() : Progress::on(stderr);
  domains::Dataset const data = load_data(settings.data, settings.seed, registry, log, progress);
  folder.write("model.json", describe_model(data));
  RunFigures figures;
  RunResult const result =
      run_with_precision(settings, data, folder, request.resume, log, progress, figures);
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

}  // namespace

Outcome run_on_oracles(RunRequest const &request, Config const &config)
{
  OracleSettings const settings = OracleSettings::read(config);
  io::RunFolder const folder(folder_of(request, settings), mode_of(request));
  Log const log = make_program_log((folder.path() / "log.txt").string(),
                                   request.quiet ? LogLevel::warning : LogLevel::info);
  if (request.resume && std::filesystem::exists(folder.path() / "summary.json")) {
    log.info("{} is finished: nothing to resume", folder.path().string());
    return Outcome::done;
  }
  folder.write("config.toml", settings.given);
  folder.write("config.resolved.toml", settings.resolved);
  folder.write("run.json", io::describe_run(settings.name, settings.seed));
  log.info("{} into {}", settings.title, folder.path().string());
  try {
    run_oracle(settings, folder, log, request.quiet ? Progress() : Progress::on(stderr));
  } catch (InputError const &) {
    std::filesystem::remove_all(folder.path());  // it must not stand in the way of the next try
    throw;
  }
  return Outcome::done;
}

Outcome run(RunRequest const &request, Registry const &registry)
{
  Config const config = Config::load(request.config, request.overrides);
  if (config.has_section("oracle")) return run_on_oracles(request, config);
  Settings const settings = Settings::read(config, registry);
  io::RunFolder const folder(folder_of(request, settings), mode_of(request));
  try {
    return run_in(folder, request, settings, registry);
  } catch (InputError const &) {
    // Refused by its data before the first step: the folder must not stand in the way of the next
    // try.
    if (!request.resume && io::list_checkpoints(folder.checkpoints()).empty()) {
      std::filesystem::remove_all(folder.path());
    }
    throw;
  }
}

std::string export_data(std::filesystem::path const &config,
                        std::vector<std::string> const &overrides,
                        std::filesystem::path const &folder, Registry const &registry, bool quiet)
{
  Settings const s = Settings::read(Config::load(config, overrides), registry);
  Progress const progress = quiet ? Progress() : Progress::on(stderr);
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
