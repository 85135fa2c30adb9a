#include "hdf5.hpp"

#include <algorithm>
#include <numeric>
#include <system_error>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>

#include "hdf5_disk.hpp"
#include "hdf5_layout.hpp"
#include "hdf5_lzf.hpp"

namespace tessera::io::hdf5 {
namespace {

/// The innermost entry of HDF5's error stack: the reason, where the outer ones name the call.
herr_t innermost(unsigned, H5E_error2_t const *entry, void *text)
{
  if (entry->desc != nullptr) *static_cast<std::string *>(text) = entry->desc;
  return 1;  // one is enough
}

hid_t open_file(std::filesystem::path const &path, File::Purpose purpose)
{
  if (purpose == File::Purpose::read) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) {
      throw IoError(path.string() + ": there is no such file; check the path");
    }
    if (std::filesystem::is_directory(path, ignored)) {
      throw IoError(path.string() + ": is a folder; name the file");
    }
    register_lzf();
    return H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  }
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  if (purpose == File::Purpose::make_in_memory) {
    H5Pset_fapl_core(access, std::size_t{1} << 20, false);
  } else if (set_disk(access) < 0) {
    return -1;
  }
  return H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
}

}  // namespace

void fail(std::string const &where, std::string const &what)
{
  std::string reason;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, innermost, &reason);
  throw IoError(where + ": " + what + (reason.empty() ? "" : " (HDF5: " + reason + ")"));
}

Handle checked(hid_t id, Handle::Close close, std::string const &where, char const *what)
{
  if (id < 0) fail(where, what);
  return {id, close};
}

void check(herr_t status, std::string const &where, char const *what)
{
  if (status < 0) fail(where, what);
}

// Files may be closed in another order than they were opened: the first to open keeps the host's
// handler, the last to close gives it back.
QuietErrors::QuietErrors()
{
  if (alive++ > 0) return;
  H5Eget_auto2(H5E_DEFAULT, &handler, &data);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

QuietErrors::~QuietErrors()
{
  if (--alive == 0) H5Eset_auto2(H5E_DEFAULT, handler, data);
}

Shape Dataset::shape() const
{
  Handle const space = checked(H5Dget_space(handle_), H5Sclose, where_, "has no shape");
  if (H5Sget_simple_extent_type(space) == H5S_NULL) return {0};
  int const rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> extents(static_cast<std::size_t>(std::max(rank, 0)));
  H5Sget_simple_extent_dims(space, extents.data(), nullptr);
  return {extents.begin(), extents.end()};
}

std::size_t Dataset::size() const
{
  Shape const extents = shape();
  double numbers = 1;
  for (std::size_t const extent : extents) numbers *= static_cast<double>(extent);
  if (numbers == 0) return 0;
  // A file may declare any shape. Deflate, the strongest filter, shrinks by 1032 at the most.
  if (is_sound_virtual(handle_, numbers, where_)) {
    return std::accumulate(extents.begin(), extents.end(), std::size_t{1}, std::multiplies<>());
  }
  Handle const type(H5Dget_type(handle_), H5Tclose);
  double const stored = static_cast<double>(H5Dget_storage_size(handle_));
  if (numbers * static_cast<double>(H5Tget_size(type)) > 1100 * stored) {
    throw IoError(where_ + ": declares more numbers than the file holds" +
                  (stored == 0 ? "; it was never written" : "; it is damaged"));
  }
  return std::accumulate(extents.begin(), extents.end(), std::size_t{1}, std::multiplies<>());
}

template <class T>
bool Dataset::holds() const
{
  Handle const stored(H5Dget_type(handle_), H5Tclose);
  return H5Tequal(stored, type_of<T>()) > 0;
}

template <class T>
void Dataset::read(std::span<T> values) const
{
  if (values.size() != size()) {
    throw IoError(where_ + ": holds " + std::to_string(size()) + " numbers where " +
                  std::to_string(values.size()) + " are expected");
  }
  if (values.empty()) return;
  check(H5Dread(handle_, type_of<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), where_,
        "cannot be read");
}

std::string Group::below(std::string const &name) const
{
  return where_ + (where_.ends_with('/') ? "" : "/") + printable(name);
}

bool Group::has(std::string const &name) const
{
  return H5Lexists(handle_, name.c_str(), H5P_DEFAULT) > 0;
}

Group Group::group(std::string const &name) const
{
  if (!has(name)) throw IoError(below(name) + ": this group is missing");
  return {checked(H5Gopen2(handle_, name.c_str(), H5P_DEFAULT), H5Gclose, below(name),
                  "cannot be opened"),
          below(name)};
}

Group Group::make_group(std::string const &name) const
{
  return {checked(H5Gcreate2(handle_, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                  H5Gclose, below(name), "cannot be made"),
          below(name)};
}

Dataset Group::dataset(std::string const &name) const
{
  if (!has(name)) throw IoError(below(name) + ": this array is missing");
  return {checked(H5Dopen2(handle_, name.c_str(), H5P_DEFAULT), H5Dclose, below(name),
                  "cannot be opened"),
          below(name)};
}

template <class T>
Dataset Group::write(std::string const &name, Shape const &shape, std::span<T const> values,
                     Storage storage) const
{
  std::string const where = below(name);
  std::vector<hsize_t> const extents(shape.begin(), shape.end());
  Handle const space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
                     H5Sclose);
  Handle const link(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
  H5Pset_create_intermediate_group(link, 1);
  Handle const creation = creation_of(shape, sizeof(T), storage);
  Handle dataset =
      checked(H5Dcreate2(handle_, name.c_str(), type_of<T>(), space, link, creation, H5P_DEFAULT),
              H5Dclose, where, "cannot be made");
  if (!values.empty()) {
    check(H5Dwrite(dataset, type_of<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), where,
          "cannot be written");
  }
  return {std::move(dataset), where};
}

File::File(std::filesystem::path const &path) : File(path, Purpose::read) {}

File::File(std::filesystem::path const &path, Purpose purpose)
    : Group(checked(open_file(path, purpose), H5Fclose, path.string(),
                    purpose == Purpose::read
                        ? "cannot be opened as HDF5; it is damaged or of another kind"
                        : "cannot be made; check that the folder is there and may be written to"),
            path.string() + ":/")
{
}

void File::flush() const
{
  check(H5Fflush(handle_, H5F_SCOPE_GLOBAL), where_, "cannot be flushed; is the disk full?");
}

void File::check_disk(std::filesystem::path const &named) const
{
  int const error = disk_error(handle_);
  if (error == 0) return;
  throw IoError("cannot write " + named.string() + ": " + std::generic_category().message(error) +
                "; free some space or name another file");
}

std::string File::image() const
{
  flush();
  ssize_t const size = H5Fget_file_image(handle_, nullptr, 0);
  if (size < 0) fail(where_, "has no image");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (H5Fget_file_image(handle_, bytes.data(), bytes.size()) != size) fail(where_, "has no image");
  return bytes;
}

template bool Dataset::holds<float>() const;
template bool Dataset::holds<double>() const;
template bool Dataset::holds<std::int32_t>() const;
template bool Dataset::holds<std::int64_t>() const;
template bool Dataset::holds<std::uint64_t>() const;
template void Dataset::read(std::span<float>) const;
template void Dataset::read(std::span<double>) const;
template void Dataset::read(std::span<std::int32_t>) const;
template void Dataset::read(std::span<std::int64_t>) const;
template void Dataset::read(std::span<std::uint64_t>) const;
template Dataset Group::write(std::string const &, Shape const &, std::span<float const>,
                              Storage) const;
template Dataset Group::write(std::string const &, Shape const &, std::span<double const>,
                              Storage) const;
template Dataset Group::write(std::string const &, Shape const &, std::span<std::int32_t const>,
                              Storage) const;
template Dataset Group::write(std::string const &, Shape const &, std::span<std::int64_t const>,
                              Storage) const;
template Dataset Group::write(std::string const &, Shape const &, std::span<std::uint64_t const>,
                              Storage) const;

}  // namespace tessera::io::hdf5
