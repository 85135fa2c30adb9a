#pragma once

#include <Eigen/Core>

#include <tessera/solvers/least_squares/levenberg_marquardt.hpp>

namespace tessera::solvers {

/// Normal equations at one point, in equilibrated variables v = w / scale: unit diagonal, columns
/// taken out have scale 0 and a row of their own.
struct ScaledNormal {
  Eigen::MatrixXd matrix;
  Eigen::VectorXd right, scale;
  double cost = 0;
};

/// 1 / |J_j| from the diagonal of J^T J, 0 for columns below `drop` of the largest; counts them.
Eigen::VectorXd equilibrate(Eigen::VectorXd const &diagonal, double drop, int &dropped);

/// Solves (matrix + (ridge + damping) I) v = -right by what the options say; by pivoted QR of the
/// rows where the factors say that the condition is beyond options.ill_conditioned. Sets condition,
/// used_qr and sweeps of `result`; false where nothing worked.
bool solve_step(LeastSquaresProblem &problem, std::span<double const> w, int frozen,
                ScaledNormal const &normal, Eigen::VectorXd const &ridge_right, double damping,
                LeastSquaresOptions const &options, LeastSquaresResult &result,
                Eigen::VectorXd &step);

}  // namespace tessera::solvers
