#pragma once

#include <Eigen/Core>

#include <tessera/constraint/constraint_rows.hpp>

namespace tessera::constraint {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Rows that are linear in the coefficients: initial values, boundary values, equal values where
/// boxes meet. r = matrix w + offset; on several axes of space, where boxes meet in faces, behind
/// these the rows of all meetings, each weight (u_one - u_other), which the basis itself holds.
class LinearRows {
 public:
  /// weight (u(point) + shift) + before u(point - stride).
  void add_point(PlacedBasis const &placed, std::size_t point, double weight, double shift,
                 double before = 0, std::size_t stride = 1);
  /// One for each meeting.
  void add_meetings(PlacedBasis const &placed, double weight);
  void finish(PlacedBasis const &placed);

  /// Of the rows but those that the basis holds. Shapes (row, column), (row).
  RowMatrix const &matrix() const { return matrix_; }
  Eigen::VectorXd const &offset() const { return offset_; }
  /// J^T J of all rows. Shape (column, column).
  RowMatrix const &square() const { return square_; }

  /// r; |r|^2; J^T r.
  Eigen::VectorXd residual(PlacedBasis const &placed, Eigen::VectorXd const &w) const;
  double cost(PlacedBasis const &placed, Eigen::VectorXd const &w) const;
  Eigen::VectorXd transposed(PlacedBasis const &placed, Eigen::VectorXd const &r) const;
  /// Adds J, row after row.
  void append_jacobian(PlacedBasis const &placed, std::vector<double> &jacobian) const;

  /// Adds the derivative of r^T (matrix p) by the basis, times scale.
  void pull_back(PlacedBasis const &placed, Eigen::VectorXd const &w, Eigen::VectorXd const &p,
                 double scale, PlacedCotangent &cotangent) const;
  /// Adds the derivative of |r|^2 by the basis, times scale.
  void pull_back_square(PlacedBasis const &placed, Eigen::VectorXd const &w, double scale,
                        PlacedCotangent &cotangent) const;

 private:
  /// What a row was made from, so that its cotangent finds its way back: a value of a column's
  /// function at a point, or one of a meeting.
  struct Source {
    std::size_t point = 0;
    double weight = 0;
    bool meeting = false;
    double before = 0;  ///< weight of the point a stride before, in a one-sided difference
    std::size_t stride = 1;
  };
  /// J x.
  Eigen::VectorXd product(PlacedBasis const &placed, Eigen::VectorXd const &x) const;
  Eigen::VectorXd at_meetings(PlacedBasis const &placed, Eigen::VectorXd const &x) const;
  void add_square_of_meetings(PlacedBasis const &placed);
  /// Adds sum_i by_w_i w + by_p_i p over rows i at where row i was made from.
  void add(PlacedBasis const &placed, Eigen::VectorXd const &by_w, Eigen::VectorXd const &w,
           Eigen::VectorXd const &by_p, Eigen::VectorXd const &p, PlacedCotangent &cotangent) const;

  RowMatrix matrix_, square_;
  Eigen::VectorXd offset_;
  std::vector<Source> sources_;
  double held_weight_ = 0;  ///< of the rows of meetings that the basis holds; 0: there are none
  std::vector<double> entries_, offsets_;
};

}  // namespace tessera::constraint
