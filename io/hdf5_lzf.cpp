#include "hdf5_lzf.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <hdf5.h>
#include <lzf.h>

namespace tessera::io::hdf5 {
namespace {

constexpr H5Z_filter_t number = 32000;

// Values that h5py keeps with a data set: versions of filter and library, bytes of a whole chunk.
constexpr std::size_t chunk_bytes = 2;

/// HDF5's form of a filter: *buffer, malloc'ed, of *room bytes, becomes the unpacked one. Returns
/// its bytes, or 0 where it cannot be unpacked (or is to be packed: we write with deflate).
std::size_t filter(unsigned flags, std::size_t count, unsigned const values[], std::size_t bytes,
                   std::size_t *room, void **buffer)
{
  constexpr std::size_t limit = std::size_t{1} << 31;  // larger chunks HDF5 itself does not know
  if (!(flags & H5Z_FLAG_REVERSE)) return 0;
  std::size_t guess = count > chunk_bytes ? values[chunk_bytes] : 0;
  for (guess = std::max(guess, *room); guess <= limit; guess *= 2) {
    void *const out = std::malloc(guess);  // HDF5 frees it
    if (!out) return 0;
    unsigned const unpacked =
        lzf_decompress(*buffer, static_cast<unsigned>(bytes), out, static_cast<unsigned>(guess));
    if (unpacked > 0) {
      std::free(*buffer);
      *buffer = out;
      *room = guess;
      return unpacked;
    }
    bool const too_small = errno == E2BIG;
    std::free(out);
    if (!too_small) return 0;
  }
  return 0;
}

}  // namespace

void register_lzf()
{
  static H5Z_class2_t const description = {H5Z_CLASS_T_VERS, number,  1,     1, "lzf",
                                           nullptr,          nullptr, filter};
  if (H5Zfilter_avail(number) <= 0) H5Zregister(&description);
}

}  // namespace tessera::io::hdf5
