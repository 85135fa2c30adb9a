#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tessera/model/model.hpp>

namespace tessera::model {

/// Systems found by Model::adapt as JSON, {"adapt": [{"environment", "expert", "context", …}]}:
/// the form of a run's adapted.json. `labels` (system) may be empty. Whole, then renamed. Throws
/// IoError.
void write_systems(std::filesystem::path const &file, std::vector<System> const &systems,
                   std::vector<std::string> const &labels = {});

/// Reads what write_systems or a run wrote. Throws InputError that names file and entry.
std::vector<System> read_systems(std::filesystem::path const &file);

}  // namespace tessera::model
