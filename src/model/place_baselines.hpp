#pragma once

#include <memory>
#include <string>

#include "place_measure.hpp"

namespace tessera::model {

/// What needs no training: a basis, or the ansatz that bases are added to.
struct Baseline {
  std::string label;
  std::shared_ptr<constraint::BasisBank const> bank;
  std::shared_ptr<constraint::BasisNetwork> network;  ///< as it starts
  bool solves() const { return bank || network; }

  std::vector<constraint::PlacedSolution> solve(constraint::ConstrainedOptions const &options,
                                                std::span<domains::PdeSample const> problems) const;
};

/// With as many functions as the network has. Throws InputError on an unknown name.
Baseline make_baseline(std::string const &name, PlaceSettings const &settings,
                       PlaceFields const &fields);

}  // namespace tessera::model
