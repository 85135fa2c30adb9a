#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tessera/core/config.hpp>
#include <tessera/core/log.hpp>
#include <tessera/core/progress.hpp>
#include <tessera/core/registry.hpp>
#include <tessera/domains/dataset_source.hpp>
#include <tessera/domains/difficulty.hpp>
#include <tessera/experts/expert_kind.hpp>
#include <tessera/experts/row_map.hpp>
#include <tessera/meta/mixer_options.hpp>
#include <tessera/model/seams.hpp>
#include <tessera/model/sink.hpp>
#include <tessera/train/trainer.hpp>

namespace tessera::model {

/// `[data]`: where the trajectories come from.
struct DataSettings {
  std::unique_ptr<domains::DatasetSource> source;
  domains::Difficulty difficulty;
  std::string path;  ///< file that is reused or made
  bool path_given = false;
  bool standardised = false;  ///< states per component, and times
  /// Everything a generated file depends on, as one line.
  std::string fingerprint(std::uint64_t seed) const;
};

/// One config, read whole: every key known, every option in its struct.
struct Settings {
  std::string name, title;
  std::uint64_t seed = 0;
  double walltime = 0;  ///< seconds of the process after which the run stops; 0: never
  train::TrainerOptions trainer;
  DataSettings data;
  int experts = 4;
  bool split = true;
  bool trunk = false;  ///< experts are a trunk that all share and parts of their own
  experts::TrunkOptions trunk_options;
  std::string precision;
  std::unique_ptr<experts::ExpertKind> expert_kind;
  std::unique_ptr<GateKind> gate;
  meta::MixerOptions mixer;
  experts::StepControl solver;
  meta::AdaptOptions adapt;
  int keep_checkpoints = 2;
  int test_every = 0;  ///< outer steps between errors on the test split in metrics.csv; 0: never
  std::vector<std::unique_ptr<Sink>> sinks;
  std::string resolved, given;  ///< TOML

  /// Throws ConfigError.
  static Settings read(Config const &config, Registry const &registry);
};

/// Makes the data or reads the file that holds just these, then makes them as hard as asked. Throws
/// InputError, IoError.
domains::Dataset load_data(DataSettings const &settings, std::uint64_t seed,
                           Registry const &registry, Log const &log, Progress progress);

}  // namespace tessera::model
