#pragma once

#include <map>
#include <string>
#include <vector>

#include <tessera/core/config.hpp>

namespace tessera::domains {

/// What a table [[data.family]] says, every name and number of it checked, the formulas not yet.
struct EquationSetting {
  std::string name;
  std::vector<std::string> states, equations;  ///< (state)
  std::vector<std::string> parameters;         ///< those with a list of values, by alphabet
  std::vector<std::vector<double>> values;     ///< (parameter, value), increasing
  std::map<std::string, double> constants;
  std::vector<double> low, high;   ///< (state), the box of the starts
  std::vector<std::string> units;  ///< (state then parameter)
  double horizon = 0;
  bool stiff = false;

  /// Throws ConfigError.
  static EquationSetting read(Section &table);
  /// All of it, as one line.
  std::string line() const;
};

}  // namespace tessera::domains
