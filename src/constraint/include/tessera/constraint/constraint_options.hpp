#pragma once

#include <cstddef>
#include <cstdint>

#include <tessera/domains/pde.hpp>

namespace tessera::constraint {

/// Which rows state the equation.
enum class RowKind {
  consistent,  ///< those of a time step of the semi-discretisation
  reference,   ///< as published: pointwise, wide central differences (PI-HC-MoE, §3)
};

/// What a row is measured in.
enum class RowNorm {
  step,        ///< the error that one time step makes, in units of u
  plain,       ///< the residual itself
  propagated,  ///< the error that it and all steps before make, carried on with frozen coefficients
};

enum class TimeScheme {
  crank_nicolson,
  bdf2,
  backward_euler,
  logarithmic,  ///< Adams-Moulton of three levels in ln t: where u depends on x / sqrt(t)
};

/// How boxes are held together.
enum class Coupling {
  joint,               ///< stencils on the assembled field, one system
  none,                ///< each box alone, as published
  schwarz,             ///< the joint system by multiplicative Schwarz over boxes
  partition_of_unity,  ///< smooth windows that overlap
};

/// The rows of the constraint: what is asked of a field, and in which norm. `reference` rows, cells
/// taken together and `spreading` are stated for one axis of space.
struct RowOptions {
  RowKind kind = RowKind::consistent;
  RowNorm norm = RowNorm::step;
  TimeScheme time = TimeScheme::crank_nicolson;
  domains::Form form = domains::Form::rate;
  std::size_t cells = 1;  ///< rows are averages over so many cells; divides the grid's
  /// Seconds: rows of levels up to there ask that layers spread as x / sqrt(t) (Pde::spreading),
  /// not for a time step; 0: none.
  double spreading = 0;
  std::size_t first_level = 2;  ///< of the rows: the step from `first_level` - 1
  std::size_t last_level = 0;   ///< rows end before this level; 0: at the last
  double early = 0;             ///< tau / horizon: rows from t weigh 1 / (1 + (tau / t)^3)
  bool boundary = false;        ///< rows of boundary values beside
  bool lift = true;             ///< u = lift + distance x basis: initial, left values exact
  double continuity = 300;      ///< weight of rows of equal values where boxes meet
  std::size_t points = 0;       ///< rows of the equation drawn in each box; 0: all
  std::uint64_t draw = 0;       ///< which draw, where points are drawn
};

}  // namespace tessera::constraint
