#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>

namespace tessera::constraint {

/// Chebyshev-Lobatto points over (0, 1), rising, both ends among them; one alone: the middle.
std::vector<double> chebyshev_lobatto(std::size_t count);

/// Functions of time that are told by their values at such points, `knots` of them, and are the
/// polynomials through these between them (Berrut & Trefethen, SIAM Review 46, 2004).
class Knots {
 public:
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  /// To be read at these times, each a share of the horizon.
  Knots(std::size_t knots, std::vector<double> const &times);

  /// What a value at a time takes of each knot's. Shape (time, knot).
  Matrix const &matrix() const { return matrix_; }

  /// Shape of `at_knots` (cell, knot, column), of `values` (time, cell, column).
  template <class T>
  void interpolate(std::size_t cells, std::size_t columns, T const *at_knots, double *values) const;
  /// The transposed: sets `at_knots_bar`. Shapes as above.
  template <class T>
  void pull_back(std::size_t cells, std::size_t columns, double const *values_bar,
                 T *at_knots_bar) const;

 private:
  Matrix matrix_;
};

}  // namespace tessera::constraint
