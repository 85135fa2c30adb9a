#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include <tessera/io/numpy.hpp>

#include "numpy_header.hpp"

namespace tessera::io {
namespace {

/// Values in the order in which they are stored.
template <typename Stored>
std::vector<double> decode(std::span<std::byte const> raw, bool swap)
{
  std::vector<double> values(raw.size() / sizeof(Stored));
  std::array<std::byte, sizeof(Stored)> bytes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::copy_n(raw.begin() + static_cast<std::ptrdiff_t>(i * bytes.size()), bytes.size(),
                bytes.begin());
    if (swap) std::reverse(bytes.begin(), bytes.end());
    values[i] = static_cast<double>(std::bit_cast<Stored>(bytes));
  }
  return values;
}

std::vector<double> decode(NpyHeader const &header, std::span<std::byte const> raw)
{
  bool const swap = header.big_endian != (std::endian::native == std::endian::big);
  bool const is_signed = header.kind == 'i';
  if (header.kind == 'f') {
    return header.width == 4 ? decode<float>(raw, swap) : decode<double>(raw, swap);
  }
  switch (header.width) {
    case 1:
      return is_signed ? decode<std::int8_t>(raw, swap) : decode<std::uint8_t>(raw, swap);
    case 2:
      return is_signed ? decode<std::int16_t>(raw, swap) : decode<std::uint16_t>(raw, swap);
    case 4:
      return is_signed ? decode<std::int32_t>(raw, swap) : decode<std::uint32_t>(raw, swap);
    default:
      return is_signed ? decode<std::int64_t>(raw, swap) : decode<std::uint64_t>(raw, swap);
  }
}

/// From first axis fastest to last axis fastest.
std::vector<double> to_c_order(std::vector<double> const &stored,
                               std::vector<std::size_t> const &shape)
{
  std::vector<double> values(stored.size());
  std::vector<std::size_t> index(shape.size());
  std::size_t from = 0;
  for (double &value : values) {
    value = stored[from];
    std::size_t stride = stored.size();
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      stride /= shape[axis];
      from += stride;
      if (++index[axis] < shape[axis]) break;
      from -= shape[axis] * stride;
      index[axis] = 0;
    }
  }
  return values;
}

}  // namespace

NumpyArray parse_npy(std::span<std::byte const> bytes, std::string const &name)
{
  NpyHeader header = parse_npy_header(bytes, name);
  check_npy_length(header, bytes.size(), name);
  NumpyArray array;
  array.values = decode(header, bytes.subspan(header.offset));
  if (header.fortran_order) array.values = to_c_order(array.values, header.shape);
  array.shape = std::move(header.shape);
  return array;
}

}  // namespace tessera::io
