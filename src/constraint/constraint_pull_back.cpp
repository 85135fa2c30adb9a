#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>

#include <tessera/constraint/constraint_layer.hpp>

#include "linear_rows.hpp"

namespace tessera::constraint {
namespace {

PlacedCotangent zero_cotangent(PlacedBasis const &placed)
{
  PlacedCotangent zero;
  zero.value.assign(placed.value.size(), 0.);
  zero.term_values.assign(placed.term_values.size(), zero.value);
  zero.meeting_values.assign(placed.meeting_values.size(), 0.);
  return zero;
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

/// One Newton step with |eigenvalues| where the Hessian has one that is not positive; true where
/// it lowered the cost.
bool leave_saddle(ConstraintRows &rows, solvers::LeastSquaresResult &solve, double ridge)
{
  auto const n = Eigen::Index(solve.w.size());
  auto const exact = rows.hessian(solve.w);
  RowMatrix h = Eigen::Map<RowMatrix const>(exact.data(), n, n);
  add_ridge(h, solve, ridge);
  Eigen::VectorXd scale(n);
  for (Eigen::Index j = 0; j < n; ++j) {
    double const s = solve.scale[std::size_t(j)];
    scale[j] = s == 0 ? 1 : s;
  }
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const modes(
      Eigen::MatrixXd(scale.asDiagonal() * h * scale.asDiagonal()));
  if (modes.eigenvalues()[0] > 0) return false;
  std::vector<double> a(std::size_t(n * n)), b(static_cast<std::size_t>(n));
  double const before = rows.normal_equations(solve.w, -1, a, b);
  Eigen::VectorXd const slope = scale.cwiseProduct(Eigen::Map<Eigen::VectorXd>(b.data(), n));
  Eigen::VectorXd const lengths = modes.eigenvalues().cwiseAbs().cwiseMax(1e-12);
  Eigen::VectorXd const step =
      -modes.eigenvectors() * (modes.eigenvectors().transpose() * slope).cwiseQuotient(lengths);
  std::vector<double> trial = solve.w;
  for (Eigen::Index j = 0; j < n; ++j) {
    if (solve.scale[std::size_t(j)] != 0) trial[std::size_t(j)] += scale[j] * step[j];
  }
  double const cost = rows.cost(trial);
  if (!(cost < before)) return false;
  solve.w = std::move(trial);
  solve.cost = cost;
  return true;
}

}  // namespace

int ConstraintLayer::settle(Gathered const &gathered, domains::PdeSample const &sample,
                            PlacedSolution &solution) const
{
  int moved = 0;
  std::vector<double> w;
  for (std::size_t part = 0; part < solution.solves.size(); ++part) {
    auto &solve = solution.solves[part];
    auto const rows = rows_of(gathered, part, sample);
    for (int step = 0; step < 3 && solve.status == Status::ok; ++step) {
      if (!leave_saddle(*rows, solve, options_.solver.ridge)) break;
      moved += step == 0;
    }
    w.insert(w.end(), solve.w.begin(), solve.w.end());
  }
  if (moved == 0) return 0;
  solution.w = std::move(w);
  solution.experts.clear();
  report(gathered, sample, solution);
  return moved;
}

LayerCotangent ConstraintLayer::pull_back(Gathered const &gathered,
                                          domains::PdeSample const &sample,
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
      if (alone && !partition_.box(part).holds(grid, p / grid.cells, p % grid.cells)) continue;
      double const *const value = placed.row(0, p);
      double *const value_bar = cotangent.row(placed, 0, p);
      Columns const own = placed.own(p);
      for (std::size_t c = own.first; c < own.last; ++c) {
        bar[Eigen::Index(c)] += field_bar[p] * value[c];
        value_bar[c] += field_bar[p] * solve.w[c];
      }
    }
    auto const rows = rows_of(gathered, part, sample);
    Eigen::VectorXd const p =
        implicit_solve(*rows, solve, bar, options_.solver.ridge, out.fallbacks);
    rows->pull_back(solve.w, {p.data(), columns}, -1, cotangent);
    pull_back_terms(placed, cotangent.term_values, cotangent.value);
  }
  return out;
}

LayerCotangent ConstraintLayer::pull_back_cost(Gathered const &gathered,
                                               domains::PdeSample const &sample,
                                               PlacedSolution const &solution, double scale) const
{
  LayerCotangent out;
  bool const alone = !gathered.alone.empty();
  for (std::size_t part = 0; part < solution.solves.size(); ++part) {
    PlacedBasis const &placed = alone ? gathered.alone[part] : gathered.placed;
    out.bases.push_back(zero_cotangent(placed));
    auto const &solve = solution.solves[part];
    if (solve.status != Status::ok) continue;
    PlacedCotangent &cotangent = out.bases.back();
    rows_of(gathered, part, sample)->pull_back_cost(solve.w, scale, cotangent);
    pull_back_terms(placed, cotangent.term_values, cotangent.value);
  }
  return out;
}

std::vector<double> ConstraintLayer::pull_back_gather(Gathered const &gathered,
                                                      domains::PdeSample const &sample,
                                                      LayerCotangent const &cotangent) const
{
  bool const alone = !gathered.alone.empty();
  std::vector<double> bar(partition_.grid().size() * gathered.placed.functions, 0.);
  for (std::size_t part = 0; part < cotangent.bases.size(); ++part) {
    auto const &own = cotangent.bases[part];
    pull_back_place(*sample.pde, partition_, alone ? gathered.alone[part] : gathered.placed,
                    options_.coupling, options_.rows.lift, own.value, own.meeting_values, bar);
  }
  return bar;
}

}  // namespace tessera::constraint
