#pragma once

#include <functional>
#include <string>
#include <vector>

#include <tessera/core/mean_deviation.hpp>

#include "place_fields.hpp"

namespace tessera::model {

/// How one way of solving the test went.
struct PlaceMeasure {
  std::string label;
  int functions = 0;
  std::vector<double> error;     ///< (sample): relative L2 over space-time
  std::vector<double> after;     ///< the same behind `test.after`; empty where that is 0
  std::vector<double> at_level;  ///< (level): relative L2 over space, mean of samples
  std::size_t converged = 0;
  double iterations_mean = 0, residual_mean = 0, jump_max = 0, condition_max = 0, mass_mean = 0;
  int iterations_max = 0;
  double seconds = 0;  ///< all samples together, the network included

  double mean() const { return tessera::mean(error); }
  double deviation() const { return tessera::deviation(error); }
  double largest() const;
};

/// Solutions of a batch of problems on the test's grid.
using PlaceSolver =
    std::function<std::vector<constraint::PlacedSolution>(std::span<domains::PdeSample const>)>;

/// Solves the first `samples` in batches of 64 and compares. `taken`, where given, takes the first
/// solutions, up to the capacity it was reserved.
PlaceMeasure measure_place(std::string const &label, PlaceSettings const &settings,
                           PlaceFields const &fields, PlaceSolver const &solve, std::size_t samples,
                           Progress &progress,
                           std::vector<constraint::PlacedSolution> *taken = nullptr);

/// A basis that needs no training (baseline_names), with as many functions, in the same boxes,
/// through the same layer: with its rows as they are, and with unweighted early rows.
std::vector<PlaceMeasure> measure_baseline(std::string const &name, PlaceSettings const &settings,
                                           PlaceFields const &fields, Progress &progress);

}  // namespace tessera::model
