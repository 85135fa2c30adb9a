#pragma once

#include <string_view>

namespace tessera {

/// The text without the spaces and tabs at its ends; a view into it.
inline std::string_view trimmed(std::string_view text)
{
  constexpr std::string_view blank = " \t";
  auto const begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

}  // namespace tessera
