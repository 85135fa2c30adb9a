#pragma once

#include <functional>
#include <string>

#include <tessera/core/error.hpp>

namespace tessera {

/// The text of the InputError that `work` ends with.
inline std::string refusal(std::function<void()> const &work)
{
  try {
    work();
  } catch (InputError const &error) {
    return error.what();
  }
  return "no error";
}

}  // namespace tessera
