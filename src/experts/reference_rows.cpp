#include "reference_rows.hpp"

#include <cmath>

#include <tessera/core/rng.hpp>

#include "wide_difference.hpp"

namespace tessera::experts {
namespace {

constexpr double published_ridge = 1e-4;  // on the coefficients, as a row of each

}  // namespace

ReferenceRows::ReferenceRows(domains::Pde const &pde, PlacedBasis const &placed,
                             domains::Box const &box, double start, RowOptions const &options)
    : pde_(pde), placed_(placed), box_(box), terms_(wide_terms(placed.grid, placed.value))
{
  auto const &grid = placed.grid;
  std::vector<double> initial(grid.cells);
  pde.initial(grid, start, initial);
  for (std::size_t i = 0; i < grid.cells; ++i) {
    beside_.add_point(placed, i, 1 / initial[i], -initial[i]);
  }
  // u - D u_x on the right, u_x one-sided on the grid of x / x_max.
  double const outflow = pde.frozen_rate(domains::Form::conservative) * double(grid.cells - 1);
  for (std::size_t n = 1; n < grid.levels; ++n) {
    std::size_t const first = n * grid.cells;
    beside_.add_point(placed, first, 1, -1);
    beside_.add_point(placed, first + grid.cells - 1, 1 - outflow, 0, outflow);
  }
  beside_.finish(placed.columns());
  if (options.points == 0 || options.points >= box.size()) return;
  // Without replacement, unweighted, as published.
  Rng rng(options.draw, "constraint.points", box.first_level, box.first_cell);
  auto const order = rng.permutation(box.size());
  drawn_.assign(grid.size(), 0);
  for (std::size_t k = 0; k < options.points; ++k) {
    std::size_t const level = box.first_level + order[k] / box.cells(),
                      cell = box.first_cell + order[k] % box.cells();
    drawn_[level * grid.cells + cell] = 1;
  }
}

std::array<std::vector<double>, 3> ReferenceRows::combine(std::span<double const> w) const
{
  std::size_t const columns = placed_.columns();
  std::array<std::vector<double>, 3> out;
  for (std::size_t k = 0; k < 3; ++k) {
    out[k].resize(placed_.grid.size());
    for (std::size_t p = 0; p < out[k].size(); ++p) {
      double sum = 0;
      for (std::size_t c = 0; c < columns; ++c) sum += terms_[k][p * columns + c] * w[c];
      out[k][p] = sum;
    }
  }
  return out;
}

ReferenceRows::Points ReferenceRows::evaluate(std::array<std::vector<double>, 3> const &t) const
{
  auto const &grid = placed_.grid;
  std::size_t const cells = grid.cells;
  Points at{std::vector<double>(grid.size()), std::vector<double>(3 * grid.size()),
            std::vector<double>(6 * grid.size())};
  auto const times = grid.times();
  auto part = [&](auto &all, std::size_t n, std::size_t each) {
    return std::span(all).subspan(n * cells * each, cells * each);
  };
  for (std::size_t n = box_.first_level; n < box_.last_level; ++n) {
    pde_.residual(grid, times[n], part(t[0], n, 1), part(t[1], n, 1), part(t[2], n, 1),
                  {part(at.value, n, 1), part(at.slope, n, 3), part(at.curvature, n, 6)});
  }
  return at;
}

double ReferenceRows::cost(std::span<double const> w)
{
  auto const at = evaluate(combine(w));
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(w.size()));
  double sum = (beside_.matrix * x + beside_.offset).squaredNorm() +
               published_ridge * published_ridge * x.squaredNorm();
  for (std::size_t p = 0; p < at.value.size(); ++p) {
    if (inside(p)) sum += at.value[p] * at.value[p];
  }
  return sum;
}

double ReferenceRows::normal_equations(std::span<double const> w, int frozen, std::span<double> a,
                                       std::span<double> b)
{
  std::vector<double> jacobian, residual;
  rows(w, frozen, jacobian, residual);
  auto const columns = Eigen::Index(placed_.columns()), count = Eigen::Index(residual.size());
  Eigen::Map<RowMatrix const> const j(jacobian.data(), count, columns);
  Eigen::Map<Eigen::VectorXd const> const r(residual.data(), count);
  RowMatrix sum = RowMatrix::Zero(columns, columns);
  sum.selfadjointView<Eigen::Lower>().rankUpdate(j.transpose());
  sum.triangularView<Eigen::StrictlyUpper>() = sum.transpose();
  Eigen::Map<RowMatrix>(a.data(), columns, columns) = sum;
  Eigen::Map<Eigen::VectorXd>(b.data(), columns) = j.transpose() * r;
  return r.squaredNorm();
}

bool ReferenceRows::rows(std::span<double const> w, int frozen, std::vector<double> &jacobian,
                         std::vector<double> &residual)
{
  std::size_t const columns = placed_.columns();
  auto at = evaluate(combine(w));
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(columns));
  Eigen::VectorXd const beside = beside_.matrix * x + beside_.offset;
  jacobian.assign(beside_.matrix.data(), beside_.matrix.data() + beside_.matrix.size());
  residual.assign(beside.data(), beside.data() + beside.size());
  for (std::size_t c = 0; c < columns; ++c) {
    residual.push_back(published_ridge * w[c]);
    for (std::size_t k = 0; k < columns; ++k) jacobian.push_back(k == c ? published_ridge : 0);
  }
  for (std::size_t p = 0; p < at.value.size(); ++p) {
    if (!inside(p)) continue;
    double const *slope = &at.slope[3 * p];
    double const by_u = frozen >= 0 ? 0 : slope[0];
    residual.push_back(at.value[p]);
    for (std::size_t c = 0; c < columns; ++c) {
      std::size_t const q = p * columns + c;
      jacobian.push_back(by_u * terms_[0][q] + slope[1] * terms_[1][q] + slope[2] * terms_[2][q]);
    }
  }
  return true;
}

std::vector<double> ReferenceRows::field(std::span<double const> w) const
{
  return combine(w)[0];
}

std::vector<double> ReferenceRows::residual(std::span<double const> w) const
{
  auto at = evaluate(combine(w));
  for (std::size_t p = 0; p < at.value.size(); ++p) {
    at.value[p] = inside(p) ? std::abs(at.value[p]) : 0;
  }
  return at.value;
}

std::vector<double> ReferenceRows::hessian(std::span<double const> w) const
{
  std::size_t const columns = placed_.columns();
  auto const at = evaluate(combine(w));
  auto const n = Eigen::Index(columns);
  RowMatrix sum = beside_.square;
  sum.diagonal().array() += published_ridge * published_ridge;
  for (std::size_t p = 0; p < at.value.size(); ++p) {
    if (!inside(p)) continue;
    int k = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = i; j < 3; ++j, ++k) {
        double const weight = at.value[p] * at.curvature[6 * p + std::size_t(k)] +
                              at.slope[3 * p + i] * at.slope[3 * p + j];
        if (weight == 0) continue;
        Eigen::Map<Eigen::VectorXd const> const a(&terms_[i][p * columns], n),
            b(&terms_[j][p * columns], n);
        sum.noalias() += weight * a * b.transpose();
        if (i != j) sum.noalias() += weight * b * a.transpose();
      }
    }
  }
  return {sum.data(), sum.data() + sum.size()};
}

void ReferenceRows::pull_back(std::span<double const> w, std::span<double const> p, double scale,
                              PlacedCotangent &cotangent) const
{
  std::size_t const columns = placed_.columns(), size = placed_.grid.size();
  auto const at = evaluate(combine(w));
  auto const tangent = combine(p);
  std::array<std::vector<double>, 3> bars;
  for (auto &bar : bars) bar.assign(size * columns, 0.);
  constexpr std::size_t upper[3][3] = {{0, 1, 2}, {1, 3, 4}, {2, 4, 5}};
  for (std::size_t q = 0; q < size; ++q) {
    if (!inside(q)) continue;
    double const r = at.value[q], *slope = &at.slope[3 * q];
    double s = 0;
    for (std::size_t k = 0; k < 3; ++k) s += slope[k] * tangent[k][q];
    for (std::size_t k = 0; k < 3; ++k) {
      double bend = 0;
      for (std::size_t l = 0; l < 3; ++l) {
        bend += at.curvature[6 * q + upper[k][l]] * tangent[l][q];
      }
      double const by_w = scale * (s * slope[k] + r * bend), by_p = scale * r * slope[k];
      for (std::size_t c = 0; c < columns; ++c) {
        bars[k][q * columns + c] += by_w * w[c] + by_p * p[c];
      }
    }
  }
  add_wide_terms_transposed(placed_.grid, bars, cotangent.value);
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(columns)),
      y(p.data(), Eigen::Index(columns));
  beside_.pull_back(placed_, x, y, scale, cotangent);
}

void ReferenceRows::pull_back_cost(std::span<double const> w, double scale,
                                   PlacedCotangent &cotangent) const
{
  std::size_t const columns = placed_.columns(), size = placed_.grid.size();
  auto const at = evaluate(combine(w));
  std::array<std::vector<double>, 3> bars;
  for (std::size_t k = 0; k < 3; ++k) {
    bars[k].assign(size * columns, 0.);
    for (std::size_t q = 0; q < size; ++q) {
      if (!inside(q)) continue;
      double const by_w = 2 * scale * at.value[q] * at.slope[3 * q + k];
      for (std::size_t c = 0; c < columns; ++c) bars[k][q * columns + c] = by_w * w[c];
    }
  }
  add_wide_terms_transposed(placed_.grid, bars, cotangent.value);
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(columns));
  beside_.pull_back_square(placed_, x, scale, cotangent);
}

}  // namespace tessera::experts
