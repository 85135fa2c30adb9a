#include <algorithm>

#include <tessera/core/error.hpp>

#include "hdf5_layout.hpp"

// Arrays that are made and read a piece at a time, and what a group holds.
namespace tessera::io::hdf5 {
namespace {

herr_t note_name(hid_t, char const *name, H5L_info_t const *, void *names)
{
  static_cast<std::vector<std::string> *>(names)->emplace_back(name);
  return 0;
}

}  // namespace

/// One slab as HDF5 sees it in memory and in the file.
struct Dataset::Slab {
  Handle memory, file;
};

Dataset::Slab Dataset::slab(std::size_t index, std::size_t numbers) const
{
  Shape const extents = shape();
  std::size_t expected = 1;
  for (std::size_t axis = 1; axis < extents.size(); ++axis) expected *= extents[axis];
  if (extents.empty() || index >= extents[0] || numbers != expected) {
    throw IoError(where_ + ": has no slab " + std::to_string(index) + " of " +
                  std::to_string(numbers) + " numbers");
  }
  std::vector<hsize_t> begin(extents.size(), 0), count(extents.begin(), extents.end());
  begin[0] = index;
  count[0] = 1;
  hsize_t const length = numbers;
  Slab slab{{H5Screate_simple(1, &length, nullptr), H5Sclose}, {H5Dget_space(handle_), H5Sclose}};
  check(
      H5Sselect_hyperslab(slab.file, H5S_SELECT_SET, begin.data(), nullptr, count.data(), nullptr),
      where_, "cannot be read in slabs");
  return slab;
}

template <class T>
void Dataset::read_slab(std::size_t index, std::span<T> values) const
{
  size();  // refuses a shape that the file does not bear out
  Slab const part = slab(index, values.size());
  check(H5Dread(handle_, type_of<T>(), part.memory, part.file, H5P_DEFAULT, values.data()), where_,
        "cannot be read");
}

template <class T>
void Dataset::write_slab(std::size_t index, std::span<T const> values) const
{
  Slab const part = slab(index, values.size());
  check(H5Dwrite(handle_, type_of<T>(), part.memory, part.file, H5P_DEFAULT, values.data()), where_,
        "cannot be written; is the disk full?");
}

template <class T>
Dataset Group::make_dataset(std::string const &name, Shape const &shape, Storage storage) const
{
  std::vector<hsize_t> const extents(shape.begin(), shape.end());
  Handle const space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                     H5Sclose);
  // One slab of the first axis is written at a time: a chunk of several would be packed as often.
  Shape piece = shape;
  if (!piece.empty()) piece[0] = std::min<std::size_t>(piece[0], 1);
  Handle const creation = creation_of(piece, sizeof(T), storage);
  return {checked(H5Dcreate2(handle_, name.c_str(), type_of<T>(), space, H5P_DEFAULT, creation,
                             H5P_DEFAULT),
                  H5Dclose, below(name), "cannot be made"),
          below(name)};
}

std::vector<std::string> Group::names() const
{
  std::vector<std::string> found;
  check(H5Literate(handle_, H5_INDEX_NAME, H5_ITER_INC, nullptr, note_name, &found), where_,
        "cannot be listed");
  std::sort(found.begin(), found.end());
  return found;
}

template void Dataset::read_slab(std::size_t, std::span<float>) const;
template void Dataset::read_slab(std::size_t, std::span<double>) const;
template void Dataset::write_slab(std::size_t, std::span<float const>) const;
template void Dataset::write_slab(std::size_t, std::span<double const>) const;
template Dataset Group::make_dataset<float>(std::string const &, Shape const &, Storage) const;
template Dataset Group::make_dataset<double>(std::string const &, Shape const &, Storage) const;

}  // namespace tessera::io::hdf5
