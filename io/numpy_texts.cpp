#include <bit>

#include <tessera/core/printable.hpp>

#include "numpy_header.hpp"

// Arrays of text: names of environments and parameters.
namespace tessera::io {
namespace {

void append_utf8(std::uint32_t code, std::string &text)
{
  bool const valid = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  if (!valid) code = 0xfffd;
  auto const put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xe0 | code >> 12);
    } else {
      put(0xf0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3f));
    }
    put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

/// One text, padded with zeros to the width that all have.
std::string decode(std::span<std::byte const> raw, NpyHeader const &header)
{
  std::size_t const each = header.kind == 'U' ? 4 : 1;
  std::string text;
  for (std::size_t at = 0; at + each <= raw.size(); at += each) {
    std::uint32_t code = 0;
    for (std::size_t b = 0; b < each; ++b) {
      std::size_t const from = header.big_endian ? b : each - 1 - b;
      code = code << 8 | std::to_integer<std::uint32_t>(raw[at + from]);
    }
    if (code == 0) break;
    append_utf8(code, text);
  }
  return printable(text);
}

}  // namespace

std::vector<std::string> parse_npy_texts(std::span<std::byte const> bytes, std::string const &name)
{
  NpyHeader const header = parse_npy_header(bytes, name, true);
  check_npy_length(header, bytes.size(), name);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < header.count; ++i) {
    texts.push_back(decode(bytes.subspan(header.offset + i * header.width, header.width), header));
  }
  return texts;
}

}  // namespace tessera::io
