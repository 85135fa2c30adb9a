#include <cmath>

#include <gtest/gtest.h>
#include <petsctao.h>
#include <Eigen/Cholesky>

#include <tessera/core/rng.hpp>
#include <tessera/solvers/least_squares/levenberg_marquardt.hpp>

#include "definite.hpp"

namespace tessera::solvers {
namespace {

using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A problem from r and J as functions of w.
class Problem : public LeastSquaresProblem {
 public:
  virtual Eigen::VectorXd r(Eigen::VectorXd const &w) const = 0;
  virtual Eigen::MatrixXd j(Eigen::VectorXd const &w) const = 0;
  double cost(std::span<double const> w) override { return r(vector(w)).squaredNorm(); }
  double normal_equations(std::span<double const> w, int, std::span<double> a,
                          std::span<double> b) override
  {
    auto const x = vector(w);
    Eigen::MatrixXd const jacobian = j(x);
    Eigen::Map<Rows>(a.data(), x.size(), x.size()) = jacobian.transpose() * jacobian;
    Eigen::Map<Eigen::VectorXd>(b.data(), x.size()) = jacobian.transpose() * r(x);
    return r(x).squaredNorm();
  }
  bool rows(std::span<double const> w, int, std::vector<double> &jacobian,
            std::vector<double> &residual) override
  {
    Rows const all = j(vector(w));
    Eigen::VectorXd const values = r(vector(w));
    jacobian.assign(all.data(), all.data() + all.size());
    residual.assign(values.data(), values.data() + values.size());
    return true;
  }

 private:
  static Eigen::VectorXd vector(std::span<double const> w)
  {
    return Eigen::Map<Eigen::VectorXd const>(w.data(), Eigen::Index(w.size()));
  }
};

struct Rosenbrock : Problem {
  int unknowns() const override { return 2; }
  Eigen::VectorXd r(Eigen::VectorXd const &w) const override
  {
    return Eigen::Vector2d(10 * (w[1] - w[0] * w[0]), 1 - w[0]);
  }
  Eigen::MatrixXd j(Eigen::VectorXd const &w) const override
  {
    Eigen::MatrixXd out(2, 2);
    out << -20 * w[0], 10, -1, 0;
    return out;
  }
};

/// a exp(b t) to noisy values: a minimum with a residual that stays.
struct Decay : Problem {
  int unknowns() const override { return 2; }
  Eigen::VectorXd r(Eigen::VectorXd const &w) const override
  {
    Eigen::VectorXd out(9);
    for (int k = 0; k < 9; ++k) {
      out[k] =
          w[0] * std::exp(w[1] * k / 8.) - (2 * std::exp(-1.5 * k / 8.) + 0.1 * std::cos(5 * k));
    }
    return out;
  }
  Eigen::MatrixXd j(Eigen::VectorXd const &w) const override
  {
    Eigen::MatrixXd out(9, 2);
    for (int k = 0; k < 9; ++k) {
      double const e = std::exp(w[1] * k / 8.);
      out(k, 0) = e;
      out(k, 1) = w[0] * k / 8. * e;
    }
    return out;
  }
};

/// A w = y, with columns as one likes them.
struct Linear : Problem {
  Eigen::MatrixXd a;
  Eigen::VectorXd y;
  bool is_linear = true;
  int blocks = 0;
  Linear(int rows, int columns) : a(rows, columns), y(rows)
  {
    Rng rng(3, "levenberg_marquardt_test");
    for (double &entry : a.reshaped()) entry = rng.normal();
    for (double &entry : y) entry = rng.normal();
  }
  int unknowns() const override { return int(a.cols()); }
  bool linear() const override { return is_linear; }
  int block() const override { return blocks; }
  Eigen::VectorXd r(Eigen::VectorXd const &w) const override { return a * w - y; }
  Eigen::MatrixXd j(Eigen::VectorXd const &) const override { return a; }
};

TEST(LevenbergMarquardt, FindsTheMinimumOfRosenbrocksValley)
{
  Rosenbrock problem;

  auto const result = solve_least_squares(problem, {-1.2, 1}, {.frozen_passes = 0, .ridge = 0});

  EXPECT_EQ(result.status, Status::ok);
  EXPECT_NEAR(result.w[0], 1, 1e-8);
  EXPECT_NEAR(result.w[1], 1, 1e-8);
}

TEST(LevenbergMarquardt, ALinearProblemTakesOneStepToTheNormalEquations)
{
  Linear problem(13, 5);

  auto const result = solve_least_squares(problem, std::vector<double>(5, 0.), {.ridge = 0});

  Eigen::VectorXd const expected =
      (problem.a.transpose() * problem.a).llt().solve(problem.a.transpose() * problem.y);
  EXPECT_EQ(result.frozen_passes, 1);
  EXPECT_EQ(result.iterations, 0);
  for (int k = 0; k < 5; ++k) EXPECT_NEAR(result.w[std::size_t(k)], expected[k], 1e-12);
}

TEST(LevenbergMarquardt, TakesOutAColumnThatIsZeroAndCountsIt)
{
  Linear problem(13, 5);
  problem.a.col(2).setZero();

  auto const result = solve_least_squares(problem, std::vector<double>(5, 1.), {});

  EXPECT_EQ(result.status, Status::ok);
  EXPECT_EQ(result.dropped, 1);
  EXPECT_EQ(result.w[2], 0);
}

TEST(LevenbergMarquardt, FallsBackToPivotedQrWhereColumnsAreEqual)
{
  Linear problem(13, 5);
  problem.a.col(4) = problem.a.col(1);

  auto const result = solve_least_squares(problem, std::vector<double>(5, 0.), {});

  EXPECT_EQ(result.status, Status::ok);
  EXPECT_TRUE(result.used_qr);
  EXPECT_LE(result.gradient, 1e-8);
}

TEST(LevenbergMarquardt, SaysThatARowIsNotFinite)
{
  Linear problem(13, 5);
  problem.y[3] = NAN;

  auto const result = solve_least_squares(problem, std::vector<double>(5, 0.), {});

  EXPECT_EQ(result.status, Status::not_finite);
}

TEST(LevenbergMarquardt, SaysThatIterationsRanOut)
{
  Rosenbrock problem;

  auto const result =
      solve_least_squares(problem, {-1.2, 1}, {.frozen_passes = 0, .max_iterations = 2});

  EXPECT_EQ(result.status, Status::not_converged);
  EXPECT_EQ(result.iterations, 2);
}

TEST(LevenbergMarquardt, LanesEndByThemselvesWithTheSameBitsAsAlone)
{
  auto solve = [](std::size_t lane) {
    Decay problem;
    return solve_least_squares(problem, {1 + 0.1 * double(lane), -0.5}, {.frozen_passes = 0});
  };

  auto const together = solve_lanes(7, solve);

  for (std::size_t lane = 0; lane < 7; ++lane) {
    auto const alone = solve(lane);
    EXPECT_EQ(together[lane].w, alone.w);
    EXPECT_EQ(together[lane].iterations, alone.iterations);
  }
}

PetscErrorCode tao_residual(Tao, Vec w, Vec r, void *context)
{
  double const *in = nullptr;
  double *out = nullptr;
  VecGetArrayRead(w, &in);
  VecGetArray(r, &out);
  Eigen::VectorXd const values =
      static_cast<Problem *>(context)->r(Eigen::Map<Eigen::VectorXd const>(in, 2));
  std::copy(values.begin(), values.end(), out);
  VecRestoreArray(r, &out);
  VecRestoreArrayRead(w, &in);
  return 0;
}

PetscErrorCode tao_jacobian(Tao, Vec w, Mat j, Mat, void *context)
{
  double const *in = nullptr;
  VecGetArrayRead(w, &in);
  Eigen::MatrixXd const values =
      static_cast<Problem *>(context)->j(Eigen::Map<Eigen::VectorXd const>(in, 2));
  VecRestoreArrayRead(w, &in);
  for (int i = 0; i < values.rows(); ++i) {
    for (int k = 0; k < values.cols(); ++k) MatSetValue(j, i, k, values(i, k), INSERT_VALUES);
  }
  MatAssemblyBegin(j, MAT_FINAL_ASSEMBLY);
  return MatAssemblyEnd(j, MAT_FINAL_ASSEMBLY);
}

/// The minimum that PETSc's bound-constrained regularised Gauss-Newton method finds.
std::vector<double> tao_minimum(Problem &problem, std::vector<double> start, int rows)
{
  Tao tao;
  Vec w, r;
  Mat j;
  VecCreateSeq(PETSC_COMM_SELF, 2, &w);
  VecCreateSeq(PETSC_COMM_SELF, rows, &r);
  MatCreateSeqDense(PETSC_COMM_SELF, rows, 2, nullptr, &j);
  for (int k = 0; k < 2; ++k) VecSetValue(w, k, start[std::size_t(k)], INSERT_VALUES);
  TaoCreate(PETSC_COMM_SELF, &tao);
  TaoSetType(tao, TAOBRGN);
  TaoSetResidualRoutine(tao, r, tao_residual, &problem);
  TaoSetJacobianResidualRoutine(tao, j, j, tao_jacobian, &problem);
  TaoBRGNSetRegularizerWeight(tao, 0);
  TaoSetTolerances(tao, 1e-12, 1e-12, 1e-12);
  TaoSetMaximumIterations(tao, 1000);
  TaoSetSolution(tao, w);
  TaoSolve(tao);
  double const *out = nullptr;
  VecGetArrayRead(w, &out);
  std::vector<double> const found(out, out + 2);
  VecRestoreArrayRead(w, &out);
  TaoDestroy(&tao);
  VecDestroy(&w);
  VecDestroy(&r);
  MatDestroy(&j);
  return found;
}

TEST(LevenbergMarquardt, AgreesWithTaoBrgn)
{
  Decay decay;
  auto const ours = solve_least_squares(decay, {1, -0.5}, {.frozen_passes = 0});
  auto const theirs = tao_minimum(decay, {1, -0.5}, 9);

  EXPECT_EQ(ours.status, Status::ok);
  EXPECT_NEAR(ours.w[0], theirs[0], 1e-5);
  EXPECT_NEAR(ours.w[1], theirs[1], 1e-5);
}

/// Symmetric positive definite, block-tridiagonal with blocks of 3, the last of 2.
Eigen::MatrixXd block_tridiagonal(int n)
{
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(n, n);
  Rng rng(5, "block_tridiagonal");
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) {
      if (i / 3 - j / 3 > 1) continue;
      matrix(i, j) = matrix(j, i) = rng.normal();
    }
    matrix(i, i) += 12;
  }
  return matrix;
}

TEST(BlockTridiagonalCholesky, SolvesAsADenseFactorDoes)
{
  Eigen::MatrixXd const matrix = block_tridiagonal(11);
  Eigen::VectorXd const right = Eigen::VectorXd::LinSpaced(11, -1, 2);

  BlockTridiagonalCholesky const factor(matrix, 3);

  ASSERT_TRUE(factor.positive());
  EXPECT_LT((factor.solve(right) - matrix.llt().solve(right)).norm(), 1e-13);
}

TEST(BlockTridiagonalCholesky, SaysThatAPivotIsNotPositive)
{
  Eigen::MatrixXd matrix = block_tridiagonal(11);
  matrix(7, 7) = -1;

  EXPECT_FALSE(BlockTridiagonalCholesky(matrix, 3).positive());
}

TEST(Schwarz, SolvesAsADenseFactorDoes)
{
  Eigen::MatrixXd const matrix = block_tridiagonal(11);
  Eigen::VectorXd const right = Eigen::VectorXd::LinSpaced(11, -1, 2);

  auto const result = schwarz_solve(matrix, right, 3);

  EXPECT_TRUE(result.converged);
  EXPECT_LT((result.x - matrix.llt().solve(right)).norm(), 1e-12);
}

}  // namespace
}  // namespace tessera::solvers
