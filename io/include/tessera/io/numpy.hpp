#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tessera::io {

/// An array of NumPy as float64 in C order (last axis fastest), however it was stored.
struct NumpyArray {
  std::vector<std::size_t> shape;  ///< empty for a single number
  std::vector<double> values;      ///< as many as the product of the shape
};

/// Reads one array in the .npy format, versions 1.0 to 3.0: float32, float64 and integers (rounded
/// above 2^53), either byte order, C or Fortran order. `name` opens every message. Throws
/// InputError for anything else; allocates nothing that the length of `bytes` does not bear out.
NumpyArray parse_npy(std::span<std::byte const> bytes, std::string const &name);

/// Reads the arrays of a .npz archive that numpy.savez or savez_compressed wrote, by name; only
/// the `wanted` ones, all of which must be there, where any are named, and of the `optional` ones
/// those that are. A missing, damaged or
/// oversized file (together more than 2^28 numbers, 2 GiB) and arrays that parse_npy refuses are
/// an InputError that names file and array. Throws Stopped where a stop is asked for.
std::map<std::string, NumpyArray> read_npz(std::filesystem::path const &file,
                                           std::vector<std::string> const &wanted = {},
                                           std::vector<std::string> const &optional = {});

/// Reads an array of text (numpy.array(["one", "two"])), at most 65536 of them, as UTF-8 without
/// control characters; nothing where there is no such array. Throws InputError as read_npz.
std::optional<std::vector<std::string>> read_npz_texts(std::filesystem::path const &file,
                                                       std::string const &array);

/// Writes arrays as numpy.savez does (float64, C order, not compressed), whole and then renamed;
/// equal arrays make equal bytes. Throws InputError where there is no array or one whose values
/// do not fill its shape, IoError where the file cannot be written.
void write_npz(std::filesystem::path const &file, std::map<std::string, NumpyArray> const &arrays);

}  // namespace tessera::io
