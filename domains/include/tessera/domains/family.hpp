#pragma once

#include <span>
#include <string>
#include <vector>

namespace tessera::domains {

/// A family of dynamical systems x' = f(t, x; c): one formula, many parameter values.
class Family {
 public:
  virtual ~Family() = default;
  virtual std::string name() const = 0;  ///< as the field calls it
  virtual std::string id() const = 0;    ///< its number in ODEBench, the key in summary.json
  virtual std::vector<std::string> state_names() const = 0;
  virtual std::vector<std::string> parameter_names() const = 0;
  /// Units of states and parameters, in that order; "1" for dimensionless.
  virtual std::vector<std::string> units() const = 0;
  /// dx = f(t, x; c). Shapes (state), (parameter), (state).
  virtual void evaluate(double t, std::span<double const> x, std::span<double const> c,
                        std::span<double> dx) const = 0;

  int dimension() const { return static_cast<int>(state_names().size()); }
};

}  // namespace tessera::domains
