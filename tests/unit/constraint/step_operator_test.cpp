#include "step_operator.hpp"

#include <gtest/gtest.h>
#include <Eigen/LU>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

namespace tessera::constraint {
namespace {

class StepOperatorOf : public ::testing::TestWithParam<bool> {
 protected:
  static constexpr Eigen::Index n = 13;
  StepOperatorOf() : dense_(Eigen::MatrixXd::Zero(n, n)), bands_(3 * n)
  {
    Rng rng(1, "step_operator");
    for (Eigen::Index i = 0; i < n; ++i) {
      for (Eigen::Index k = 0; k < 3; ++k) {
        double const entry = k == 1 ? 4 + rng.uniform() : rng.uniform(-1, 1);
        bands_[std::size_t(3 * i + k)] = entry;
        Eigen::Index const j = i + k - 1;
        if (j >= 0 && j < n) dense_(i, j) = entry;
        if (GetParam() && (j < 0 || j >= n)) dense_(i, (j + n) % n) = entry;
      }
    }
  }
  Eigen::MatrixXd dense_;
  std::vector<double> bands_;
};

TEST_P(StepOperatorOf, SolvesAsTheDenseMatrixDoes)
{
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Rows const right = Rows::Random(n, 3);
  Rows x = right;

  StepOperator(bands_, GetParam()).solve(x.data(), 3);

  EXPECT_LT((dense_ * x - right).norm(), 1e-13);
}

TEST_P(StepOperatorOf, SolvesTransposedAsTheDenseMatrixDoes)
{
  Eigen::VectorXd const right = Eigen::VectorXd::Random(n);
  Eigen::VectorXd x = right;

  StepOperator(bands_, GetParam()).solve_transposed(x.data());

  EXPECT_LT((dense_.transpose() * x - right).norm(), 1e-13);
}

/// Cells of a plane, 4 x 5, a ring along the second axis: no band, not symmetric.
struct StepOperatorOfAPlane : ::testing::Test {
  StepOperatorOfAPlane() : dense(Eigen::MatrixXd::Zero(n, n))
  {
    Rng rng(2, "step_operator");
    for (Eigen::Index i = 0; i < n; ++i) {
      Eigen::Index const x = i / 5, y = i % 5;
      dense(i, i) = 4.5 + rng.uniform();
      dense(i, 5 * x + (y + 1) % 5) = rng.uniform(-1, 1);
      dense(i, 5 * x + (y + 4) % 5) = rng.uniform(-1, 1);
      if (x > 0) dense(i, i - 5) = rng.uniform(-1, 1);
      if (x < 3) dense(i, i + 5) = rng.uniform(-1, 1);
    }
  }
  StepOperator step() const { return StepOperator(CellMatrix(dense.sparseView())); }

  static constexpr Eigen::Index n = 20;
  Eigen::MatrixXd dense;
};

TEST_F(StepOperatorOfAPlane, SolvesAsTheDenseMatrixDoes)
{
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Rows const right = Rows::Random(n, 3);
  Rows x = right;

  step().solve(x.data(), 3);

  EXPECT_EQ(step().rows(), std::size_t(n));
  EXPECT_LT((x - dense.inverse() * right).norm(), 1e-13);
}

TEST_F(StepOperatorOfAPlane, SolvesTransposedAsTheDenseMatrixDoes)
{
  Eigen::VectorXd const right = Eigen::VectorXd::Random(n);
  Eigen::VectorXd x = right;

  step().solve_transposed(x.data());

  EXPECT_LT((x - dense.inverse().transpose() * right).norm(), 1e-13);
}

TEST_F(StepOperatorOfAPlane, TellsThatItIsSingular)
{
  CellMatrix matrix(dense.sparseView());
  for (CellMatrix::InnerIterator at(matrix, 7); at; ++at) at.valueRef() = 0;
  EXPECT_THROW(StepOperator{matrix}, SolverError);
}

INSTANTIATE_TEST_SUITE_P(Rings, StepOperatorOf, ::testing::Bool(),
                         [](auto const &each) { return each.param ? "cyclic" : "tridiagonal"; });

}  // namespace
}  // namespace tessera::constraint
