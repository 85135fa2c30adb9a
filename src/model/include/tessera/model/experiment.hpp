#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <mpi.h>

#include <tessera/core/log.hpp>
#include <tessera/core/progress.hpp>
#include <tessera/core/registry.hpp>

namespace tessera::model {

/// Adds everything Tessera ships to the seams.
void register_builtins(Registry &registry);

/// What `tessera run` was asked for.
struct RunRequest {
  std::filesystem::path config;
  std::vector<std::string> overrides;  ///< key=value
  std::filesystem::path out;           ///< empty: runs/<experiment>_seed<seed>
  bool resume = false;
  bool force = false;
  bool quiet = false;  ///< no progress bar, warnings only on the terminal
  /// Runtime::comm(): the ranks that run.json counts, the first of which shows progress.
  MPI_Comm comm = MPI_COMM_SELF;
};

enum class Outcome { done, stopped };

/// Runs one experiment into its run folder (README, "What a run is"). Throws InputError (nothing
/// was started), IoError or SolverError (the last good checkpoint stays).
Outcome run(RunRequest const &request, Registry const &registry);

/// Reads config and overrides, opens every file, makes every part and takes one shrunken step,
/// without running or writing anything. Needs a Runtime. Returns a few lines
/// for the user: what would run, on what data, how large. Throws ConfigError or InputError.
std::string check(std::filesystem::path const &config, std::vector<std::string> const &overrides,
                  Registry const &registry);

/// Writes the data of an experiment, made or read as `run` would, as NumPy archives in the
/// published layout (io/published_layout.hpp) into `folder`, environments in the published order:
/// data.type = "npz" with the same seed gives the same run, bit for bit. Returns a line for the
/// user. Throws as `run`.
std::string export_data(std::filesystem::path const &config,
                        std::vector<std::string> const &overrides,
                        std::filesystem::path const &folder, Registry const &registry,
                        Progress progress = {});

/// Names and one-line descriptions of a seam ("run_kinds", "domains", "families", "pde_families",
/// "experts", "gates", "solvers", "sinks"), or of all seams where `seam` is empty, as text for the
/// terminal. Throws InputError on another word.
std::string list(std::string const &seam, Registry const &registry);

}  // namespace tessera::model
