#pragma once

#include <filesystem>
#include <string>

#include <tessera/core/log.hpp>
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

/// A folder whose run was refused by its data must not stand in the way of the next try.
void leave_no_trace(RunRequest const &request, io::RunFolder const &folder);

/// Largest memory of this process so far, in MB.
double peak_rss_mb();

}  // namespace tessera::model
