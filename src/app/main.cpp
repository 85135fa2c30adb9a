#include <csignal>
#include <exception>
#include <iostream>
#include <new>

#include <tessera/core/error.hpp>
#include <tessera/core/runtime.hpp>
#include <tessera/core/stop.hpp>
#include <tessera/io/versions.hpp>

#include "commands.hpp"

namespace tessera::app {

namespace {

struct Program {
  CLI::App words{"Tessera: mixtures of experts on physics", "tessera"};
  std::vector<Command> commands;
  int threads = 0;
};

void describe(Program &program)
{
  CLI::App &words = program.words;
  words.set_version_flag("--version", "tessera " + io::build_description().front().second);
  words.footer(
      "Example:\n  tessera run experiments/odebench4/experiment.toml --out runs/first\n\n"
      "The script ./tessera of the source tree also has the words setup, build, test and install");
  words.allow_extras();
  for (auto const add : {add_run, add_check, add_export, add_adapt, add_predict, add_report,
                         add_truth, add_list, add_info, add_bench}) {
    Command const command = program.commands.emplace_back(add(words));
    command.words->allow_extras();
    for (CLI::Option *option : command.words->get_options()) {
      if (option->get_items_expected_max() > 0) option->check(not_empty());
    }
    command.words
        ->add_option("--threads", program.threads,
                     "threads to compute with (default: all cores the process may use)")
        ->check(CLI::Range(1, 4096));
  }
}

Command const *chosen(Program const &program)
{
  for (Command const &command : program.commands) {
    if (command.words->parsed()) return &command;
  }
  return nullptr;
}

/// The command, or an exit code where there is nothing more to do (--help).
Command const *parse(Program &program, int argc, char **argv, int &code)
{
  try {
    program.words.parse(argc, argv);
    // The program first: a misspelt word leaves everything behind it over.
    refuse_unknown_words(program.words);
    Command const *command = chosen(program);
    if (!command) throw InputError("tessera: which word? tessera --help shows what there is");
    refuse_unknown_words(*command->words);
    return command;
  } catch (CLI::ParseError const &problem) {
    if (problem.get_exit_code() == 0) {
      code = program.words.exit(problem);
      return nullptr;
    }
    Command const *command = chosen(program);
    std::string const name = command ? "tessera " + command->words->get_name() : "tessera";
    throw InputError(name + ": " + problem.what() + "; " + name + " --help shows what there is");
  }
}

/// Most words are one process's: what several would do at once, the first of them refuses. The
/// others end well, for a launcher kills the first before it can speak where one of them fails.
bool is_alone(Command const &command, Runtime const &runtime)
{
  int processes = 1;
  MPI_Comm_size(runtime.comm(), &processes);
  if (processes == 1) return true;
  if (runtime.rank() > 0) return false;
  std::string const name = command.words->get_name();
  throw InputError("tessera " + name + " runs in one process and was started in " +
                   std::to_string(processes) +
                   "; start it without mpirun (threads use all cores), or several runs one by one");
}

int execute(int argc, char **argv)
{
  Program program;
  describe(program);
  int code = done;
  Command const *command = parse(program, argc, argv, code);
  if (!command) return code;
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
  if (command->stops) stop_on_signals();
  prepare_environment(program.threads);
  int own_argc = 1;  // the words are ours, not MPI's or Kokkos's
  Runtime const runtime(own_argc, argv);
  if (!command->on_many && !is_alone(*command, runtime)) return done;
  return command->execute(runtime.comm());
}

int report(ExitCode code, std::string const &text)
{
  std::cerr << text << std::endl;
  return code;
}

}  // namespace

}  // namespace tessera::app

int main(int argc, char **argv)
{
  using namespace tessera::app;
  try {
    return execute(argc, argv);
  } catch (tessera::InputError const &error) {
    return report(bad_input, error.what());
  } catch (tessera::Stopped const &stop) {
    return report(stopped, std::string("tessera: ") + stop.what() + "; nothing was written");
  } catch (std::bad_alloc const &) {
    return report(failed,
                  "tessera: out of memory; make the batch, the experts or the grid smaller");
  } catch (std::exception const &error) {
    return report(failed, std::string("tessera: ") + error.what());
  }
}
