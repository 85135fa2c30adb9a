#pragma once

#include <filesystem>
#include <string>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/log.hpp>
#include <tessera/core/state.hpp>
#include <tessera/io/run_folder.hpp>
#include <tessera/model/experiment.hpp>

namespace tessera::model {

/// What every kind of run does before its first step.
struct RunStart {
  io::RunFolder folder;
  Log log;
  Progress progress;
  bool finished = false;  ///< resumed, but there is nothing left to do
};

/// The keys that every kind of run that trains has: of [experiment], [run] and [output]. Throws
/// ConfigError.
template <class AnySettings>
void read_run(Config const &config, AnySettings &s)
{
  Section experiment = config.section("experiment");
  s.name = experiment.get("name", "run");
  s.title = experiment.get("title", s.name);
  Section run = config.section("run");
  s.seed = static_cast<std::uint64_t>(run.get_in("seed", 0, 0, 2147483647));
  s.trainer.walltime = run.get_in("walltime", 0.0, 0.0, 1e9);
  Section output = config.section("output");
  s.trainer.checkpoint_every = output.get_in("checkpoint_every", 10, 1, 1000000000);
  s.keep_checkpoints = output.get_in("keep_checkpoints", 2, 1, 1000000);
}

/// `out`, or runs/<name>_seed<seed>.
std::filesystem::path folder_of(RunRequest const &request, std::string const &name,
                                std::uint64_t seed);
io::FolderMode mode_of(RunRequest const &request);

/// A checkpoint continues only the run it came from: throws InputError where `resolved` differs
/// from the folder's config in more than how far and how long this part goes, and what is written.
void refuse_another_config(io::RunFolder const &folder, std::string const &resolved);

/// Opens the folder and its log and writes what the run is. Throws InputError, IoError.
RunStart start_run(RunRequest const &request, std::string const &name, std::string const &title,
                   std::uint64_t seed, std::string const &given, std::string const &resolved);

/// Reads the newest undamaged checkpoint into `state` and says so; returns the steps that are done,
/// 0 where there is none. `step`: what the run calls one. Throws IoError.
long resume_run(io::RunFolder const &folder, State &state, Log const &log, std::string const &step);

/// A folder whose run was refused by its data must not stand in the way of the next try.
void leave_no_trace(RunRequest const &request, io::RunFolder const &folder);

/// One run of the kind that `settings` are of; `go` does it, in a folder that is there.
template <class AnySettings, class Go>
Outcome run_with(RunRequest const &request, AnySettings const &settings, Go const &go)
{
  RunStart const start = start_run(request, settings.name, settings.title, settings.seed,
                                   settings.given, settings.resolved);
  if (start.finished) return Outcome::done;
  try {
    return go(start);
  } catch (InputError const &) {
    leave_no_trace(request, start.folder);
    throw;
  }
}

}  // namespace tessera::model
