#include "definite.hpp"

#include <Eigen/Cholesky>

namespace tessera::solvers {
namespace {

using Eigen::Index;

struct Blocks {
  Index size, block;
  Index count() const { return (size + block - 1) / block; }
  Index begin(Index b) const { return b * block; }
  Index rows(Index b) const { return std::min(block, size - b * block); }
};

/// x += the blocks' own solutions of what is left, forth and back.
class SchwarzSweep {
 public:
  SchwarzSweep(Eigen::MatrixXd const &matrix, int block)
      : matrix_(matrix), blocks_{matrix.rows(), block}
  {
    for (Index b = 0; b < blocks_.count(); ++b) {
      auto const at = blocks_.begin(b), n = blocks_.rows(b);
      factors_.emplace_back(matrix.block(at, at, n, n));
    }
  }
  bool positive() const
  {
    for (auto const &factor : factors_) {
      if (factor.info() != Eigen::Success) return false;
    }
    return true;
  }
  Eigen::VectorXd apply(Eigen::VectorXd const &right) const
  {
    Eigen::VectorXd x = Eigen::VectorXd::Zero(right.size());
    for (Index b = 0; b < blocks_.count(); ++b) visit(b, right, x);
    for (Index b = blocks_.count() - 1; b-- > 0;) visit(b, right, x);
    return x;
  }

 private:
  void visit(Index b, Eigen::VectorXd const &right, Eigen::VectorXd &x) const
  {
    auto const at = blocks_.begin(b), n = blocks_.rows(b);
    Eigen::VectorXd const left = right.segment(at, n) - matrix_.middleRows(at, n) * x;
    x.segment(at, n) += factors_[std::size_t(b)].solve(left);
  }
  Eigen::MatrixXd const &matrix_;
  Blocks blocks_;
  std::vector<Eigen::LLT<Eigen::MatrixXd>> factors_;
};

}  // namespace

BlockTridiagonalCholesky::BlockTridiagonalCholesky(Eigen::MatrixXd const &matrix, int block)
    : block_(block)
{
  Blocks const blocks{matrix.rows(), block};
  for (Index b = 0; b < blocks.count(); ++b) {
    auto const at = blocks.begin(b), n = blocks.rows(b);
    Eigen::MatrixXd diagonal = matrix.block(at, at, n, n);
    if (b > 0) {
      auto const before = blocks.begin(b - 1);
      // L_b,b-1 = A_b,b-1 L_(b-1)^-T.
      Eigen::MatrixXd below =
          diagonal_.back()
              .triangularView<Eigen::Lower>()
              .solve(matrix.block(at, before, n, blocks.rows(b - 1)).transpose())
              .transpose();
      diagonal.noalias() -= below * below.transpose();
      below_.push_back(std::move(below));
    }
    Eigen::LLT<Eigen::MatrixXd> const factor(diagonal);
    positive_ = positive_ && factor.info() == Eigen::Success;
    diagonal_.push_back(factor.matrixL());
  }
}

Eigen::VectorXd BlockTridiagonalCholesky::solve(Eigen::VectorXd x) const
{
  Blocks const blocks{x.size(), block_};
  auto part = [&](Index b) { return x.segment(blocks.begin(b), blocks.rows(b)); };
  for (Index b = 0; b < blocks.count(); ++b) {
    if (b > 0) part(b) -= below_[std::size_t(b - 1)] * part(b - 1);
    diagonal_[std::size_t(b)].triangularView<Eigen::Lower>().solveInPlace(part(b));
  }
  for (Index b = blocks.count(); b-- > 0;) {
    if (b + 1 < blocks.count()) part(b) -= below_[std::size_t(b)].transpose() * part(b + 1);
    diagonal_[std::size_t(b)].triangularView<Eigen::Lower>().transpose().solveInPlace(part(b));
  }
  return x;
}

SchwarzResult schwarz_solve(Eigen::MatrixXd const &matrix, Eigen::VectorXd const &right, int block,
                            double tolerance)
{
  SchwarzSweep const sweep(matrix, block);
  SchwarzResult out{Eigen::VectorXd::Zero(right.size())};
  if (!sweep.positive()) return out;
  Eigen::VectorXd residual = right, z = sweep.apply(residual), direction = z;
  double product = residual.dot(z);
  double const goal = tolerance * right.norm();
  for (out.sweeps = 1; out.sweeps < 20 * right.size(); ++out.sweeps) {
    if (residual.norm() <= goal || !(product > 0)) break;
    Eigen::VectorXd const image = matrix * direction;
    double const step = product / direction.dot(image);
    out.x += step * direction;
    residual -= step * image;
    z = sweep.apply(residual);
    double const next = residual.dot(z);
    direction = z + next / product * direction;
    product = next;
  }
  // Rounding keeps badly conditioned systems from their goal; what is left is harmless where it is
  // small, since the outer iteration corrects it.
  out.converged = residual.norm() <= 1e-6 * right.norm();
  return out;
}

}  // namespace tessera::solvers
