#pragma once

#include <string>

#include <tessera/domains/trajectories.hpp>

namespace tessera::model {

/// FNV-1a of every number of a data set, a word for each split: "train:0123456789abcdef test:…".
std::string data_digest(domains::Dataset const &data);

}  // namespace tessera::model
