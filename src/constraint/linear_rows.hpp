#pragma once

#include <Eigen/Core>

#include <tessera/constraint/constraint_rows.hpp>

namespace tessera::constraint {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Rows that are linear in the coefficients and few: initial values, boundary values, equal values
/// where boxes meet. r = matrix w + offset.
struct LinearRows {
  /// What a row was made from, so that its cotangent finds its way back: a value of a column's
  /// function at a point, or one of a meeting.
  struct Source {
    std::size_t point = 0;
    double weight = 0;
    bool meeting = false;
    double before = 0;  ///< weight of the point before, in a one-sided difference
  };
  RowMatrix matrix, square;  ///< square = matrix^T matrix
  Eigen::VectorXd offset;
  std::vector<Source> sources;

  /// weight (u(point) + shift) + before u(point - 1).
  void add_point(PlacedBasis const &placed, std::size_t point, double weight, double shift,
                 double before = 0);
  void add_meeting(PlacedBasis const &placed, std::size_t meeting, double weight);
  void finish(std::size_t columns);
  /// Adds the derivative of r^T (matrix p) by the basis, times scale.
  void pull_back(PlacedBasis const &placed, Eigen::VectorXd const &w, Eigen::VectorXd const &p,
                 double scale, PlacedCotangent &cotangent) const;
  /// Adds the derivative of |r|^2 by the basis, times scale.
  void pull_back_square(PlacedBasis const &placed, Eigen::VectorXd const &w, double scale,
                        PlacedCotangent &cotangent) const;

 private:
  /// Adds sum_i by_w_i w + by_p_i p over rows i at where row i was made from.
  void add(PlacedBasis const &placed, Eigen::VectorXd const &by_w, Eigen::VectorXd const &w,
           Eigen::VectorXd const &by_p, Eigen::VectorXd const &p, PlacedCotangent &cotangent) const;
  std::vector<double> entries_, offsets_;
};

}  // namespace tessera::constraint
