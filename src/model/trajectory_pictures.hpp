#pragma once

#include <vector>

#include <tessera/io/picture.hpp>
#include <tessera/model/sink.hpp>

namespace tessera::model {

/// Environments in the order of their families, so that blocks are seen as blocks.
std::vector<std::size_t> by_family(domains::Trajectories const &data);

/// One of the numbers that are shaped as the states of `data`.
inline double value_at(std::vector<double> const &values, domains::Trajectories const &data,
                       std::size_t e, std::size_t j, std::size_t k, std::size_t i)
{
  return values[((e * data.count + j) * data.points + k) * data.dimension + i];
}

/// A split with what is predicted of it; `deviation` is empty where nothing is known.
struct ShownSplit {
  domains::Trajectories const &truth;
  std::vector<double> const &states, &deviation;
};

/// The first state of environment `e` over time, true and predicted, from its first starts, with
/// 90 % bands where deviations are known: then of one start alone, or bands would hide each other.
io::Plot over_time(domains::Dataset const &data, ShownSplit const &split, std::size_t e);

/// plots/: systems of the test split (phase_portraits.png, or trajectories.png where times are few)
/// and new systems with their bands (new_systems.png), where the run has any.
void draw_trajectories(RunResult const &result, io::RunFolder const &folder);

}  // namespace tessera::model
