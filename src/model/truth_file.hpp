#pragma once

#include <cstdint>
#include <string>

namespace tessera::model {

/// Why fields that say "key: value" lines of themselves, `found`, are not the true fields of an
/// equation with the lines `wanted`, test samples of `seed`: "has D = 1, not 0.0005", a sentence
/// for the user; empty where nothing speaks against it. The seed is compared where tessera truth
/// made the fields: others count theirs in another way.
std::string other_truth(std::string const &found, std::string const &wanted, std::uint64_t seed);

}  // namespace tessera::model
