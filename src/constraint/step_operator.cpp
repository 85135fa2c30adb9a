#include "step_operator.hpp"

namespace tessera::constraint {

StepOperator::StepOperator(std::vector<double> bands, bool cyclic)
    : lower_(bands.size() / 3), diagonal_(bands.size() / 3), upper_(bands.size() / 3)
{
  std::size_t const n = rows();
  if (cyclic) {
    first_ = -bands[1];
    last_ = bands[3 * n - 1];
    share_ = bands[0] / first_;
    bands[1] -= first_;
    bands[3 * n - 2] -= last_ * share_;
  }
  for (std::size_t i = 0; i < n; ++i) {
    upper_[i] = bands[3 * i + 2];
    lower_[i] = i == 0 ? 0 : bands[3 * i] / diagonal_[i - 1];
    diagonal_[i] = bands[3 * i + 1] - (i == 0 ? 0 : lower_[i] * upper_[i - 1]);
  }
  if (!cyclic) return;
  column_.assign(n, 0.), row_.assign(n, 0.);
  column_.front() = first_, column_.back() = last_;
  row_.front() = 1, row_.back() = share_;
  solve_bands(column_.data(), 1);
  solve_bands_transposed(row_.data());
  double const inverse = 1 / (1 + column_.front() + share_ * column_.back());
  for (double &c : column_) c *= inverse;
  for (double &r : row_) r *= inverse;
}

void StepOperator::solve(double *x, std::size_t columns) const
{
  if (sparse_) return sparse_->solve(x, columns);
  solve_bands(x, columns);
  if (column_.empty()) return;
  std::size_t const n = rows();
  std::vector<double> both(columns);
  double const *const last = x + (n - 1) * columns;
  for (std::size_t c = 0; c < columns; ++c) both[c] = x[c] + share_ * last[c];
  for (std::size_t i = 0; i < n; ++i) {
    double *const row = x + i * columns;
    for (std::size_t c = 0; c < columns; ++c) row[c] -= column_[i] * both[c];
  }
}

void StepOperator::solve_transposed(double *x) const
{
  if (sparse_) return sparse_->solve_transposed(x);
  solve_bands_transposed(x);
  if (row_.empty()) return;
  double const both = first_ * x[0] + last_ * x[rows() - 1];
  for (std::size_t i = 0; i < rows(); ++i) x[i] -= row_[i] * both;
}

void StepOperator::solve_bands(double *x, std::size_t columns) const
{
  std::size_t const n = rows();
  for (std::size_t i = 1; i < n; ++i) {
    double *row = x + i * columns;
    double const l = lower_[i];
    for (std::size_t c = 0; c < columns; ++c) row[c] -= l * (row - columns)[c];
  }
  for (std::size_t i = n; i-- > 0;) {
    double *row = x + i * columns;
    double const inverse = 1 / diagonal_[i], u = i + 1 < n ? upper_[i] : 0;
    for (std::size_t c = 0; c < columns; ++c) {
      double const next = i + 1 < n ? (row + columns)[c] : 0;
      row[c] = (row[c] - u * next) * inverse;
    }
  }
}

void StepOperator::solve_bands_transposed(double *x) const
{
  std::size_t const n = rows();
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) x[i] -= upper_[i - 1] * x[i - 1];
    x[i] /= diagonal_[i];
  }
  for (std::size_t i = n - 1; i-- > 0;) x[i] -= lower_[i + 1] * x[i + 1];
}

}  // namespace tessera::constraint
