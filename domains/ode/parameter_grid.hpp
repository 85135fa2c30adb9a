#pragma once

#include <cstddef>
#include <vector>

namespace tessera::domains {

using ParameterList = std::vector<std::vector<double>>;  // (environment, parameter)

/// The training environments of one family: points of a grid, the first parameter slowest.
class ParameterGrid {
 public:
  /// All points of these values, neighbours beside each other. Shape (parameter, value).
  explicit ParameterGrid(std::vector<std::vector<double>> values);

  /// The first `environments` points of a regular grid with m = ceil(environments^(1/p)) values
  /// from low·ref to high·ref for each of the p parameters.
  static ParameterGrid around(std::vector<double> const &reference, double low, double high,
                              std::size_t environments);

  ParameterList training() const;

  /// Parameters that have more than one value.
  std::size_t varied() const;

  /// `count` environments that lie between training ones: centres of grid cells whose corners are
  /// all training environments (midpoints of neighbours for one parameter), entries
  /// floor((k + 1/2) n / count) of these n in grid order, so a single one is the middle one. Where
  /// there are too few whole cells, midpoints of edges between two training environments follow.
  ParameterList between(std::size_t count) const;

  /// The two environments 5 % outside the ends of the training values, all parameters scaled
  /// together: 0.95 times the smallest, 1.05 times the largest in magnitude.
  ParameterList outside() const;

 private:
  std::vector<double> at(std::size_t environment) const;
  std::vector<double> midpoint(std::size_t first, std::size_t second) const;
  std::size_t stride(std::size_t parameter) const;
  bool has_next(std::size_t environment, std::size_t parameter) const;

  std::vector<std::vector<double>> values_;  // (parameter, value)
  std::size_t environments_;
};

}  // namespace tessera::domains
