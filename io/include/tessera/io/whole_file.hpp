#pragma once

#include <filesystem>
#include <string_view>

namespace tessera::io {

/// Whether a file must survive a power cut the moment write_whole returns.
enum class Durability { flushed, cached };

/// Writes `bytes` to `file` by way of a temporary name beside it, flushes and renames, so that a
/// reader sees the old file or the new one and never a part. Makes the folder where it is missing.
/// Throws IoError (no permission, disk full); the old file then stands.
void write_whole(std::filesystem::path const &file, std::string_view bytes,
                 Durability durability = Durability::flushed);

}  // namespace tessera::io
