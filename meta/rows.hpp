#pragma once

#include <cstddef>
#include <span>
#include <string>

#include <tessera/core/error.hpp>

namespace tessera::meta {

/// How many rows of `columns` numbers `values` holds; `caller` stands in the message. Throws Error
/// where that is not a whole number.
inline std::size_t row_count(std::span<double const> values, std::size_t columns,
                             std::string const &caller)
{
  if (columns == 0 || values.size() % columns != 0) {
    throw Error(caller + ": " + std::to_string(values.size()) + " numbers are no rows of " +
                std::to_string(columns) + "; pass (row, column) values, row by row");
  }
  return values.size() / columns;
}

}  // namespace tessera::meta
