#include <memory>

#include <tessera/io/report.hpp>

#include "commands.hpp"

namespace tessera::app {

namespace {

struct ReportWords {
  std::vector<std::filesystem::path> runs;
  bool csv = false;
  std::string out;
};

ExitCode execute(ReportWords const &options)
{
  auto const form = options.csv ? io::ReportForm::csv : io::ReportForm::markdown;
  std::string const text = io::report(io::read_summaries(options.runs), form);
  if (options.out.empty()) {
    print(text);
  } else {
    io::write_report(options.out, text);
  }
  return done;
}

}  // namespace

Command add_report(CLI::App &program)
{
  auto const options = std::make_shared<ReportWords>();
  CLI::App *words = program.add_subcommand("report", "a table of finished runs, to compare them");
  words
      ->add_option("RUN", options->runs,
                   "run folders; what --out was for --seeds stands for the folders of all seeds")
      ->required();
  words->add_flag("--csv", options->csv, "comma-separated, with every number of summary.json");
  words->add_option("--out", options->out, "file to write instead of standard output");
  words->footer(
      "Example:\n  tessera report runs/odebench4_seed0 runs/odebench4_seed1\n\nOne row a run, and "
      "mean ± sample standard deviation (n - 1) over the runs of an experiment.\nExit code 2 where "
      "a folder holds no finished run.");
  return {words, [options](MPI_Comm) { return execute(*options); }};
}

}  // namespace tessera::app
