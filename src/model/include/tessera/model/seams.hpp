#pragma once

#include <tessera/core/config.hpp>
#include <tessera/meta/mixer_options.hpp>
#include <tessera/solvers/ode/ode_batch.hpp>

namespace tessera::model {

/// The seam Gate: what assigns environments to experts.
struct GateKind {
  virtual ~GateKind() = default;
  meta::GateOptions options;
};

/// The seam Solver: what integrates vector fields.
struct SolverKind {
  virtual ~SolverKind() = default;
  solvers::StepControl control;
};

}  // namespace tessera::model
