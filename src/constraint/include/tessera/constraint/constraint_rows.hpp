#pragma once

#include <memory>
#include <span>
#include <vector>

#include <tessera/constraint/placed_basis.hpp>
#include <tessera/solvers/least_squares/levenberg_marquardt.hpp>

namespace tessera::constraint {

/// Cotangents of what rows read of a basis, added to. Shapes as in PlacedBasis.
struct PlacedCotangent {
  std::vector<double> value;
  std::vector<std::vector<double>> term_values;  ///< empty where terms are not kept
  std::vector<double> meeting_values;

  /// Term k at a point, u the first, as row[column].
  double *row(PlacedBasis const &placed, std::size_t k, std::size_t point)
  {
    return (k == 0 ? value : term_values[k - 1]).data() + placed.begin[point];
  }
};

/// The rows of one constraint solve: a least-squares problem in the coefficients of the columns,
/// its exact second derivative, and the derivative of its stationarity by the basis.
class ConstraintRows : public solvers::LeastSquaresProblem {
 public:
  /// u on the whole grid. Shapes (column), (level, cell).
  virtual std::vector<double> field(std::span<double const> w) const = 0;
  /// Root of the sum of squared rows at each point. Shape (level, cell); 0 where no row stands.
  virtual std::vector<double> residual(std::span<double const> w) const = 0;
  /// J^T J + sum_i r_i d2r_i/dw2, without the ridge. Shape (column, column).
  virtual std::vector<double> hessian(std::span<double const> w) const = 0;
  /// Adds the derivative of p^T J^T r by the basis at fixed w and p, times `scale`.
  virtual void pull_back(std::span<double const> w, std::span<double const> p, double scale,
                         PlacedCotangent &cotangent) const = 0;
  /// Adds the derivative of |r|^2 by the basis at fixed w, times `scale`.
  virtual void pull_back_cost(std::span<double const> w, double scale,
                              PlacedCotangent &cotangent) const = 0;
};

/// Throws InputError where these rows are stated for x alone and the grid has more axes of space.
void check_axes(RowOptions const &options, domains::SpaceTimeGrid const &grid);

/// The rows of `options` on the points of `box`, for one sample; its equation and `placed` must
/// outlive them. `meetings`: rows that hold experts together at cuts. Throws InputError.
std::unique_ptr<ConstraintRows> make_rows(domains::PdeSample const &sample,
                                          PlacedBasis const &placed, domains::Box const &box,
                                          RowOptions const &options, bool meetings);

/// What the reference rows make of a field on the whole grid, |r|^2 without the ridge: of the
/// truth, what it would cost. Shape of field (level, cell). Throws InputError as check_axes does.
double reference_cost(domains::PdeSample const &sample, domains::SpaceTimeGrid const &grid,
                      std::vector<double> const &field);

}  // namespace tessera::constraint
