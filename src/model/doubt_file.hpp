#pragma once

#include <filesystem>
#include <string>

#include <tessera/meta/doubt.hpp>

namespace tessera::model {

/// doubt.json of a run folder: what its mixture knows of its own errors.
std::string describe_doubt(meta::Doubt const &doubt);

/// Nothing is known where the file is not there, as in runs of earlier versions and of experts
/// without push_forward. Throws InputError where it is not what describe_doubt wrote.
meta::Doubt read_doubt(std::filesystem::path const &file);

}  // namespace tessera::model
