#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <mpi.h>

#include <tessera/core/progress.hpp>
#include <tessera/domains/sample_rounds.hpp>
#include <tessera/io/pdebench.hpp>

namespace tessera::model {

/// True fields of the diffusion-sorption problem, to be made and written.
struct TruthRequest {
  domains::SampleRange samples;  ///< by number; the same sample is the same in every request
  std::uint64_t seed = 0;
  std::size_t cells = 1024;  ///< 4 at least
  std::size_t levels = 101;  ///< over 500 s
  std::filesystem::path file;
  io::PdebenchLayout layout = io::PdebenchLayout::samples;
};

/// "A:B" as the samples A … B-1; throws InputError for other words and for none.
domains::SampleRange sample_range(std::string const &text);

/// Makes the samples on the ranks of `comm`, writes them from rank 0 and returns one line that says
/// so. Collective; an error of any rank is thrown by all. Needs a Runtime. Throws SolverError,
/// IoError; Stopped where a stop was asked for. Behind an error the file is as it was.
std::string write_truth(MPI_Comm comm, TruthRequest const &request, Progress progress = {});

}  // namespace tessera::model
