#pragma once

#include <span>
#include <vector>

#include <Eigen/LU>

#include <tessera/domains/pde.hpp>

// Rates of equations by plain loops: what rows are compared with.
namespace tessera::twins {

/// Rate of one level of a field, by terms of the level itself. Shapes (cell).
inline std::vector<double> rate_of(domains::Pde const &pde, domains::SpaceTimeGrid const &grid,
                                   std::span<double const> u, double t = 0)
{
  std::vector<std::vector<double>> values;
  for (auto const &term : pde.terms(grid)) term.apply(u, values.emplace_back(grid.cells));
  std::vector<std::span<double const>> all{u};
  for (auto const &value : values) all.emplace_back(value);
  std::vector<double> out(grid.cells);
  pde.rate(domains::Form::rate, grid, t, all, {out, {}, {}});
  return out;
}

/// Rate of a linear equation, slope u + constant.
struct LinearRate {
  Eigen::MatrixXd slope;
  Eigen::VectorXd constant;

  LinearRate(domains::Pde const &pde, domains::SpaceTimeGrid const &grid)
  {
    auto const cells = Eigen::Index(grid.cells);
    auto const rate = [&](Eigen::VectorXd const &u) {
      auto const out = rate_of(pde, grid, {u.data(), grid.cells});
      return Eigen::VectorXd(Eigen::Map<Eigen::VectorXd const>(out.data(), cells));
    };
    constant = rate(Eigen::VectorXd::Zero(cells));
    slope.resize(cells, cells);
    for (Eigen::Index c = 0; c < cells; ++c) {
      slope.col(c) = rate(Eigen::VectorXd::Unit(cells, c)) - constant;
    }
  }
  /// One step of the trapezoidal rule, by dense matrices.
  Eigen::VectorXd step(Eigen::VectorXd const &u, double interval) const
  {
    double const half = interval / 2;
    Eigen::MatrixXd const one = Eigen::MatrixXd::Identity(slope.rows(), slope.cols());
    return (one - half * slope).lu().solve((one + half * slope) * u + 2 * half * constant);
  }
};

}  // namespace tessera::twins
