#pragma once

#include <type_traits>

#include "hdf5.hpp"

namespace tessera::io::hdf5 {

template <class T>
hid_t type_of()
{
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
  if constexpr (std::is_same_v<T, std::int64_t>) return H5T_NATIVE_INT64;
  if constexpr (std::is_same_v<T, std::uint64_t>) return H5T_NATIVE_UINT64;
}

/// How an array of that shape, of numbers of `width` bytes, is created: chunked, checked, and the
/// same bytes for the same numbers. An empty one has no chunks.
Handle creation_of(Shape const &shape, std::size_t width, Storage storage);

}  // namespace tessera::io::hdf5
