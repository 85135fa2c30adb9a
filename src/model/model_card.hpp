#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <tessera/domains/scaling.hpp>

#include "prepared_data.hpp"

namespace tessera::model {

/// model.json of a run folder: what a trained model must know about the data it was made for, so
/// that it can be used where these are not.
struct ModelCard {
  std::vector<std::string> state_names;   ///< (state)
  std::vector<std::string> environments;  ///< (environment): labels, as in the user's files
  /// (environment of training): its index in `environments`; empty: the same.
  std::vector<std::size_t> order;
  domains::Scaling scaling;  ///< of what the network is told
};

/// The card as JSON.
std::string describe_model(PreparedData const &data);

/// Throws InputError where the file is not there or not what describe_model wrote.
ModelCard read_model_card(std::filesystem::path const &file);

}  // namespace tessera::model
