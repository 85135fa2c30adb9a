#pragma once

#include <filesystem>

namespace tessera::io {

/// Keeps the newest `keep` checkpoints up to and with `newest`, the one just written. What is
/// newer than it was passed over as damaged when this run began, and goes too.
void prune_checkpoints(std::filesystem::path const &folder, std::filesystem::path const &newest,
                       int keep);

}  // namespace tessera::io
