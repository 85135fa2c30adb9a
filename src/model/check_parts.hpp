#pragma once

#include <string>

#include "place_settings.hpp"
#include "settings.hpp"

// What `tessera check` does beyond reading a config: all files are opened, every part is made, and
// one step is taken, shrunken.
namespace tessera::model {

/// Lines about the data, indented by two spaces. Throws InputError, as the run would.
std::string check_parts(Settings const &settings, Registry const &registry);
std::string check_parts(PlaceSettings const &settings);

}  // namespace tessera::model
