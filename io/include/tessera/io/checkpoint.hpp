#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <tessera/core/state.hpp>

namespace tessera::io {

/// What a checkpoint says about itself besides the state.
struct CheckpointHeader {
  std::int64_t step = 0;
  std::string config;  ///< resolved TOML
};

/// Writes every item of `state` below /state, which lists names and versions, to
/// `folder`/step_<8 digits>.h5: whole to a temporary name, flushed to disk, then renamed.
/// Keeps the newest `keep` files. Throws IoError (the older checkpoints stay intact).
std::filesystem::path write_checkpoint(std::filesystem::path const &folder, State const &state,
                                       CheckpointHeader const &header, int keep = 2);

/// Reads a checkpoint back into the memory of `state`. Throws IoError when names, versions or
/// sizes differ or the file is damaged.
CheckpointHeader read_checkpoint(std::filesystem::path const &file, State &state);

/// The newest complete checkpoint of a folder, or an empty path.
std::filesystem::path newest_checkpoint(std::filesystem::path const &folder);

}  // namespace tessera::io
