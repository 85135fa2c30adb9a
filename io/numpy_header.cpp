#include "numpy_header.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <limits>
#include <string_view>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>

namespace tessera::io {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t most_axes = 64;  // of NumPy 2
// Zip's compression puts at most 258 bytes into two bits.
constexpr std::uint64_t largest_ratio = 1032;

/// Reads the literal of a Python dictionary, front to back.
class Scanner {
 public:
  Scanner(std::string_view text, std::string const &name) : text_(text), name_(name) {}

  /// Whether `sign` comes next; it is then passed.
  bool take(char sign)
  {
    if (peek() != sign) return false;
    ++at_;
    return true;
  }
  void expect(char sign)
  {
    if (!take(sign)) fail(std::string("'") + sign + "' is missing");
  }
  /// The next sign that is no space, 0 at the end.
  char peek()
  {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  std::string_view quoted()
  {
    char const quote = peek();
    if (quote != '\'' && quote != '"') fail("a quoted text is missing");
    std::size_t const end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) fail("a quote is not closed");
    std::string_view const found = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return found;
  }
  bool boolean()
  {
    peek();
    for (bool value : {true, false}) {
      std::string_view const word = value ? "True" : "False";
      if (!text_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      return value;
    }
    fail("True or False is missing");
  }
  std::size_t number()
  {
    peek();
    std::size_t value = 0;
    auto const [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) fail("the shape is no list of lengths");
    at_ = static_cast<std::size_t>(end - text_.data());
    take('L');  // Python 2 wrote it behind long integers
    return value;
  }
  [[noreturn]] void fail(std::string const &what) const
  {
    fail_damaged(name_, "its header cannot be read: " + what);
  }

 private:
  std::string_view text_;
  std::string const &name_;
  std::size_t at_ = 0;
};

[[noreturn]] void fail_type(std::string const &name, std::string const &type)
{
  throw InputError(name + ": holds " + type +
                   ", not float32, float64 or integers; save it as numbers: "
                   "numpy.asarray(x, dtype=numpy.float64)");
}

std::vector<std::size_t> read_shape(Scanner &scanner)
{
  std::vector<std::size_t> shape;
  scanner.expect('(');
  while (!scanner.take(')')) {
    if (shape.size() == most_axes) scanner.fail("too many axes");
    shape.push_back(scanner.number());
    if (scanner.peek() != ')') scanner.expect(',');
  }
  return shape;
}

/// "<U12" or "|S5": text of at most so many characters, each of four bytes or of one.
void read_text_type(std::string const &type, std::string const &name, NpyHeader &header)
{
  constexpr std::size_t longest = 1024;
  std::size_t length = 0;
  auto const [end, error] = std::from_chars(type.data() + std::min<std::size_t>(2, type.size()),
                                            type.data() + type.size(), length);
  bool const ok = type.size() > 2 && (type[1] == 'U' || type[1] == 'S') && error == std::errc() &&
                  end == type.data() + type.size() && length > 0 && length <= longest;
  if (!ok) {
    throw InputError(name + ": holds values of type \"" + printable(type.substr(0, 40)) +
                     "\", not text of at most 1024 characters; save it as "
                     "numpy.array([\"one\", \"two\"])");
  }
  header.kind = type[1];
  header.width = type[1] == 'U' ? 4 * length : length;
  header.big_endian = type[0] == '>' || (type[0] != '<' && std::endian::native == std::endian::big);
}

/// For instance "<f8" for little-endian float64, "|u1" for bytes, "|O" for Python's objects.
void read_type(Scanner &scanner, std::string const &name, bool texts, NpyHeader &header)
{
  if (scanner.peek() == '[') fail_type(name, "records of several fields");
  std::string const type(scanner.quoted());
  if (texts) return read_text_type(type, name, header);
  if (type.size() > 1 && type[1] == 'O')
    fail_type(name, "Python objects (type \"" + printable(type.substr(0, 40)) + "\")");
  static constexpr std::string_view known[] = {"f4", "f8", "i1", "i2", "i4",
                                               "i8", "u1", "u2", "u4", "u8"};
  bool const ok = type.size() == 3 &&
                  std::find(std::begin(known), std::end(known), type.substr(1)) != std::end(known);
  if (!ok || std::string_view("<>=|").find(type[0]) == std::string_view::npos) {
    fail_type(name, "values of type \"" + printable(type.substr(0, 40)) + "\"");
  }
  header.kind = type[1];
  header.width = static_cast<std::size_t>(type[2] - '0');
  header.big_endian = type[0] == '>' || (type[0] != '<' && std::endian::native == std::endian::big);
}

void read_dictionary(std::string_view text, std::string const &name, bool texts, NpyHeader &header)
{
  Scanner scanner(text, name);
  bool seen[3] = {};
  scanner.expect('{');
  while (!scanner.take('}')) {
    std::string_view const key = scanner.quoted();
    scanner.expect(':');
    std::size_t const which = key == "descr" ? 0 : key == "fortran_order" ? 1 : 2;
    if (which == 2 && key != "shape") scanner.fail("it has an unknown key");
    if (seen[which]) scanner.fail("it says the same thing twice");
    seen[which] = true;
    if (which == 0) read_type(scanner, name, texts, header);
    if (which == 1) header.fortran_order = scanner.boolean();
    if (which == 2) header.shape = read_shape(scanner);
    if (scanner.peek() != '}') scanner.expect(',');
  }
  if (scanner.peek() != '\0') scanner.fail("something stands behind it");
  if (!(seen[0] && seen[1] && seen[2])) scanner.fail("it lacks descr, fortran_order or shape");
}

}  // namespace

void fail_damaged(std::string const &name, std::string const &what)
{
  throw InputError(name + ": " + what + "; the file is damaged or cut off, copy or save it again");
}

bool multiply_extents(std::vector<std::size_t> const &shape, std::size_t most, std::size_t &product)
{
  product = 1;
  if (std::find(shape.begin(), shape.end(), std::size_t{0}) != shape.end()) product = 0;
  for (std::size_t extent : shape) {
    if (product > 0 && extent > most / product) return false;
    product *= extent;
  }
  return true;
}

NpyHeader parse_npy_header(std::span<std::byte const> bytes, std::string const &name, bool texts)
{
  std::string_view const text(reinterpret_cast<char const *>(bytes.data()), bytes.size());
  if (!text.starts_with(magic) || text.size() < magic.size() + 4) {
    fail_damaged(name, "does not begin as an array of NumPy does");
  }
  auto byte = [&](std::size_t at) { return std::to_integer<std::size_t>(bytes[at]); };
  std::size_t const version = byte(magic.size());
  if (version < 1 || version > 3) {
    throw InputError(name + ": is in version " + std::to_string(version) +
                     " of NumPy's format, not 1 to 3; save it with numpy.savez of NumPy 1 or 2");
  }
  std::size_t const digits = version == 1 ? 2 : 4, begin = magic.size() + 2 + digits;
  if (text.size() < begin) fail_damaged(name, "ends inside its header");
  std::size_t length = 0;
  for (std::size_t i = digits; i-- > 0;) length = length << 8 | byte(magic.size() + 2 + i);
  if (length > longest_npy_header) {
    fail_damaged(name, "has a header of " + std::to_string(length) + " bytes, where " +
                           std::to_string(longest_npy_header) + " are the most");
  }
  if (text.size() - begin < length) fail_damaged(name, "ends inside its header");

  NpyHeader header;
  read_dictionary(text.substr(begin, length), name, texts, header);
  header.offset = begin + length;
  std::size_t const most = (std::numeric_limits<std::size_t>::max() - header.offset) / header.width;
  if (!multiply_extents(header.shape, most, header.count)) {
    fail_damaged(name, "has a shape of more values than any memory holds");
  }
  return header;
}

std::string make_npy_header(std::vector<std::size_t> const &shape)
{
  std::string dictionary = "{'descr': '";
  dictionary += std::endian::native == std::endian::little ? '<' : '>';
  dictionary += "f8', 'fortran_order': False, 'shape': (";
  for (std::size_t k = 0; k < shape.size(); ++k) {
    dictionary += (k > 0 ? ", " : "") + std::to_string(shape[k]);
  }
  dictionary += shape.size() == 1 ? ",), }" : "), }";

  // Version 1.0; the values begin at a multiple of 64, the header ends in a line feed.
  std::size_t const prefix = magic.size() + 4;
  std::size_t const total = (prefix + dictionary.size() + 1 + 63) / 64 * 64;
  dictionary.resize(total - prefix - 1, ' ');
  dictionary += '\n';
  std::string header(magic);
  header += {'\x01', '\x00', static_cast<char>(dictionary.size() & 0xff),
             static_cast<char>(dictionary.size() >> 8)};
  return header + dictionary;
}

void check_npy_length(NpyHeader const &header, std::uint64_t bytes, std::string const &name)
{
  if (bytes == header.size()) return;
  fail_damaged(name, "is " + std::to_string(bytes) + " bytes long where its header, type and " +
                         "shape ask for " + std::to_string(header.size()));
}

void check_npz_entry(NpyHeader const &header, NpzEntry const &entry, std::size_t most,
                     std::string const &name)
{
  check_npy_length(header, entry.unpacked, name);
  if (entry.unpacked / largest_ratio > entry.packed) {
    fail_damaged(name, "claims to unpack " + std::to_string(entry.packed) + " bytes to " +
                           std::to_string(entry.unpacked));
  }
  if (header.count > most) {
    throw InputError(name + ": has " + std::to_string(header.count) + " values where " +
                     std::to_string(most) +
                     " are left of the most that one archive may hold; save fewer of them");
  }
}

}  // namespace tessera::io
