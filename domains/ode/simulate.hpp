#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tessera/domains/family.hpp>
#include <tessera/domains/trajectories.hpp>

#include "starts.hpp"

namespace tessera::domains {

/// Who moves: families, their time grids, and how carefully they are followed.
struct Simulation {
  std::vector<std::unique_ptr<Family>> families;
  std::vector<std::vector<double>> times;  ///< (family, time): stored times, increasing
  std::vector<double> horizons;            ///< (family): where the last step of a loose run ends
  bool loose = false;                      ///< the published RK45 tolerances instead of 1e-10
};

/// A split of these environments, every one of them from its family's starts. Throws SolverError,
/// naming family, parameters and start, where a trajectory cannot be followed.
Trajectories simulate(Simulation const &simulation, std::vector<StartList> const &starts,
                      std::vector<Environment> environments);

/// Names, units and parameters of the families. `name` is the data set's.
Dataset describe(Simulation const &simulation, std::string const &name);

/// Follows the first trajectory of every environment again with an implicit method (Rosenbrock 4,
/// adaptive, 1e-9): a second opinion on the explicit truth of a stiff family. Returns the largest
/// difference; throws SolverError, naming the trajectory, where it is above `tolerance`.
double check_against_rosenbrock(Simulation const &simulation, Trajectories const &split,
                                double tolerance);

/// A SolverError about one trajectory.
[[noreturn]] void fail_trajectory(Simulation const &simulation, Environment const &environment,
                                  std::span<double const> start, std::string const &what);

}  // namespace tessera::domains
