#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tessera::domains {

/// One environment: a family with its parameters fixed.
struct Environment {
  int family = -1;                 ///< index into Dataset::families; -1 where unknown
  std::vector<double> parameters;  ///< empty where unknown
  int number = -1;                 ///< in the file it was read from; -1 for made ones
  std::string name = {};           ///< what its owner calls it; empty where unnamed
};

/// "environment 3 (pump 7)": what messages call it; `index` where it has no number of its own.
std::string called(Environment const &environment, std::size_t index);

/// Trajectories of several environments on their time grids; batch index first.
struct Trajectories {
  std::vector<Environment> environments;
  std::size_t count = 0;       ///< trajectories in each environment
  std::size_t points = 0;      ///< stored times
  std::size_t dimension = 0;   ///< state size
  std::vector<double> times;   ///< (environment, time), seconds or the family's unit
  std::vector<double> states;  ///< (environment, trajectory, time, state)
  /// Of predicted states, as they are: standard deviations, NaN where unknown; empty for others.
  std::vector<double> deviation;

  std::size_t size() const { return environments.size(); }
  std::span<double const> grid(std::size_t environment) const
  {
    return {times.data() + environment * points, points};
  }
  /// The state at one time. Shape (state).
  std::span<double const> state(std::size_t environment, std::size_t trajectory,
                                std::size_t time) const
  {
    std::size_t row = (environment * count + trajectory) * points + time;
    return {states.data() + row * dimension, dimension};
  }
};

/// Numbers environments in the order in which they stand.
void number_environments(Trajectories &data);

/// What one experiment learns from and is measured on (protocol: README, "Data").
struct Dataset {
  std::string name;
  std::vector<std::string> families;      ///< ids, in the order of Environment::family
  std::vector<std::string> family_names;  ///< as the field calls them
  std::vector<std::string> state_names;   ///< (state)
  /// (family, parameter); empty where unknown.
  std::vector<std::vector<std::string>> parameter_names;
  /// (family, state then parameter), "1" for dimensionless; empty where unknown.
  std::vector<std::vector<std::string>> units;
  Trajectories train;                           ///< environments permuted by the seed
  Trajectories test;                            ///< same environments, same order, other starts
  Trajectories support, query;                  ///< new environments: one start, and many others
  Trajectories outside_support, outside_query;  ///< parameters outside the training range
  std::string remark;  ///< how it was put together, where users should hear of that
};

/// Makes a test split of training data that have none: a quarter of every environment's
/// trajectories, the last ones, or of the times where each has one trajectory alone. Says so in
/// `remark`. Throws InputError where there is too little to share.
void hold_out_test(Dataset &data);

}  // namespace tessera::domains
