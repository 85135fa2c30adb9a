#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/SparseCore>

namespace tessera::constraint {

/// Of cells by cells; a row's cell and its neighbours along each axis have entries.
using CellMatrix = Eigen::SparseMatrix<double, Eigen::RowMajor>;

/// L U = A of a diagonally dominant sparse matrix, without pivots, rows in an order of minimum
/// degree (Amestoy, Davis, Duff, SIAM J. Matrix Anal. Appl. 17, 1996). Right-hand sides stand side
/// by side in a row, as the rows of a constraint do, so that one entry of a factor serves all.
class SparseFactors {
 public:
  /// Throws SolverError where a pivot is 0 or not finite.
  explicit SparseFactors(CellMatrix const &matrix);
  std::size_t rows() const { return order_.size(); }
  /// x <- A^-1 x for all columns of x (row, column).
  void solve(double *x, std::size_t columns) const;
  /// x <- A^-T x.
  void solve_transposed(double *x) const;

 private:
  void add_row(CellMatrix const &matrix, std::vector<std::size_t> const &place, std::size_t i,
               std::vector<double> &row, std::vector<char> &filled);
  std::vector<std::size_t> order_;  ///< (row): the matrix's own number of it
  // Row i: entries of L below the diagonal, then those of U above it.
  std::vector<std::size_t> begin_, middle_;  ///< (row + 1), (row): the first entry of U
  std::vector<std::size_t> column_;          ///< (entry)
  std::vector<double> value_;                ///< (entry)
  std::vector<double> inverse_;              ///< (row): 1 / diagonal of U
};

}  // namespace tessera::constraint
