#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tessera {

/// FNV-1a over bytes, 64 bits. `hash` is what earlier bytes gave, so that a long text can be taken
/// in pieces. One changed byte always changes it; it is no defence against intent.
constexpr std::uint64_t fnv1a(std::span<std::byte const> bytes,
                              std::uint64_t hash = 14695981039346656037u)
{
  for (std::byte const byte : bytes) {
    hash = (hash ^ static_cast<std::uint64_t>(byte)) * 1099511628211u;
  }
  return hash;
}

}  // namespace tessera
