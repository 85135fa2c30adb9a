#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>

namespace tessera::solvers {

/// Cholesky factors of a symmetric positive definite block-tridiagonal matrix: blocks of `block`
/// rows, the last perhaps smaller; cost linear in the number of blocks.
class BlockTridiagonalCholesky {
 public:
  /// Reads the diagonal blocks and those below them of a dense matrix. Where a pivot is not
  /// positive, positive() is false.
  BlockTridiagonalCholesky(Eigen::MatrixXd const &matrix, int block);
  bool positive() const { return positive_; }
  Eigen::VectorXd solve(Eigen::VectorXd right) const;

 private:
  std::vector<Eigen::MatrixXd> diagonal_;  ///< lower triangular factors
  std::vector<Eigen::MatrixXd> below_;
  int block_ = 0;
  bool positive_ = true;
};

struct SchwarzResult {
  Eigen::VectorXd x;
  long sweeps = 0;
  bool converged = false;
};

/// Solves a symmetric positive definite system without factoring it: conjugate gradients, one
/// symmetric multiplicative Schwarz sweep over the diagonal blocks as preconditioner.
SchwarzResult schwarz_solve(Eigen::MatrixXd const &matrix, Eigen::VectorXd const &right, int block,
                            double tolerance = 1e-13);

}  // namespace tessera::solvers
