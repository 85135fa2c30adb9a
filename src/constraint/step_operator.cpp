#include "step_operator.hpp"

namespace tessera::constraint {

StepOperator::StepOperator(std::vector<double> bands)
    : lower_(bands.size() / 3), diagonal_(bands.size() / 3), upper_(bands.size() / 3)
{
  for (std::size_t i = 0; i < diagonal_.size(); ++i) {
    upper_[i] = bands[3 * i + 2];
    lower_[i] = i == 0 ? 0 : bands[3 * i] / diagonal_[i - 1];
    diagonal_[i] = bands[3 * i + 1] - (i == 0 ? 0 : lower_[i] * upper_[i - 1]);
  }
}

void StepOperator::solve(double *x, std::size_t columns) const
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

void StepOperator::solve_transposed(double *x) const
{
  std::size_t const n = rows();
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) x[i] -= upper_[i - 1] * x[i - 1];
    x[i] /= diagonal_[i];
  }
  for (std::size_t i = n - 1; i-- > 0;) x[i] -= lower_[i + 1] * x[i + 1];
}

}  // namespace tessera::constraint
