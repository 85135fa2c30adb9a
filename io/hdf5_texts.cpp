#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>

#include "hdf5_layout.hpp"

// Arrays of text: names of environments and parameters.
namespace tessera::io::hdf5 {
namespace {

constexpr std::size_t most_texts = std::size_t{1} << 16, longest_text = 4096;

std::vector<std::string> read_variable(hid_t dataset, hid_t type, std::size_t count,
                                       std::string const &where)
{
  Handle const space(H5Dget_space(dataset), H5Sclose);
  std::vector<char *> pointers(count, nullptr);
  check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), where,
        "cannot be read");
  std::vector<std::string> texts;
  for (char const *text : pointers) texts.push_back(printable(text == nullptr ? "" : text));
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
  return texts;
}

std::vector<std::string> read_fixed(hid_t dataset, hid_t type, std::size_t count,
                                    std::string const &where)
{
  std::size_t const width = H5Tget_size(type);
  if (width > longest_text) throw IoError(where + ": holds texts of more than 4096 bytes");
  std::string bytes(count * width, '\0');
  check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()), where,
        "cannot be read");
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    std::string text = bytes.substr(i * width, width);
    text.resize(std::min(text.find('\0'), text.size()));
    while (text.ends_with(' ')) text.pop_back();  // the padding of Fortran and MATLAB
    texts.push_back(printable(text));
  }
  return texts;
}

}  // namespace

Handle text_type()
{
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

std::vector<std::string> Group::texts(std::string const &name) const
{
  Dataset const array = dataset(name);
  Handle const opened = checked(H5Dopen2(handle_, name.c_str(), H5P_DEFAULT), H5Dclose,
                                array.where(), "cannot be opened");
  Handle const type(H5Dget_type(opened), H5Tclose);
  if (H5Tget_class(type) != H5T_STRING) throw IoError(array.where() + ": must be an array of text");
  std::size_t const count = array.size();
  if (count > most_texts) throw IoError(array.where() + ": holds more than 65536 texts");
  if (count == 0) return {};
  // In the stored character set: HDF5 does not convert between ASCII and UTF-8.
  return H5Tis_variable_str(type) > 0 ? read_variable(opened, type, count, array.where())
                                      : read_fixed(opened, type, count, array.where());
}

void Group::write_texts(std::string const &name, std::vector<std::string> const &texts) const
{
  hsize_t const count = texts.size();
  std::string const where = below(name);
  Handle const space(H5Screate_simple(1, &count, nullptr), H5Sclose), type = text_type();
  Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation, false);
  Handle const dataset =
      checked(H5Dcreate2(handle_, name.c_str(), type, space, H5P_DEFAULT, creation, H5P_DEFAULT),
              H5Dclose, where, "cannot be made");
  std::vector<char const *> pointers;
  for (std::string const &text : texts) pointers.push_back(text.c_str());
  if (texts.empty()) return;
  check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), where,
        "cannot be written");
}

}  // namespace tessera::io::hdf5
