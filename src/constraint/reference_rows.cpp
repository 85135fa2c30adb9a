#include "reference_rows.hpp"

#include <algorithm>
#include <cmath>

#include <tessera/core/rng.hpp>

#include "term_loops.hpp"
#include "wide_difference.hpp"

namespace tessera::constraint {
namespace {

constexpr double published_ridge = 1e-4;  // on the coefficients, as a row of each

}  // namespace

ReferenceRows::ReferenceRows(domains::PdeSample const &sample, PlacedBasis const &placed,
                             domains::Box const &box, RowOptions const &options)
    : pde_(*sample.pde), placed_(placed), box_(box), orders_(orders_of(pde_, placed.grid))
{
  auto const &grid = placed.grid;
  auto const whole = wide_terms(grid, orders_, dense_values(placed));
  terms_.resize(whole.size());
  for (std::size_t k = 0; k < terms_.size(); ++k) {
    terms_[k].resize(Eigen::Index(box.size()), Eigen::Index(placed.columns()));
    for (std::size_t q = 0; q < box.size(); ++q) {
      auto const from = whole[k].begin() + long(on_grid(q) * placed.columns());
      std::copy(from, from + long(placed.columns()), terms_[k].row(Eigen::Index(q)).begin());
    }
  }
  std::vector<double> const initial = sample.start(grid);
  // Relative, as published of a constant start.
  double largest = 0;
  for (double const u : initial) largest = std::max(largest, std::abs(u));
  for (std::size_t i = 0; i < grid.cells; ++i) {
    beside_.add_point(placed, i, largest > 0 ? 1 / largest : 1, -initial[i]);
  }
  auto const [left, outflow] = published_ends(pde_, grid);
  for (std::size_t n = 1; n < grid.levels; ++n) {
    std::size_t const first = n * grid.cells;
    beside_.add_point(placed, first, 1, -left);
    beside_.add_point(placed, first + grid.cells - 1, 1 - outflow, 0, outflow);
  }
  beside_.finish(placed);
  if (options.points == 0 || options.points >= box.size()) return;
  // Without replacement, unweighted, as published.
  Rng rng(options.draw, "constraint.points", box.first_level, box.first_cell);
  auto const order = rng.permutation(box.size());
  drawn_.assign(box.size(), 0);
  for (std::size_t k = 0; k < options.points; ++k) drawn_[order[k]] = 1;
}

std::vector<Eigen::VectorXd> ReferenceRows::combine(std::span<double const> w) const
{
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(w.size()));
  std::vector<Eigen::VectorXd> terms;
  for (auto const &columns : terms_) terms.emplace_back(columns * x);
  return terms;
}

ReferenceRows::Points ReferenceRows::evaluate(std::vector<Eigen::VectorXd> const &terms,
                                              bool curved) const
{
  std::size_t const count = terms_.size(), bends = count * (count + 1) / 2;
  Points at{std::vector<double>(box_.size()), std::vector<double>(count * box_.size()),
            std::vector<double>(curved ? bends * box_.size() : 0)};
  auto const times = placed_.grid.times();
  std::size_t const cells = box_.cells();
  std::vector<std::span<double const>> level(count);
  for (std::size_t n = 0; n < box_.levels(); ++n) {
    for (std::size_t k = 0; k < count; ++k) {
      level[k] = std::span(terms[k].data(), box_.size()).subspan(n * cells, cells);
    }
    auto part = [&](auto &all, std::size_t each) {
      return all.empty() ? std::span<double>()
                         : std::span(all).subspan(n * cells * each, cells * each);
    };
    pde_.residual(placed_.grid, times[box_.first_level + n], box_.first_cell, level,
                  {part(at.value, 1), part(at.slope, count), part(at.curvature, bends)});
  }
  for (std::size_t q = 0; q < drawn_.size(); ++q) {
    if (drawn_[q]) continue;
    at.value[q] = 0;
    std::fill_n(&at.slope[count * q], count, 0.);
    if (curved) std::fill_n(&at.curvature[bends * q], bends, 0.);
  }
  return at;
}

double ReferenceRows::cost(std::span<double const> w)
{
  auto const at = evaluate(combine(w), false);
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(w.size()));
  double sum = (beside_.matrix() * x + beside_.offset()).squaredNorm() +
               published_ridge * published_ridge * x.squaredNorm();
  for (double const r : at.value) sum += r * r;
  return sum;
}

double ReferenceRows::normal_equations(std::span<double const> w, int frozen, std::span<double> a,
                                       std::span<double> b)
{
  auto const columns = Eigen::Index(placed_.columns());
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), columns);
  RowMatrix jacobian;
  Eigen::VectorXd r;
  equation_rows(w, frozen, jacobian, r);
  Eigen::VectorXd const beside = beside_.matrix() * x + beside_.offset();
  RowMatrix sum = RowMatrix::Zero(columns, columns);
  sum.selfadjointView<Eigen::Lower>().rankUpdate(jacobian.transpose());
  sum.triangularView<Eigen::StrictlyUpper>() = sum.transpose();
  sum += beside_.square();
  sum.diagonal().array() += published_ridge * published_ridge;
  Eigen::Map<RowMatrix>(a.data(), columns, columns) = sum;
  Eigen::Map<Eigen::VectorXd>(b.data(), columns) = jacobian.transpose() * r +
                                                   beside_.matrix().transpose() * beside +
                                                   published_ridge * published_ridge * x;
  return r.squaredNorm() + beside.squaredNorm() +
         published_ridge * published_ridge * x.squaredNorm();
}

void ReferenceRows::equation_rows(std::span<double const> w, int frozen, RowMatrix &jacobian,
                                  Eigen::VectorXd &residual) const
{
  auto const at = evaluate(combine(w), false);
  residual = Eigen::Map<Eigen::VectorXd const>(at.value.data(), Eigen::Index(at.value.size()));
  jacobian.resize(terms_[0].rows(), terms_[0].cols());
  for (Eigen::Index q = 0; q < jacobian.rows(); ++q) {
    double const *slope = &at.slope[terms_.size() * std::size_t(q)];
    double const by_u = frozen >= 0 ? 0 : slope[0];
    jacobian.row(q) = by_u * terms_[0].row(q) + slope[1] * terms_[1].row(q);
    for (std::size_t k = 2; k < terms_.size(); ++k) jacobian.row(q) += slope[k] * terms_[k].row(q);
  }
}

bool ReferenceRows::rows(std::span<double const> w, int frozen, std::vector<double> &jacobian,
                         std::vector<double> &residual)
{
  auto const columns = Eigen::Index(placed_.columns());
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), columns);
  RowMatrix slopes;
  Eigen::VectorXd equation;
  equation_rows(w, frozen, slopes, equation);
  Eigen::VectorXd const beside = beside_.matrix() * x + beside_.offset();
  RowMatrix ridge = RowMatrix::Identity(columns, columns) * published_ridge;
  jacobian.clear();
  residual.clear();
  auto append = [&](RowMatrix const &j, Eigen::VectorXd const &r) {
    jacobian.insert(jacobian.end(), j.data(), j.data() + j.size());
    residual.insert(residual.end(), r.data(), r.data() + r.size());
  };
  append(beside_.matrix(), beside);
  append(ridge, ridge * x);
  append(slopes, equation);
  return true;
}

std::vector<double> ReferenceRows::field(std::span<double const> w) const
{
  std::size_t const columns = placed_.columns();
  std::vector<double> const dense = dense_values(placed_);
  Eigen::Map<RowMatrix const> const values(dense.data(), Eigen::Index(placed_.grid.size()),
                                           Eigen::Index(columns));
  Eigen::VectorXd const u =
      values * Eigen::Map<Eigen::VectorXd const>(w.data(), Eigen::Index(columns));
  return {u.data(), u.data() + u.size()};
}

std::vector<double> ReferenceRows::residual(std::span<double const> w) const
{
  auto const at = evaluate(combine(w), false);
  std::vector<double> out(placed_.grid.size(), 0.);
  for (std::size_t q = 0; q < at.value.size(); ++q) out[on_grid(q)] = std::abs(at.value[q]);
  return out;
}

std::vector<double> ReferenceRows::hessian(std::span<double const> w) const
{
  auto const at = evaluate(combine(w), true);
  RowMatrix sum = beside_.square(), weighted;
  sum.diagonal().array() += published_ridge * published_ridge;
  std::size_t const count = terms_.size(), bends = count * (count + 1) / 2;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = i; j < count; ++j) {
      Eigen::VectorXd weight(Eigen::Index(at.value.size()));
      for (std::size_t q = 0; q < at.value.size(); ++q) {
        weight[Eigen::Index(q)] = at.value[q] * at.curvature[bends * q + in_triangle(count, i, j)] +
                                  at.slope[count * q + i] * at.slope[count * q + j];
      }
      weighted = weight.asDiagonal() * terms_[j];
      RowMatrix const product = terms_[i].transpose() * weighted;
      sum += product;
      if (i != j) sum += product.transpose();
    }
  }
  return {sum.data(), sum.data() + sum.size()};
}

void ReferenceRows::pull_back(std::span<double const> w, std::span<double const> p, double scale,
                              PlacedCotangent &cotangent) const
{
  std::size_t const columns = placed_.columns(), count = terms_.size();
  auto const at = evaluate(combine(w), true);
  auto const tangent = combine(p);
  auto bars = no_bars();
  for (std::size_t q = 0; q < at.value.size(); ++q) {
    double const r = at.value[q], *slope = &at.slope[count * q],
                 *curve = &at.curvature[count * (count + 1) / 2 * q];
    double s = 0;
    for (std::size_t k = 0; k < count; ++k) s += slope[k] * tangent[k][Eigen::Index(q)];
    for (std::size_t k = 0; k < count; ++k) {
      double bend = 0;
      for (std::size_t l = 0; l < count; ++l) {
        bend += curve[in_triangle(count, k, l)] * tangent[l][Eigen::Index(q)];
      }
      double const by_w = scale * (s * slope[k] + r * bend), by_p = scale * r * slope[k];
      double *bar = &bars[k][on_grid(q) * columns];
      for (std::size_t c = 0; c < columns; ++c) bar[c] += by_w * w[c] + by_p * p[c];
    }
  }
  add_wide_terms_transposed(placed_.grid, orders_, bars, cotangent.value);
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(columns)),
      y(p.data(), Eigen::Index(columns));
  beside_.pull_back(placed_, x, y, scale, cotangent);
}

std::vector<std::vector<double>> ReferenceRows::no_bars() const
{
  std::vector<double> const zeros(placed_.grid.size() * placed_.columns(), 0.);
  return std::vector<std::vector<double>>(terms_.size(), zeros);
}

void ReferenceRows::pull_back_cost(std::span<double const> w, double scale,
                                   PlacedCotangent &cotangent) const
{
  std::size_t const columns = placed_.columns();
  auto const at = evaluate(combine(w), false);
  auto bars = no_bars();
  for (std::size_t k = 0; k < terms_.size(); ++k) {
    for (std::size_t q = 0; q < at.value.size(); ++q) {
      double const by_w = 2 * scale * at.value[q] * at.slope[terms_.size() * q + k];
      double *bar = &bars[k][on_grid(q) * columns];
      for (std::size_t c = 0; c < columns; ++c) bar[c] = by_w * w[c];
    }
  }
  add_wide_terms_transposed(placed_.grid, orders_, bars, cotangent.value);
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(columns));
  beside_.pull_back_square(placed_, x, scale, cotangent);
}

}  // namespace tessera::constraint
