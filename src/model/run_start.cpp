#include "run_start.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <tessera/core/config.hpp>
#include <tessera/core/error.hpp>
#include <tessera/io/checkpoint.hpp>

namespace tessera::model {
namespace {

/// `out`, or runs/<name>_seed<seed>.
std::filesystem::path folder_of(RunRequest const &request, RunIdentity const &identity)
{
  if (!request.out.empty()) return request.out;
  return std::filesystem::path("runs") / fmt::format("{}_seed{}", identity.name, identity.seed);
}

io::FolderMode mode_of(RunRequest const &request)
{
  if (request.resume) return io::FolderMode::resume;
  return request.force ? io::FolderMode::force : io::FolderMode::fresh;
}

/// A checkpoint continues only the run it came from: throws InputError where `resolved` differs
/// from the folder's config in more than how far and how long this part goes, and what is written.
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

}  // namespace

std::string read_name(Section &experiment)
{
  constexpr std::size_t longest = 200;
  std::string const name = experiment.get("name", "run");
  bool const control =
      std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
  if (!name.empty() && name.size() <= longest && name != "." && name != ".." && !control &&
      name.find('/') == std::string::npos) {
    return name;
  }
  experiment.fail("name", fmt::format("names the run's folder below runs/: write a name of 1 to {} "
                                      "letters without \"/\", or give the folder with --out",
                                      longest));
}

RunStart::RunStart(RunRequest const &request, RunIdentity identity)
    : folder(folder_of(request, identity), mode_of(request)),
      request_(request),
      identity_(std::move(identity)),
      late_(request.quiet ? LogLevel::warning : LogLevel::info)
{
  if (request.resume) refuse_another_config(folder, identity_.resolved);
  log = late_.log();
  progress = request.quiet ? Progress() : Progress::on(stderr, request.comm);
  if (!request.resume || !std::filesystem::exists(folder.path() / "summary.json")) return;
  open_log();
  log.info("{} is finished: nothing to resume", folder.path().string());
  finished = true;
}

void RunStart::begin()
{
  folder.begin();
  begun_ = true;
  open_log();
  folder.write("config.toml", identity_.given);
  folder.write("config.resolved.toml", identity_.resolved);
  folder.write("run.json", io::describe_run(identity_.name, identity_.seed, request_.comm));
  log.info("{} into {}", identity_.title, folder.path().string());
}

void RunStart::spare(std::filesystem::path const &data) const
{
  std::error_code ignored;
  if (!request_.force || data.empty() || !std::filesystem::exists(data, ignored)) return;
  auto const inside = std::filesystem::weakly_canonical(data).lexically_relative(
      std::filesystem::weakly_canonical(folder.path()));
  if (inside.empty() || *inside.begin() == "..") return;
  throw InputError(
      fmt::format("{}: these data lie in the run folder {}, which --force empties; move them, or "
                  "choose another --out",
                  data.string(), folder.path().string()));
}

void RunStart::stopped(Stopped const &stop)
{
  if (!begun_ && request_.force) {
    log.info("{} before the run began; nothing was changed: give the same command again",
             stop.what());
    return;
  }
  if (!begun_) begin();
  log.info("{}; what was trained is kept: go on with --resume", stop.what());
}

void RunStart::leave_no_trace() const
{
  bool const fresh = begun_ && !request_.resume && !request_.force;
  if (!fresh || !io::list_checkpoints(folder.checkpoints()).empty()) return;
  std::filesystem::remove_all(folder.path());
}

long resume_run(io::RunFolder const &folder, State &state, Log const &log, std::string const &step,
                std::string const &data)
{
  auto const header = io::resume_newest(folder.checkpoints(), state, data,
                                        [&](std::string const &text) { log.warning("{}", text); });
  if (!header) {
    log.info("nothing to resume in {}: starting from the beginning", folder.path().string());
    return 0;
  }
  log.info("resuming after {} {}", step, header->step);
  return header->step;
}

}  // namespace tessera::model
