#pragma once

#include <nlohmann/json.hpp>

#include <tessera/meta/adaptation.hpp>
#include <tessera/model/model.hpp>

namespace tessera::model {

/// What adaptation found, system by system.
std::vector<System> to_systems(meta::Adapted const &found);

/// One JSON object for each system.
nlohmann::ordered_json systems_json(std::vector<System> const &systems,
                                    std::vector<std::string> const &labels);

}  // namespace tessera::model
