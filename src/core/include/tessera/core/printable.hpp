#pragma once

#include <string>
#include <string_view>

namespace tessera {

/// The text as one line that is safe on a terminal: control characters, line ends among them, are
/// written as \xNN. For names and values of users and files in messages.
std::string printable(std::string_view text);

}  // namespace tessera
