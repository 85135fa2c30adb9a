#pragma once

#include <filesystem>
#include <string>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/log.hpp>
#include <tessera/core/state.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/io/run_folder.hpp>
#include <tessera/model/experiment.hpp>

namespace tessera::model {

/// experiment.name, part of the name of the run's folder: one that leads nowhere else. Throws
/// ConfigError.
std::string read_name(Section &experiment);
/// run.walltime in seconds: a number of them, or text as Slurm reads it. Throws ConfigError.
double read_walltime(Section &run);

/// What a run says of itself in its folder.
struct RunIdentity {
  std::string name, title;
  std::uint64_t seed = 0;
  std::string given, resolved;  ///< TOML
};

/// What every kind of run does before its first step, in two halves: the folder is locked, then
/// data and parts are made, and only when all of that is good does anything in the folder change.
class RunStart {
 public:
  /// Locks the folder. Throws InputError; nothing was changed then.
  RunStart(RunRequest const &request, RunIdentity identity);

  /// All is read and made: empties the folder where that was asked for, writes what the run is and
  /// opens log.txt. Throws InputError, IoError.
  void begin();
  bool begun() const { return begun_; }
  /// Refuses data that lie where --force would remove them. Throws InputError.
  void spare(std::filesystem::path const &data) const;
  /// Says that the run stopped between its steps, and leaves a folder that --resume takes.
  void stopped(Stopped const &stop);
  /// A folder whose run was refused must not stand in the way of the next try.
  void leave_no_trace() const;

  io::RunFolder folder;
  Log log;
  Progress progress;
  bool finished = false;  ///< resumed, but there is nothing left to do

 private:
  void open_log() { late_.open((folder.path() / "log.txt").string()); }
  RunRequest const &request_;
  RunIdentity identity_;
  LateLog late_;
  bool begun_ = false;
};

/// The keys that every kind of run has: of [experiment] and [run]. Throws ConfigError.
template <class AnySettings>
void read_identity(Config const &config, AnySettings &s)
{
  Section experiment = config.section("experiment");
  s.name = read_name(experiment);
  s.title = experiment.get("title", s.name);
  Section run = config.section("run");
  s.seed = static_cast<std::uint64_t>(run.get_in("seed", 0, 0, 2147483647));
  s.walltime = read_walltime(run);
}

/// Those that every kind of run that trains has besides: of [output]. Throws ConfigError.
template <class AnySettings>
void read_run(Config const &config, AnySettings &s)
{
  read_identity(config, s);
  Section output = config.section("output");
  s.trainer.checkpoint_every = output.get_in("checkpoint_every", 10, 1, 1000000000);
  s.keep_checkpoints = output.get_in("keep_checkpoints", 2, 1, 1000000);
}

/// Reads the newest undamaged checkpoint into `state` and says so; returns the steps that are done,
/// 0 where there is none. `step`: what the run calls one; `data`: the digest of what it is trained
/// on. Throws IoError; InputError where the checkpoint was trained on other data.
long resume_run(io::RunFolder const &folder, State &state, Log const &log, std::string const &step,
                std::string const &data);

/// One run of the kind that `settings` are of; `go` does it, in a folder that is there.
template <class AnySettings, class Go>
Outcome run_with(RunRequest const &request, AnySettings const &settings, Go const &go)
{
  RunStart start(request,
                 {settings.name, settings.title, settings.seed, settings.given, settings.resolved});
  if (start.finished) return Outcome::done;
  WallTime const wall_time(settings.walltime);
  try {
    return go(start);
  } catch (InputError const &) {
    start.leave_no_trace();
    throw;
  } catch (Stopped const &stop) {
    start.stopped(stop);
    return Outcome::stopped;
  }
}

}  // namespace tessera::model
