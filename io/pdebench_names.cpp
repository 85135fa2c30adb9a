#include "pdebench_names.hpp"

#include <charconv>

#include <fmt/format.h>

#include <tessera/core/error.hpp>
#include <tessera/core/printable.hpp>
#include <tessera/io/pdebench.hpp>

namespace tessera::io {

std::string pdebench_group(std::size_t sample)
{
  return fmt::format("{:04}", sample);
}

std::optional<std::size_t> pdebench_sample(std::string const &group)
{
  std::size_t sample = 0;
  char const *const end = group.data() + group.size();
  auto const [behind, code] = std::from_chars(group.data(), end, sample);
  if (code != std::errc() || behind != end || pdebench_group(sample) != group) return {};
  return sample;
}

PdebenchLayout pdebench_layout(std::string const &word)
{
  if (word == "samples") return PdebenchLayout::samples;
  if (word == "tensor") return PdebenchLayout::tensor;
  throw InputError("there is no layout \"" + printable(word) +
                   "\" of PDEBench files; write samples (a group for each) or tensor");
}

}  // namespace tessera::io
