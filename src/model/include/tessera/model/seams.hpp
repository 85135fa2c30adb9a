#pragma once

#include <memory>

#include <tessera/core/config.hpp>
#include <tessera/meta/gate.hpp>
#include <tessera/solvers/ode/ode_batch.hpp>

namespace tessera::model {

/// The seam Gate: what assigns environments to experts.
struct GateKind {
  virtual ~GateKind() = default;
  virtual std::unique_ptr<meta::Gate> make(int experts) const = 0;
};

/// The seam Solver: what integrates vector fields.
struct SolverKind {
  virtual ~SolverKind() = default;
  solvers::StepControl control;
};

}  // namespace tessera::model
