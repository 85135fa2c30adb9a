#include "step.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>
#include <Eigen/QR>

#include "definite.hpp"

namespace tessera::solvers {
namespace {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// min |J S v + r|^2 + (ridge + damping)|v|^2 + 2 ridge_right v, by QR with column pivoting.
bool solve_by_qr(LeastSquaresProblem &problem, std::span<double const> w, int frozen,
                 ScaledNormal const &normal, Eigen::VectorXd const &ridge_right, double ridge,
                 double damping, Eigen::VectorXd &step)
{
  std::vector<double> jacobian, residual;
  if (!problem.rows(w, frozen, jacobian, residual)) return false;
  auto const n = normal.right.size(), rows = Eigen::Index(residual.size());
  Eigen::MatrixXd stacked(rows + n, n);
  stacked.topRows(rows) =
      Eigen::Map<Rows const>(jacobian.data(), rows, n) * normal.scale.asDiagonal();
  double const root = std::sqrt(std::max(ridge + damping, 1e-300));
  stacked.bottomRows(n) = root * Eigen::MatrixXd::Identity(n, n);
  Eigen::VectorXd right(rows + n);
  right.head(rows) = -Eigen::Map<Eigen::VectorXd const>(residual.data(), rows);
  right.tail(n) = -ridge_right / root;
  step = stacked.colPivHouseholderQr().solve(right);
  return step.allFinite();
}

/// Condition of a positive definite matrix from its Cholesky factor's diagonal: a lower bound.
double condition_of(Eigen::LLT<Eigen::MatrixXd> const &factor)
{
  return 1 / std::max(factor.rcond(), 1e-300);
}

}  // namespace

Eigen::VectorXd equilibrate(Eigen::VectorXd const &diagonal, double drop, int &dropped)
{
  double const largest = std::sqrt(std::max(diagonal.maxCoeff(), 0.));
  Eigen::VectorXd scale(diagonal.size());
  dropped = 0;
  for (Eigen::Index j = 0; j < diagonal.size(); ++j) {
    double const norm = std::sqrt(std::max(diagonal[j], 0.));
    bool const out = !(norm > drop * largest);
    scale[j] = out ? 0 : 1 / norm;
    dropped += out;
  }
  return scale;
}

bool solve_step(LeastSquaresProblem &problem, std::span<double const> w, int frozen,
                ScaledNormal const &normal, Eigen::VectorXd const &ridge_right, double damping,
                LeastSquaresOptions const &options, LeastSquaresResult &result,
                Eigen::VectorXd &step)
{
  Eigen::MatrixXd matrix = normal.matrix;
  matrix.diagonal().array() += options.ridge + damping;
  Eigen::VectorXd const right = -(normal.right + ridge_right);
  if (options.step == StepSolver::schwarz) {
    SchwarzResult solved = schwarz_solve(matrix, right, options.schwarz_block);
    result.sweeps += solved.sweeps;
    step = std::move(solved.x);
    return solved.converged && step.allFinite();
  }
  if (problem.block() > 0) {
    BlockTridiagonalCholesky const factor(matrix, problem.block());
    if (factor.positive()) {
      step = factor.solve(right);
      return step.allFinite();
    }
  }
  Eigen::LLT<Eigen::MatrixXd> const factor(matrix);
  bool const positive = factor.info() == Eigen::Success;
  result.condition = positive ? condition_of(factor) : 1 / options.ridge;
  if (positive && result.condition < options.ill_conditioned) {
    step = factor.solve(right);
    return step.allFinite();
  }
  result.used_qr = true;
  return solve_by_qr(problem, w, frozen, normal, ridge_right, options.ridge, damping, step);
}

}  // namespace tessera::solvers
