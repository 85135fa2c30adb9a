#include <tessera/core/error.hpp>

#include "hdf5_layout.hpp"

namespace tessera::io::hdf5 {

Attribute::Attribute(hid_t object, std::string where, std::string name)
    : object_(object), where_(where + ", attribute " + name), name_(std::move(name))
{
}

bool Attribute::exists() const
{
  return H5Aexists(object_, name_.c_str()) > 0;
}

Handle Attribute::open() const
{
  if (!exists()) throw IoError(where_ + ": is missing");
  return checked(H5Aopen(object_, name_.c_str(), H5P_DEFAULT), H5Aclose, where_, "cannot be read");
}

void Attribute::write_texts(std::vector<std::string> const &texts, hid_t space)
{
  Handle const type = text_type();
  Handle const attribute =
      checked(H5Acreate2(object_, name_.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
              where_, "cannot be made");
  std::vector<char const *> pointers;
  for (std::string const &text : texts) pointers.push_back(text.c_str());
  if (!texts.empty())
    check(H5Awrite(attribute, type, pointers.data()), where_, "cannot be written");
}

void Attribute::write(std::string const &text)
{
  write_texts({text}, Handle(H5Screate(H5S_SCALAR), H5Sclose));
}

void Attribute::write(std::vector<std::string> const &texts)
{
  hsize_t const count = texts.size();
  write_texts(texts, Handle(H5Screate_simple(1, &count, nullptr), H5Sclose));
}

void Attribute::write(std::int64_t number)
{
  Handle const space(H5Screate(H5S_SCALAR), H5Sclose);
  Handle const attribute =
      checked(H5Acreate2(object_, name_.c_str(), H5T_NATIVE_INT64, space, H5P_DEFAULT, H5P_DEFAULT),
              H5Aclose, where_, "cannot be made");
  check(H5Awrite(attribute, H5T_NATIVE_INT64, &number), where_, "cannot be written");
}

std::vector<std::string> Attribute::texts() const
{
  Handle const attribute = open();
  Handle const stored(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
  if (H5Tget_class(stored) != H5T_STRING || H5Tis_variable_str(stored) <= 0) {
    throw IoError(where_ + ": must be text of variable length");
  }
  hssize_t const count = H5Sget_simple_extent_npoints(space);
  if (count <= 0) return {};
  std::vector<char *> pointers(static_cast<std::size_t>(count), nullptr);
  // In the stored character set: HDF5 does not convert between ASCII and UTF-8.
  check(H5Aread(attribute, stored, pointers.data()), where_, "cannot be read");
  std::vector<std::string> texts;
  for (char const *text : pointers) texts.emplace_back(text == nullptr ? "" : text);
  H5Dvlen_reclaim(stored, space, H5P_DEFAULT, pointers.data());
  return texts;
}

std::string Attribute::text() const
{
  std::vector<std::string> const all = texts();
  if (all.size() != 1) throw IoError(where_ + ": must be one text");
  return all.front();
}

std::int64_t Attribute::number() const
{
  Handle const attribute = open();
  Handle const stored(H5Aget_type(attribute), H5Tclose), space(H5Aget_space(attribute), H5Sclose);
  if (H5Tget_class(stored) != H5T_INTEGER || H5Sget_simple_extent_npoints(space) != 1) {
    throw IoError(where_ + ": must be one integer");
  }
  std::int64_t value = 0;
  check(H5Aread(attribute, H5T_NATIVE_INT64, &value), where_, "cannot be read");
  return value;
}

}  // namespace tessera::io::hdf5
