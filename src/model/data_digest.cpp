#include "data_digest.hpp"

#include <array>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <tessera/core/hash.hpp>

namespace tessera::model {
namespace {

std::uint64_t digest_of(domains::Trajectories const &split)
{
  std::array<std::size_t, 4> const extents{split.size(), split.count, split.points,
                                           split.dimension};
  std::uint64_t hash = fnv1a(std::as_bytes(std::span(extents)));
  for (auto const &environment : split.environments) {
    hash = fnv1a(std::as_bytes(std::span(&environment.family, 1)), hash);
    hash = fnv1a(std::as_bytes(std::span(environment.parameters)), hash);
  }
  hash = fnv1a(std::as_bytes(std::span(split.times)), hash);
  return fnv1a(std::as_bytes(std::span(split.states)), hash);
}

}  // namespace

std::string data_digest(domains::Dataset const &data)
{
  std::string text;
  for (auto const &[name, split] : {std::pair{"train", &data.train},
                                    {"test", &data.test},
                                    {"support", &data.support},
                                    {"query", &data.query},
                                    {"outside_support", &data.outside_support},
                                    {"outside_query", &data.outside_query}}) {
    text += fmt::format("{}{}:{:016x}", text.empty() ? "" : " ", name, digest_of(*split));
  }
  return text;
}

}  // namespace tessera::model
