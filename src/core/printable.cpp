#include <tessera/core/printable.hpp>

#include <fmt/format.h>

namespace tessera {

std::string printable(std::string_view text)
{
  std::string safe;
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    if (byte < ' ' || byte == 0x7f) {
      safe += fmt::format("\\x{:02x}", byte);
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace tessera
