#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <tessera/core/state.hpp>

namespace tessera::io {

/// What a checkpoint says about itself besides the state.
struct CheckpointHeader {
  std::int64_t step = 0;
  std::string config;  ///< resolved TOML
  std::string data;    ///< digest of what the state was trained on; empty: not said
};

/// Writes every item of `state` below /state, which lists names and versions, to
/// `folder`/step_<8 digits>.h5: whole to a temporary name, flushed to disk, then renamed, behind
/// 512 bytes that hold its checksum. Keeps the newest `keep` files up to this step. Throws IoError
/// (the older checkpoints stay intact).
std::filesystem::path write_checkpoint(std::filesystem::path const &folder, State const &state,
                                       CheckpointHeader const &header, int keep = 2);

/// Reads a checkpoint back into the memory of `state`. Throws IoError when names, versions or
/// sizes differ or the file is damaged, InputError where it was trained on other data than `data`
/// (empty: whatever they were); the state is then as it was.
CheckpointHeader read_checkpoint(std::filesystem::path const &file, State &state,
                                 std::string const &data = {});

/// As read_checkpoint, but what the file holds beyond the items of `state` is passed over: a
/// trained model without what its training needs.
CheckpointHeader read_checkpoint_part(std::filesystem::path const &file, State &state);

/// All checkpoints of a folder, readable or not, the newest first.
std::vector<std::filesystem::path> list_checkpoints(std::filesystem::path const &folder);

/// The newest undamaged checkpoint of a folder, or an empty path.
std::filesystem::path newest_checkpoint(std::filesystem::path const &folder);

/// Reads the newest undamaged checkpoint of a folder into `state`; nothing where the folder holds
/// no checkpoint. Each damaged one that is passed over is a sentence for `warn`. Throws IoError
/// where all are damaged, and where an undamaged one was written by another program or config;
/// InputError, before anything else is compared, where it was trained on other data than `data`.
std::optional<CheckpointHeader> resume_newest(std::filesystem::path const &folder, State &state,
                                              std::string const &data,
                                              std::function<void(std::string const &)> const &warn);

}  // namespace tessera::io
