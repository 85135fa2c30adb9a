#pragma once

#include <functional>
#include <string>
#include <vector>

#include <mpi.h>
#include <CLI/CLI.hpp>

namespace tessera::app {

/// What the program ends with; scripts and batch systems rely on these.
enum ExitCode : int {
  done = 0,
  failed = 1,     ///< the run failed
  bad_input = 2,  ///< config, arguments or data cannot be used
  stopped = 3,    ///< stopped on a signal or wall time, checkpoint written
};

/// One word of the program: what it takes, and what it does once everything is up, in the
/// communicator of the Runtime.
struct Command {
  CLI::App *words;
  std::function<ExitCode(MPI_Comm)> execute;
  bool on_many = false;  ///< shares its work out over the processes of a communicator
  bool stops = false;    ///< ends by itself, with `stopped`, where a signal asks for it
};

Command add_run(CLI::App &program);
Command add_check(CLI::App &program);
Command add_list(CLI::App &program);
Command add_info(CLI::App &program);
Command add_bench(CLI::App &program);
Command add_adapt(CLI::App &program);
Command add_predict(CLI::App &program);
Command add_export(CLI::App &program);
Command add_report(CLI::App &program);
Command add_truth(CLI::App &program);

/// Writes a result to standard output; throws IoError where nobody can take it.
void print(std::string const &text);

/// Refuses "", which an unset variable of a shell leaves behind.
CLI::Validator not_empty();

/// "0,1,2" as numbers >= 0, each once; throws InputError.
std::vector<int> parse_seeds(std::string const &text);

/// Throws InputError where `file` is there and may not be written over.
void refuse_existing(std::string const &file, bool force);

/// Throws InputError where a table calls its states otherwise than the model, or has them in
/// another order.
void require_states(std::string const &input, std::vector<std::string> const &of_model);

/// Settings that must be in the environment before MPI and Kokkos start. `threads` = 0 means all
/// cores the process may use. What the user has set is left alone.
void prepare_environment(int threads);

/// Throws InputError, with the nearest word that exists, about what no part of `command` has taken.
void refuse_unknown_words(CLI::App const &command);

}  // namespace tessera::app
