#include <tessera/core/error.hpp>

namespace tessera {

void assertion_failed(char const *expression, char const *file, int line)
{
  throw std::logic_error(std::string(file) + ":" + std::to_string(line) + ": assertion failed: " +
                         expression + " (a mistake in Tessera; please report it with the input)");
}

}  // namespace tessera
