#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace tessera::io {

/// What PDEBench calls a sample's group: 0007.
std::string pdebench_group(std::size_t sample);

/// The number of a group that is called like that.
std::optional<std::size_t> pdebench_sample(std::string const &group);

/// What the axes of space are called, in their order.
inline constexpr std::array<char const *, 3> pdebench_axes{"x", "y", "z"};

/// The attribute of our own that says which number the first row of a tensor has.
inline constexpr char const *first_sample_attribute = "first_sample";

}  // namespace tessera::io
