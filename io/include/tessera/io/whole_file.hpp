#pragma once

#include <filesystem>
#include <string_view>

namespace tessera::io {

/// Whether a file must survive a power cut the moment write_whole returns.
enum class Durability { flushed, cached };

/// A name beside `file` that no other writer has, in this process or another: what several runs
/// write at once is then whole whoever comes last. It ends with ".tmp".
std::filesystem::path temporary_beside(std::filesystem::path const &file);

/// Writes `bytes` to `file` by way of a temporary name beside it, flushes and renames, so that a
/// reader sees the old file or the new one and never a part. Makes the folder where it is missing.
/// Throws IoError (no permission, disk full); the old file then stands.
void write_whole(std::filesystem::path const &file, std::string_view bytes,
                 Durability durability = Durability::flushed);

/// The second half of write_whole, for a file that was written piece by piece: flushes `temporary`
/// and renames it to `file`, in the same folder. Removes it and throws IoError where that fails.
void put_in_place(std::filesystem::path const &temporary, std::filesystem::path const &file);

}  // namespace tessera::io
