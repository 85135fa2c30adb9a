#include <Eigen/Cholesky>

#include <tessera/experts/constraint_layer.hpp>

#include "linear_rows.hpp"

namespace tessera::experts {
namespace {

PlacedCotangent zero_cotangent(PlacedBasis const &placed)
{
  return {std::vector<double>(placed.value.size(), 0.),
          std::vector<double>(placed.value.size(), 0.),
          std::vector<double>(placed.meeting_values.size(), 0.)};
}

/// Adds the ridge's second derivative in the variables themselves; a column taken out keeps its
/// zero.
void add_ridge(RowMatrix &h, solvers::LeastSquaresResult const &solve, double ridge)
{
  for (Eigen::Index j = 0; j < h.rows(); ++j) {
    double const scale = solve.scale[std::size_t(j)];
    if (scale == 0) {
      h.row(j).setZero();
      h.col(j).setZero();
      h(j, j) = 1;
    } else {
      h(j, j) += ridge / (scale * scale);
    }
  }
}

/// p = H^-1 w_bar in equilibrated variables, H exact; with J^T J where H is no minimum's.
Eigen::VectorXd implicit_solve(ConstraintRows &rows, solvers::LeastSquaresResult const &solve,
                               Eigen::VectorXd bar, double ridge, int &fallbacks)
{
  auto const n = bar.size();
  Eigen::VectorXd scale(n);
  for (Eigen::Index j = 0; j < n; ++j) {
    double const s = solve.scale[std::size_t(j)];
    scale[j] = s == 0 ? 1 : s;
    if (s == 0) bar[j] = 0;
  }
  auto factor = [&](RowMatrix h) {
    add_ridge(h, solve, ridge);
    return Eigen::LDLT<Eigen::MatrixXd>(
        Eigen::MatrixXd(scale.asDiagonal() * h * scale.asDiagonal()));
  };
  auto const exact = rows.hessian(solve.w);
  auto ldlt = factor(Eigen::Map<RowMatrix const>(exact.data(), n, n));
  if (ldlt.info() != Eigen::Success || (ldlt.vectorD().array() <= 0).any()) {
    ++fallbacks;
    std::vector<double> a(std::size_t(n * n)), b(static_cast<std::size_t>(n));
    rows.normal_equations(solve.w, -1, a, b);
    ldlt = factor(Eigen::Map<RowMatrix const>(a.data(), n, n));
  }
  return scale.cwiseProduct(ldlt.solve(scale.cwiseProduct(bar)));
}

}  // namespace

LayerCotangent ConstraintLayer::pull_back(Gathered const &gathered, double start,
                                          PlacedSolution const &solution,
                                          std::span<double const> field_bar) const
{
  LayerCotangent out;
  bool const alone = !gathered.alone.empty();
  auto const &grid = partition_.grid();
  std::size_t const parts = alone ? gathered.alone.size() : 1;
  for (std::size_t part = 0; part < parts; ++part) {
    PlacedBasis const &placed = alone ? gathered.alone[part] : gathered.placed;
    auto const &solve = solution.solves[part];
    out.bases.push_back(zero_cotangent(placed));
    if (solve.status != Status::ok) continue;
    // u = lift + sum_c value_c w_c where this part makes the field.
    std::size_t const columns = placed.columns();
    Eigen::VectorXd bar = Eigen::VectorXd::Zero(Eigen::Index(columns));
    PlacedCotangent &cotangent = out.bases.back();
    for (std::size_t p = 0; p < grid.size(); ++p) {
      if (alone && !partition_.box(part).holds(p / grid.cells, p % grid.cells)) continue;
      for (std::size_t c = placed.range[2 * p]; c < placed.range[2 * p + 1]; ++c) {
        bar[Eigen::Index(c)] += field_bar[p] * placed.value[p * columns + c];
        cotangent.value[p * columns + c] += field_bar[p] * solve.w[c];
      }
    }
    auto const rows = rows_of(gathered, part, start);
    Eigen::VectorXd const p =
        implicit_solve(*rows, solve, bar, options_.solver.ridge, out.fallbacks);
    rows->pull_back(solve.w, {p.data(), columns}, -1, cotangent);
    pull_back_second_difference(pde_, grid, columns, cotangent.second, cotangent.value);
  }
  return out;
}

}  // namespace tessera::experts
