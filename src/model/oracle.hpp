#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/progress.hpp>

#include "constraint_settings.hpp"
#include "run_start.hpp"

namespace tessera::model {

/// True fields: those that bases are made of and those that are solved for.
struct OracleFields {
  domains::SpaceTimeGrid grid;
  std::vector<std::vector<double>> known, unseen;  ///< each (level, cell)
  std::vector<domains::PdeSample> problems;        ///< those of the unseen ones, of one equation

  static OracleFields make(OracleSettings const &settings, Progress progress);
  /// POD of the known fields; where `lift`, of what remains of them behind lift and distance.
  std::unique_ptr<constraint::BasisBank> pod(int functions, bool lift) const;
  domains::Pde const &pde() const { return *problems.front().pde; }
};

/// One row of a table: what was solved and how it went.
struct OracleRow {
  std::string label;
  int functions = 0;
  std::size_t boxes = 1, samples = 0, converged = 0;
  double error_mean = 0, error_std = 0, error_max = 0, jump = 0, mass = 0;
  double condition = 0, iterations_mean = 0, residual_mean = 0, seconds = 0;
  int iterations = 0, frozen = 0;
  std::string note;
};

/// Solves for the first `samples` unseen fields (all where 0). `first`, where given, takes the
/// first sample's solution.
OracleRow measure(OracleFields const &fields, std::string const &label,
                  constraint::BasisBank const &bank, constraint::LayerOptions const &options,
                  std::size_t in_time, std::size_t in_space, std::size_t samples = 0,
                  constraint::PlacedSolution *first = nullptr);

/// One sample, one iteration: throws InputError where options and grid contradict each other.
void try_layer(OracleFields const &fields, constraint::BasisBank const &bank,
               constraint::LayerOptions options, std::size_t in_time, std::size_t in_space);

/// Names of the tables a run can make, and one of them as Markdown.
std::vector<std::string> table_names();
/// The same for what a table tries.
void try_table(std::string const &name, OracleFields const &fields);
std::string make_table(std::string const &name, OracleFields const &fields, std::uint64_t seed,
                       Progress &progress);

/// The run itself, into its folder.
void run_oracle(OracleSettings const &settings, RunStart &start);

}  // namespace tessera::model
