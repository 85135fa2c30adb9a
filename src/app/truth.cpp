#include <memory>

#include <tessera/core/collective.hpp>
#include <tessera/model/truth.hpp>

#include "commands.hpp"

namespace tessera::app {

namespace {

struct TruthWords {
  std::string samples, out, layout = "samples";
  std::size_t cells = 1024, levels = 101;
  std::uint64_t seed = 0;
  bool force = false, quiet = false;
};

std::string make(TruthWords const &o, MPI_Comm comm, int rank)
{
  model::TruthRequest request{.seed = o.seed, .cells = o.cells, .levels = o.levels, .file = o.out};
  do_together(comm, [&] {
    request.samples = model::sample_range(o.samples);
    request.layout = io::pdebench_layout(o.layout);
    if (rank == 0) refuse_existing(o.out, o.force);
  });
  return model::write_truth(comm, request, o.quiet ? Progress() : Progress::on(stderr, comm));
}

ExitCode execute(TruthWords const &o, MPI_Comm comm)
{
  int rank = 0;
  MPI_Comm_rank(comm, &rank);
  if (rank == 0) {
    print(make(o, comm, rank));
    return done;
  }
  // Every rank throws what one throws: rank 0 says it and ends with its code. A rank that ended
  // otherwise first would have the launcher kill rank 0 before it can speak.
  try {
    make(o, comm, rank);
  } catch (std::exception const &) {
  }
  return done;
}

}  // namespace

Command add_truth(CLI::App &program)
{
  auto const o = std::make_shared<TruthWords>();
  CLI::App *words = program.add_subcommand(
      "truth", "make true fields of the diffusion-sorption problem, in PDEBench's form");
  words->add_option("--samples", o->samples, "A:B for the samples A to B-1")->required();
  words->add_option("--out", o->out, "HDF5 file to write")->required();
  words->add_option("--layout", o->layout, "samples (a group for each) or tensor")
      ->capture_default_str();
  words->add_option("--cells", o->cells, "cells of the grid")
      ->check(CLI::Range(4, 1 << 20))
      ->capture_default_str();
  words->add_option("--levels", o->levels, "stored times, 0 and 500 s among them")
      ->check(CLI::Range(4, 1 << 20))
      ->capture_default_str();
  words->add_option("--seed", o->seed, "what initial values are drawn from")
      ->check(CLI::Range(0, 2147483647))
      ->capture_default_str();
  words->add_flag("--force", o->force, "write over a file that is there");
  words->add_flag("--quiet", o->quiet, "no progress bar");
  words->footer(
      "Example:\n  tessera truth --samples 0:100 --out diffusion_sorption.h5\n"
      "  mpirun -n 8 tessera truth --samples 0:10000 --out diffusion_sorption.h5");
  return {.words = words,
          .execute = [o](MPI_Comm comm) { return execute(*o, comm); },
          .on_many = true,
          .stops = true};
}

}  // namespace tessera::app
