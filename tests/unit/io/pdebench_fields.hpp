#pragma once

#include <filesystem>
#include <vector>

#include <tessera/domains/space_time_grid.hpp>

namespace tessera::io {

/// A file of tests/data/pdebench.
inline std::filesystem::path pdebench_data(char const *name)
{
  return std::filesystem::path(TESSERA_TEST_DATA) / "pdebench" / name;
}

/// The grid and the fields of make.py there.
inline domains::SpaceTimeGrid const pdebench_small{
    .cells = 8, .levels = 5, .length = 1, .horizon = 20};

inline std::vector<double> pdebench_field(std::size_t sample)
{
  std::vector<double> field;
  for (std::size_t n = 0; n < 5; ++n) {
    for (std::size_t i = 0; i < 8; ++i) {
      field.push_back(static_cast<double>(1 + 10 * sample + n) / 100 +
                      static_cast<double>(i) / 1000);
    }
  }
  return field;
}

}  // namespace tessera::io
