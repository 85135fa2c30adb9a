#pragma once

#include <cstddef>
#include <vector>

namespace tessera::constraint {

/// The tridiagonal operator of one frozen time step, I - a L, factored; rows are measured through
/// its inverse (numerics 4.19).
class StepOperator {
 public:
  /// From the bands (row, 3) of the matrix itself. Entries outside the matrix are not read.
  explicit StepOperator(std::vector<double> bands);
  std::size_t rows() const { return diagonal_.size(); }
  /// x <- A^-1 x for all columns of x (row, column).
  void solve(double *x, std::size_t columns) const;
  /// x <- A^-T x.
  void solve_transposed(double *x) const;

 private:
  std::vector<double> lower_, diagonal_, upper_;  ///< of L (unit diagonal) and U
};

}  // namespace tessera::constraint
