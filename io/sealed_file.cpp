#include "sealed_file.hpp"

#include <cerrno>
#include <charconv>
#include <fstream>
#include <span>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include <tessera/core/hash.hpp>

namespace tessera::io {
namespace {

constexpr std::size_t seal_size = 512;  // the least that HDF5 takes for a user block
constexpr std::string_view mark = "Tessera, sealed HDF5: ";
constexpr std::string_view hdf5_mark = "\x89HDF\r\n\x1a\n";

std::string seal_of(std::uint64_t bytes, std::uint64_t hash)
{
  std::string text = fmt::format("{}{} bytes, fnv1a {:016x}\n", mark, bytes, hash);
  text.resize(seal_size, '\0');
  return text;
}

[[noreturn]] void damaged(std::filesystem::path const &file, std::string const &what)
{
  throw DamagedFile(file.string() + ": is damaged: " + what);
}

/// The length that a seal states; its hash is checked by making the same seal again.
std::uint64_t stated_length(std::filesystem::path const &file, std::string const &seal)
{
  if (seal.starts_with(hdf5_mark)) {
    throw IoError(file.string() +
                  ": has no checksum: it was written by an older Tessera or by another program; "
                  "resume with that one, or start anew with --force or another --out");
  }
  std::uint64_t length = 0;
  char const *const begin = seal.data() + mark.size();
  if (seal.size() < seal_size || !seal.starts_with(mark) ||
      std::from_chars(begin, seal.data() + seal.size(), length).ec != std::errc()) {
    damaged(file, "it does not begin with its length and checksum");
  }
  return length;
}

}  // namespace

std::string sealed(std::string image)
{
  image.insert(0, seal_of(image.size(), fnv1a(std::as_bytes(std::span(image)))));
  return image;
}

void check_seal(std::filesystem::path const &file)
{
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    throw IoError(file.string() + ": cannot be read: " + std::generic_category().message(errno));
  }
  std::string seal(seal_size, '\0');
  in.read(seal.data(), seal_size);
  seal.resize(static_cast<std::size_t>(in.gcount()));
  std::uint64_t const length = stated_length(file, seal);

  std::vector<char> piece(std::size_t{1} << 20);
  std::uint64_t read = 0, hash = fnv1a({});
  while (in) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    auto const count = static_cast<std::size_t>(in.gcount());
    hash = fnv1a(std::as_bytes(std::span(piece).first(count)), hash);
    read += count;
  }
  if (read != length) damaged(file, fmt::format("it holds {} bytes of {}", read, length));
  if (seal != seal_of(length, hash)) damaged(file, "its checksum does not fit");
}

}  // namespace tessera::io
