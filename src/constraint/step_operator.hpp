#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sparse_factors.hpp"

namespace tessera::constraint {

/// The operator of one frozen time step, I - a L, factored; rows are measured through its inverse
/// (numerics 4.19). On a line it has three bands; where it is cyclic, the first row and the last
/// are neighbours: a tridiagonal matrix and a product of two vectors (Sherman and Morrison, Ann.
/// Math. Stat. 21, 1950). On several axes it is sparse.
class StepOperator {
 public:
  /// From the bands (row, 3) of the matrix itself. Entries outside the matrix are not read.
  explicit StepOperator(std::vector<double> bands, bool cyclic = false);
  /// Throws SolverError where the matrix is singular.
  explicit StepOperator(CellMatrix const &matrix) : sparse_(matrix) {}
  std::size_t rows() const { return sparse_ ? sparse_->rows() : diagonal_.size(); }
  /// x <- A^-1 x for all columns of x (row, column).
  void solve(double *x, std::size_t columns) const;
  /// x <- A^-T x.
  void solve_transposed(double *x) const;

 private:
  void solve_bands(double *x, std::size_t columns) const;
  void solve_bands_transposed(double *x) const;
  std::vector<double> lower_, diagonal_, upper_;  ///< of L (unit diagonal) and U
  // Cyclic: A = T + (first, 0, …, last)^T (1, 0, …, share), T the bands.
  double first_ = 0, last_ = 0, share_ = 0;
  std::vector<double> column_, row_;  ///< T^-1 (first, …, last), T^-T (1, …, share), over 1 + both
  std::optional<SparseFactors> sparse_;  ///< none on a line
};

}  // namespace tessera::constraint
