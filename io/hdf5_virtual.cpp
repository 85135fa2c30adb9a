#include <algorithm>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>

#include "hdf5_layout.hpp"

// Virtual data sets: one array put together from arrays of several files.
namespace tessera::io::hdf5 {
namespace {

constexpr double most_numbers = double(std::size_t{1} << 28);  // 2 GiB, as of NumPy archives
constexpr int deepest = 8;                                     // of virtual sets in virtual sets

template <class Ask>
std::string text_of(Ask const &ask)
{
  ssize_t const length = ask(nullptr, std::size_t{0});
  std::string text(static_cast<std::size_t>(std::max<ssize_t>(length, 0)), '\0');
  if (length > 0) ask(text.data(), text.size() + 1);
  return text;
}

std::string file_of(hid_t object)
{
  return text_of([&](char *text, std::size_t size) { return H5Fget_name(object, text, size); });
}

/// Where HDF5 looks for a source: beside the virtual set's file, then as named.
std::filesystem::path find_source(std::string const &name, hid_t dataset, std::string const &where)
{
  std::filesystem::path const own = file_of(dataset);
  if (name == ".") return own;
  std::filesystem::path const beside = own.parent_path() / name;
  std::error_code ignored;
  for (std::filesystem::path const &path : {beside, std::filesystem::path(name)}) {
    if (std::filesystem::exists(path, ignored)) return path;
  }
  throw IoError(where + ": takes numbers from " + printable(name) +
                ", which is not there; put that file beside it, or store the numbers themselves");
}

/// The source array `index` is there, sound, and as large as what is taken from it.
void check_source(hid_t dataset, hid_t plan, std::size_t index, std::string const &where)
{
  std::string const file = text_of([&](char *text, std::size_t size) {
    return H5Pget_virtual_filename(plan, index, text, size);
  });
  std::string const name = text_of([&](char *text, std::size_t size) {
    return H5Pget_virtual_dsetname(plan, index, text, size);
  });
  File const source(find_source(file, dataset, where));
  Dataset const array = source.dataset(name);
  array.size();
  Shape const extents = array.shape();
  Handle const part(H5Pget_virtual_srcspace(plan, index), H5Sclose);
  std::vector<hsize_t> first(extents.size(), 0), last(extents.size(), 0);
  bool fits = true;
  if (H5Sget_simple_extent_ndims(part) == static_cast<int>(extents.size())) {
    check(H5Sget_select_bounds(part, first.data(), last.data()), where, "cannot be read");
    for (std::size_t a = 0; a < extents.size(); ++a) fits = fits && last[a] < extents[a];
  } else {
    fits = static_cast<std::size_t>(H5Sget_select_npoints(part)) <= array.size();
  }
  if (fits) return;
  throw IoError(where + ": takes more from " + array.where() + " than that array holds");
}

}  // namespace

bool is_sound_virtual(hid_t dataset, double numbers, std::string const &where)
{
  Handle const plan(H5Dget_create_plist(dataset), H5Pclose);
  if (H5Pget_layout(plan) != H5D_VIRTUAL) return false;
  static thread_local int depth = 0;
  if (depth >= deepest || numbers > most_numbers) {
    throw IoError(where +
                  ": is put together from too many numbers or too deep in other files; "
                  "store the numbers themselves");
  }
  struct Deeper {
    Deeper() { ++depth; }
    ~Deeper() { --depth; }
  } const deeper;
  std::size_t count = 0;
  check(H5Pget_virtual_count(plan, &count), where, "cannot be read");
  double mapped = 0;
  for (std::size_t index = 0; index < count; ++index) {
    check_source(dataset, plan, index, where);
    Handle const part(H5Pget_virtual_vspace(plan, index), H5Sclose);
    hssize_t const points = H5Sget_select_npoints(part);
    mapped += points < 0 ? numbers : static_cast<double>(points);  // unlimited: as far as it goes
  }
  if (mapped < numbers) {
    throw IoError(where + ": takes only " + std::to_string(static_cast<std::uint64_t>(mapped)) +
                  " of its " + std::to_string(static_cast<std::uint64_t>(numbers)) +
                  " numbers from other files; the rest was never written");
  }
  return true;
}

}  // namespace tessera::io::hdf5
