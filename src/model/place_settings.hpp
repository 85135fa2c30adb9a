#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tessera/constraint/constrained_step.hpp>
#include <tessera/core/config.hpp>
#include <tessera/core/registry.hpp>
#include <tessera/model/sink.hpp>
#include <tessera/train/trainer.hpp>

namespace tessera::model {

/// `[test]`: what a trained network is measured on.
struct PlaceTest {
  std::string path;  ///< of true fields: read, or made where it is missing
  int samples = 20;
  std::uint64_t seed = 0;              ///< of the samples, whatever the run's
  double after = 0;                    ///< seconds: errors behind it are reported apart; 0: none
  int last_level = 0;                  ///< of the rows; 0: all
  std::vector<std::string> baselines;  ///< bases that need no training, measured beside
  int baseline_samples = 20;
  int queries = 5;  ///< single predictions that are timed
};

/// The config of a run that trains experts by place: a network through the constraint layer.
struct PlaceSettings {
  std::string name, title, method;
  std::uint64_t seed = 0;
  double walltime = 0;  ///< seconds of the process after which the run stops; 0: never
  train::TrainerOptions trainer;
  std::unique_ptr<domains::PdeFamily> family;
  constraint::BasisNetworkOptions network;
  constraint::ConstrainedOptions training;  ///< on its grid
  domains::SpaceTimeGrid grid;              ///< of the test
  PlaceTest test;
  int keep_checkpoints = 2;
  int predictions = 20;  ///< predicted fields that are kept
  std::vector<std::unique_ptr<Sink>> sinks;
  std::string resolved, given;  ///< TOML

  /// Throws ConfigError.
  static PlaceSettings read(Config const &config, Registry const &registry);
  /// How the test solves: all rows, those of its levels.
  constraint::ConstrainedOptions testing() const;
  bool constrained() const { return method != "pi_sc"; }
  /// Of the whole of space and time.
  std::size_t boxes() const;
};

/// Cells along each axis: "1024", "32 x 32".
std::string cells_text(domains::SpaceTimeGrid const &grid);

/// Names of bases that need no training.
std::vector<std::string> baseline_names();

}  // namespace tessera::model
