#pragma once

#include <string>
#include <vector>

#include <tessera/core/registry.hpp>
#include <tessera/domains/trajectories.hpp>
#include <tessera/io/run_folder.hpp>
#include <tessera/meta/adaptation.hpp>
#include <tessera/meta/evaluation.hpp>

namespace tessera::model {

/// What a finished run has to show.
struct RunResult {
  domains::Dataset const *data = nullptr;
  std::string title;
  int experts = 0;
  std::vector<int> route;                              ///< (environment): its expert
  std::vector<double> gate;                            ///< (environment, expert): gate values
  std::vector<double> step, loss_context, loss_model;  ///< (outer step)
  meta::Prediction test, query, outside;               ///< predictions of the three splits
  meta::Adapted adapted, adapted_outside;
};

/// The seam Sink: something that shows a finished run in its folder.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Throws IoError.
  virtual void write(RunResult const &result, io::RunFolder const &folder) const = 0;
};

/// Adds "pictures" (PNG), "paraview" (.pvd of .vtp) and "predictions" (HDF5).
void register_sinks(Registry &registry);

/// "24 harmonic oscillator, c0 = 2.1": how an environment is called wherever it is shown.
std::string environment_label(domains::Dataset const &data,
                              domains::Environment const &environment);

}  // namespace tessera::model
