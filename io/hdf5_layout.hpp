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

/// UTF-8 text of any length.
Handle text_type();

/// Whether an array is put together from arrays of other files. Throws IoError where one of those
/// is missing, damaged or smaller than what is taken from it, or where some of the `numbers` come
/// from none: HDF5 itself would put fill values there and say nothing.
bool is_sound_virtual(hid_t dataset, double numbers, std::string const &where);

}  // namespace tessera::io::hdf5
