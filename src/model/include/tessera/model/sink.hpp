#pragma once

#include <memory>
#include <string>
#include <vector>

#include <tessera/constraint/constraint_layer.hpp>
#include <tessera/core/registry.hpp>
#include <tessera/domains/trajectories.hpp>
#include <tessera/io/run_folder.hpp>
#include <tessera/meta/adaptation.hpp>
#include <tessera/meta/evaluation.hpp>

namespace tessera::model {

/// What a finished run has to show: environments and units as in the data that were given.
struct RunResult {
  domains::Dataset const *data = nullptr;
  std::string title;
  int experts = 0;
  std::vector<std::size_t> order;                      ///< of training: indices of environments
  std::vector<int> route;                              ///< (environment): its expert
  std::vector<double> gate;                            ///< (environment, expert): gate values
  std::vector<double> step, loss_context, loss_model;  ///< (outer step)
  meta::Prediction test, query, outside;               ///< predictions of the three splits
  /// Standard deviations of the three, as their states; empty where nothing is known.
  std::vector<double> test_deviation, query_deviation, outside_deviation;
  meta::Adapted adapted, adapted_outside;
  /// Of what was kept from training, where anything was: as trained, and adapted as if new.
  meta::Prediction held_out, held_out_adapted;
};

/// Errors of one way of solving the test, level by level.
struct LevelErrors {
  std::string label;
  std::vector<double> at_level;  ///< (level): relative L2 over space, mean of samples
};

/// What a finished run of experts by place has to show. Fields have the shape (level, cell).
struct PlaceResult {
  std::string title;
  std::string quantity;                ///< what fields hold: Pde::quantity
  std::string time_unit, length_unit;  ///< PdeFamily's; empty where the equation has none
  domains::SpaceTimeGrid grid;
  std::size_t boxes_in_time = 1;
  std::vector<std::size_t> boxes_in_space{1};  ///< (axis)
  std::string loss_title;
  std::vector<double> step, loss;                     ///< (step), without those that failed
  std::vector<double> truth;                          ///< of the first test sample
  std::vector<constraint::PlacedSolution> solutions;  ///< of the first test samples, one at least
  std::size_t predictions = 0;                        ///< how many of them are to be kept
  std::size_t functions = 0;
  std::vector<double> basis;  ///< proposed for the first sample, (level, cell, function); or none
  std::vector<LevelErrors> errors;  ///< of the network, then of the baselines
};

/// The seam Sink: something that shows a finished run in its folder. What it has nothing to show of
/// it leaves alone.
class Sink {
 public:
  virtual ~Sink() = default;
  /// A run of a mixture. Throws IoError.
  virtual void write(RunResult const &, io::RunFolder const &) const {}
  /// A run of experts by place. Throws IoError.
  virtual void write_place(PlaceResult const &, io::RunFolder const &) const {}
};

/// The sinks that `output.sinks` names, all that ship where the key is absent, each with its
/// options from [output.<name>]. `number`: a name whose key is a number here, so that this sink
/// takes its defaults. Throws ConfigError.
std::vector<std::unique_ptr<Sink>> read_sinks(Section output, Registry const &registry,
                                              std::string const &number = {});

/// Adds "pictures" (PNG), "paraview" (.pvd of .vtp) and "predictions" (HDF5).
void register_sinks(Registry &registry);

/// "24 harmonic oscillator, c0 = 2.1": how an environment is called wherever it is shown.
std::string environment_label(domains::Dataset const &data,
                              domains::Environment const &environment);

}  // namespace tessera::model
