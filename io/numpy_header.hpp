#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

// The text at the head of an array in NumPy's .npy format, and what it promises.
namespace tessera::io {

/// No header that a readable array has is longer; structured types, which are refused, may be.
constexpr std::size_t longest_npy_header = 65535;
/// Magic, version and length stand before the header.
constexpr std::size_t longest_npy_prefix = 12;

struct NpyHeader {
  char kind = 'f';                 ///< f: floating point, i: signed, u: unsigned, U, S: text
  std::size_t width = 8;           ///< bytes of a value
  bool big_endian = false;         ///< order of those bytes
  bool fortran_order = false;      ///< first axis fastest
  std::vector<std::size_t> shape;  ///< empty for a single number
  std::size_t offset = 0;          ///< bytes before the first value
  std::size_t count = 1;           ///< values
  /// Bytes of header and values together.
  std::size_t size() const { return offset + count * width; }
};

/// Reads the header at the start of `bytes`, of numbers or of `texts`; its sizes are checked for
/// overflow and against nothing else. Throws InputError.
NpyHeader parse_npy_header(std::span<std::byte const> bytes, std::string const &name,
                           bool texts = false);

/// Texts as UTF-8 without what a terminal would act on, as parse_npy reads numbers.
std::vector<std::string> parse_npy_texts(std::span<std::byte const> bytes, std::string const &name);

/// Magic, version, length and header of a float64 array in C order, as NumPy writes them.
std::string make_npy_header(std::vector<std::size_t> const &shape);

/// Product of the extents, or nothing where it is beyond `most`.
bool multiply_extents(std::vector<std::size_t> const &shape, std::size_t most,
                      std::size_t &product);

/// What an archive says about one of its files.
struct NpzEntry {
  std::uint64_t packed = 0;    ///< bytes in the archive
  std::uint64_t unpacked = 0;  ///< bytes of header and values
};

/// Refuses an array that is not as long as its header says. Throws InputError.
void check_npy_length(NpyHeader const &header, std::uint64_t bytes, std::string const &name);

/// The same for a file of an archive, which must also fit its packed bytes (else it is a zip bomb)
/// and have at most `most` values. Throws InputError.
void check_npz_entry(NpyHeader const &header, NpzEntry const &entry, std::size_t most,
                     std::string const &name);

/// Throws InputError: `name`, `what` is wrong, and that the file should be copied or saved again.
[[noreturn]] void fail_damaged(std::string const &name, std::string const &what);

}  // namespace tessera::io
