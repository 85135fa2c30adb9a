#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "parameter_grid.hpp"

namespace tessera::domains {

/// A set of one family: the published ones, and ours that is forced.
struct DynamicsSetting {
  std::string name;
  ParameterList train, adapt;     // (environment, parameter), in the published order
  std::vector<double> times;      // (time)
  double horizon;                 // where the published integration ends
  std::vector<double> low, high;  // (state), the box of the starts
  std::size_t train_starts, test_starts, query_starts;
  bool inverted_seeds;  // which splits count trajectory seeds down from 2^31 - 1, see published
  bool stiff;           // the truth is checked against an implicit method
};

/// lotka_volterra, glycolytic, selkov or forced_oscillator; throws InputError with these names for
/// another.
DynamicsSetting dynamics_setting(std::string const &name);

}  // namespace tessera::domains
