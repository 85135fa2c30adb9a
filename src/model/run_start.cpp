#include "run_start.hpp"

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/io/checkpoint.hpp>

namespace tessera::model {

std::filesystem::path folder_of(RunRequest const &request, std::string const &name,
                                std::uint64_t seed)
{
  if (!request.out.empty()) return request.out;
  return std::filesystem::path("runs") / fmt::format("{}_seed{}", name, seed);
}

io::FolderMode mode_of(RunRequest const &request)
{
  if (request.resume) return io::FolderMode::resume;
  return request.force ? io::FolderMode::force : io::FolderMode::fresh;
}

void refuse_another_config(io::RunFolder const &folder, std::string const &resolved)
{
  auto const file = folder.path() / "config.resolved.toml";
  bool const nothing_yet = io::list_checkpoints(folder.checkpoints()).empty();
  if (nothing_yet || !std::filesystem::exists(file)) return;
  auto const differences = config_differences(
      Config::load(file).text(), resolved,
      {"train.stop_after", "run.walltime", "output", "experiment.type"});  // tables differ with it
  if (differences.empty()) return;
  throw InputError(
      fmt::format("{}: cannot resume with another config: {}\n"
                  "resume with the one it was started with, or take another --out",
                  folder.path().string(), fmt::join(differences, ", ")));
}

RunStart start_run(RunRequest const &request, std::string const &name, std::string const &title,
                   std::uint64_t seed, std::string const &given, std::string const &resolved)
{
  RunStart start{.folder = {folder_of(request, name, seed), mode_of(request)}};
  io::RunFolder const &folder = start.folder;
  if (request.resume) refuse_another_config(folder, resolved);
  start.log = make_program_log((folder.path() / "log.txt").string(),
                               request.quiet ? LogLevel::warning : LogLevel::info);
  start.progress = request.quiet ? Progress() : Progress::on(stderr, request.comm);
  if (request.resume && std::filesystem::exists(folder.path() / "summary.json")) {
    start.log.info("{} is finished: nothing to resume", folder.path().string());
    start.finished = true;
    return start;
  }
  folder.write("config.toml", given);
  folder.write("config.resolved.toml", resolved);
  folder.write("run.json", io::describe_run(name, seed, request.comm));
  start.log.info("{} into {}", title, folder.path().string());
  return start;
}

long resume_run(io::RunFolder const &folder, State &state, Log const &log, std::string const &step)
{
  auto const header = io::resume_newest(folder.checkpoints(), state,
                                        [&](std::string const &text) { log.warning("{}", text); });
  if (!header) {
    log.info("nothing to resume in {}: starting from the beginning", folder.path().string());
    return 0;
  }
  log.info("resuming after {} {}", step, header->step);
  return header->step;
}

void leave_no_trace(RunRequest const &request, io::RunFolder const &folder)
{
  if (request.resume || !io::list_checkpoints(folder.checkpoints()).empty()) return;
  std::filesystem::remove_all(folder.path());
}

}  // namespace tessera::model
