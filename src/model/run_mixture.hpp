#pragma once

#include <tessera/model/experiment.hpp>
#include <tessera/model/sink.hpp>

#include "prepared_data.hpp"
#include "run_start.hpp"

namespace tessera::model {

/// Times and counts of a run, for summary.json.
struct RunFigures {
  train::StopReason reason = train::StopReason::finished;
  long outer_steps = 0;
  double train_seconds = 0, loss = 0, gflops = 0;
  double adapt_seconds = 0;
  long failed = 0;
  int experts = 0;     ///< that are in use: one where none were split off it
  std::string digest;  ///< FNV-1a of all parameters' bits: equal runs have equal digests
};

/// The family of every training environment, or nothing where routing cannot be judged by them:
/// one family is on one expert or on several by nature, and an unknown one is on none.
std::vector<int> families_to_find(domains::Dataset const &data);

/// Makes a mixture, begins the run, trains, adapts and evaluates; the result is complete only where
/// the run finished.
template <class T>
RunResult run_mixture(Settings const &settings, PreparedData const &data, RunStart &start,
                      bool resume, RunFigures &figures);

/// summary.json of a finished run (README, "What a run is").
std::string summarise(Settings const &settings, RunResult const &result, RunFigures const &figures,
                      double wall_seconds);

/// adapted.json: the expert and the context found for each new environment.
std::string describe_adapted(RunResult const &result);

}  // namespace tessera::model
