#include "hdf5_layout.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace tessera::io::hdf5 {
namespace {

/// Chunks of at most 1 MiB, cut along the first axis where one slab fits, else along the next.
std::vector<hsize_t> chunk_of(Shape const &shape, std::size_t width)
{
  std::vector<hsize_t> chunk(shape.begin(), shape.end());
  std::size_t bytes = std::accumulate(shape.begin(), shape.end(), width, std::multiplies<>());
  constexpr std::size_t limit = std::size_t{1} << 20;
  for (hsize_t &extent : chunk) {
    if (bytes <= limit) break;
    std::size_t const slab = bytes / extent;
    extent = std::max<std::size_t>(1, limit / slab);
    bytes = slab * extent;
  }
  return chunk;
}

}  // namespace

Handle creation_of(Shape const &shape, std::size_t width, Storage storage)
{
  Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation, false);
  if (std::find(shape.begin(), shape.end(), std::size_t{0}) != shape.end()) return creation;
  std::vector<hsize_t> const chunk = chunk_of(shape, width);
  H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
  if (storage == Storage::compressed) {
    H5Pset_shuffle(creation);
    H5Pset_deflate(creation, 4);
  }
  H5Pset_fletcher32(creation);
  return creation;
}

}  // namespace tessera::io::hdf5
