#pragma once

#include <string>
#include <vector>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/core/config.hpp>

namespace tessera::model {

/// The config of a run on oracles: experts by place whose bases are made from true fields.
struct OracleSettings {
  std::string name, title;
  std::uint64_t seed = 0;
  double walltime = 0;  ///< seconds of the process after which the run stops; 0: never
  domains::SpaceTimeGrid grid;
  int fields = 20;   ///< true fields that bases are made of
  int samples = 20;  ///< other ones, solved for
  int functions = 5;
  int boxes_in_time = 1, boxes_in_space = 4;
  constraint::LayerOptions layer;
  std::vector<std::string> tables;
  std::string resolved, given;  ///< TOML

  /// Throws ConfigError.
  static OracleSettings read(Config const &config);
};

/// `[constraint]` as the options of a layer. Throws ConfigError.
constraint::LayerOptions read_layer(Section constraint);

}  // namespace tessera::model
