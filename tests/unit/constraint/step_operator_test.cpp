#include "step_operator.hpp"

#include <gtest/gtest.h>
#include <Eigen/LU>

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

INSTANTIATE_TEST_SUITE_P(Rings, StepOperatorOf, ::testing::Bool(),
                         [](auto const &each) { return each.param ? "cyclic" : "tridiagonal"; });

}  // namespace
}  // namespace tessera::constraint
