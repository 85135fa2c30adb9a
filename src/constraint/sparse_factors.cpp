#include "sparse_factors.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <Eigen/OrderingMethods>

#include <tessera/core/error.hpp>

namespace tessera::constraint {

SparseFactors::SparseFactors(CellMatrix const &matrix)
    : order_(std::size_t(matrix.rows())), begin_{0}
{
  std::size_t const n = rows();
  Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, int> order;
  Eigen::AMDOrdering<int>()(Eigen::SparseMatrix<double>(matrix), order);
  std::vector<std::size_t> place(n);
  for (std::size_t i = 0; i < n; ++i) {
    order_[i] = std::size_t(order.indices()[Eigen::Index(i)]);
    place[order_[i]] = i;
  }
  std::vector<double> row(n, 0.);
  std::vector<char> filled(n, 0);
  for (std::size_t i = 0; i < n; ++i) add_row(matrix, place, i, row, filled);
}

void SparseFactors::add_row(CellMatrix const &matrix, std::vector<std::size_t> const &place,
                            std::size_t i, std::vector<double> &row, std::vector<char> &filled)
{
  std::vector<std::size_t> columns;
  std::set<std::size_t> left;  // of the diagonal, not eliminated yet
  auto const touch = [&](std::size_t j) -> double & {
    if (!filled[j]) {
      filled[j] = 1;
      columns.push_back(j);
      if (j < i) left.insert(j);
    }
    return row[j];
  };
  for (CellMatrix::InnerIterator entry(matrix, Eigen::Index(order_[i])); entry; ++entry) {
    touch(place[std::size_t(entry.col())]) += entry.value();
  }
  while (!left.empty()) {
    std::size_t const k = *left.begin();
    left.erase(left.begin());
    row[k] *= inverse_[k];
    for (std::size_t e = middle_[k]; e < begin_[k + 1]; ++e) {
      touch(column_[e]) -= row[k] * value_[e];
    }
  }
  if (row[i] == 0 || !std::isfinite(row[i])) {
    throw SolverError(
        "the operator of a frozen time step is singular; take a shorter step (more levels), or "
        "constraint.norm = \"plain\"");
  }
  inverse_.push_back(1 / row[i]);
  std::sort(columns.begin(), columns.end());
  for (std::size_t const j : columns) {
    if (j == i) {
      middle_.push_back(column_.size());
    } else {
      column_.push_back(j);
      value_.push_back(row[j]);
    }
    row[j] = 0;
    filled[j] = 0;
  }
  begin_.push_back(column_.size());
}

void SparseFactors::solve(double *x, std::size_t columns) const
{
  auto const row = [&](std::size_t i) { return x + order_[i] * columns; };
  auto const subtract = [&](double *to, std::size_t first, std::size_t last) {
    for (std::size_t e = first; e < last; ++e) {
      double const *const from = row(column_[e]);
      double const value = value_[e];
      for (std::size_t c = 0; c < columns; ++c) to[c] -= value * from[c];
    }
  };
  for (std::size_t i = 0; i < rows(); ++i) subtract(row(i), begin_[i], middle_[i]);
  for (std::size_t i = rows(); i-- > 0;) {
    double *const own = row(i);
    subtract(own, middle_[i], begin_[i + 1]);
    for (std::size_t c = 0; c < columns; ++c) own[c] *= inverse_[i];
  }
}

void SparseFactors::solve_transposed(double *x) const
{
  for (std::size_t i = 0; i < rows(); ++i) {
    double const own = x[order_[i]] *= inverse_[i];
    for (std::size_t e = middle_[i]; e < begin_[i + 1]; ++e) {
      x[order_[column_[e]]] -= value_[e] * own;
    }
  }
  for (std::size_t i = rows(); i-- > 0;) {
    double const own = x[order_[i]];
    for (std::size_t e = begin_[i]; e < middle_[i]; ++e) {
      x[order_[column_[e]]] -= value_[e] * own;
    }
  }
}

}  // namespace tessera::constraint
