#pragma once

#include <functional>
#include <span>
#include <vector>

#include <tessera/core/status.hpp>

namespace tessera::solvers {

/// One least-squares problem, min |r(w)|^2, given by its normal equations. Row weights are part of
/// r.
class LeastSquaresProblem {
 public:
  virtual ~LeastSquaresProblem() = default;
  virtual int unknowns() const = 0;
  /// |r(w)|^2, without the solver's ridge.
  virtual double cost(std::span<double const> w) = 0;
  /// a = J^T J (row-major, n x n, whole), b = J^T r; returns |r|^2. `frozen` >= 0: those of the
  /// linear problem whose coefficients are frozen at w (Picard), pass number `frozen`; -1: the true
  /// ones.
  virtual double normal_equations(std::span<double const> w, int frozen, std::span<double> a,
                                  std::span<double> b) = 0;
  /// J (row, n) and r themselves, for a QR where the normal equations are ill-conditioned; returns
  /// false where they are not offered.
  virtual bool rows(std::span<double const> w, int frozen, std::vector<double> &jacobian,
                    std::vector<double> &residual);
  /// Unknowns per block where J^T J is block-tridiagonal, 0 where it is dense.
  virtual int block() const { return 0; }
  virtual bool linear() const { return false; }
};

/// How the linear systems of the steps are solved.
enum class StepSolver {
  cholesky,  ///< block-tridiagonal where the problem is, else dense
  schwarz,   ///< symmetric multiplicative Schwarz over blocks, accelerated by conjugate gradients
};

struct LeastSquaresOptions {
  int frozen_passes = 3;          ///< at most; they end early where w changes by less than 1e-3
  int max_iterations = 30;        ///< Levenberg-Marquardt steps tried
  double tolerance = 1e-8;        ///< on max_j |(J^T r)_j| / (|J_j| |r|)
  double ridge = 1e-15;           ///< in equilibrated variables
  double drop = 1e-10;            ///< columns below this share of the largest are taken out
  double damping = 1e-8;          ///< the first, in equilibrated variables
  double ill_conditioned = 1e12;  ///< condition of J^T J, equilibrated, from which QR is used
  StepSolver step = StepSolver::cholesky;
  int schwarz_block = 0;  ///< unknowns of a box, for StepSolver::schwarz
};

/// How one solve went.
struct LeastSquaresResult {
  std::vector<double> w;
  Status status = Status::ok;
  int frozen_passes = 0, iterations = 0;
  double cost = 0;       ///< |r|^2 at w
  double gradient = 0;   ///< what `tolerance` is compared with
  double condition = 0;  ///< of J^T J, equilibrated, an estimate
  int dropped = 0;       ///< columns taken out
  bool used_qr = false;
  long sweeps = 0;              ///< of the Schwarz method, all steps together
  std::vector<double> scale;    ///< 1 / |J_j|, 0 for a column taken out: of the ridge
  std::vector<double> history;  ///< cost behind each accepted step
};

/// Frozen passes, then Levenberg-Marquardt from `start` on |r|^2 + ridge |w / scale|^2, with
/// Nielsen's damping; a linear problem takes one step. Never throws for numerical reasons: see
/// status.
LeastSquaresResult solve_least_squares(LeastSquaresProblem &problem, std::vector<double> start,
                                       LeastSquaresOptions const &options);

/// Solves problems of their own side by side, each ending by itself: make(lane) returns the
/// problem's result. The same on any number of threads.
std::vector<LeastSquaresResult> solve_lanes(
    std::size_t lanes, std::function<LeastSquaresResult(std::size_t lane)> const &solve);

}  // namespace tessera::solvers
