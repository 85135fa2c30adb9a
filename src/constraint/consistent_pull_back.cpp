#include "consistent_rows.hpp"

#include <algorithm>

#include "term_loops.hpp"

namespace tessera::constraint {

ConsistentRows::Transposed ConsistentRows::transpose(std::vector<double> const &rows) const
{
  std::size_t const cells = cells_.size(), groups = combination_.groups(),
                    size = placed_.grid.size();
  Transposed out{std::vector<double>(size, 0.), std::vector<double>(size, 0.)};
  std::vector<double> at_cells(cells);
  Carry carry;
  for (std::size_t n = combination_.last_level(); n-- > combination_.first_level();) {
    combination_.combine_transposed(n, std::span(rows).subspan(n * groups, groups), at_cells,
                                    carry);
    for (std::size_t i = 0; i < cells; ++i) {
      for_terms(n, i, [&](std::size_t p, double storage, double rate) {
        out.storage[p] += storage * at_cells[i];
        out.rate[p] -= rate * at_cells[i];
      });
    }
  }
  return out;
}

void ConsistentRows::tangent_rows(Points const &at, Terms const &tangent, std::size_t level,
                                  double *out, Carry &carry) const
{
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    double sum = 0;
    for_terms(level, i, [&](std::size_t p, double storage, double rate) {
      double change = at.rate_slope[count_ * p] * tangent[0][p];
      for (std::size_t k = 1; k < count_; ++k) {
        change += at.rate_slope[count_ * p + k] * tangent[k][p];
      }
      sum += storage * at.storage_slope[p] * tangent[0][p] - rate * change;
    });
    out[i] = sum;
  }
  combination_.combine(level, out, 1, carry);
}

std::vector<double> ConsistentRows::hessian(std::span<double const> w) const
{
  Points const at = evaluate(w, -1, Order::curvature);
  std::size_t const columns = placed_.columns(), size = placed_.grid.size();
  RowMatrix sum = beside_.square(), j;
  Eigen::VectorXd ignored = Eigen::VectorXd::Zero(Eigen::Index(columns)),
                  zero = Eigen::VectorXd::Zero(Eigen::Index(cells_.size()));
  Carry carry;
  for (std::size_t n = combination_.first_level(); n < combination_.last_level(); ++n) {
    jacobian_rows(at, n, j, carry);
    add_level(n, j, zero, sum, ignored);
  }
  Transposed const bar = transpose(all_residual_rows(at));
  sum.triangularView<Eigen::StrictlyUpper>() = sum.transpose();
  std::size_t const bends = count_ * (count_ + 1) / 2;
  std::vector<double> bend(bends);
  Eigen::VectorXd bent = Eigen::VectorXd::Zero(Eigen::Index(columns));
  TermRows terms(placed_, stencils_);
  std::vector<double const *> rows(count_);
  for (std::size_t p = 0; p < size; ++p) {
    for (std::size_t k = 0; k < bends; ++k) {
      bend[k] = bar.rate[p] * at.rate_curvature[bends * p + k];
    }
    bend[0] = bar.storage[p] * at.storage_curvature[p] + bend[0];
    if (std::all_of(bend.begin(), bend.end(), [](double b) { return b == 0; })) continue;
    auto const first = Eigen::Index(placed_.range[p].first),
               n = Eigen::Index(placed_.range[p].size());
    terms.read(p, rows);
    auto const row = [&](std::size_t k) {
      return Eigen::Map<Eigen::VectorXd const>(rows[k] + first, n);
    };
    auto part = sum.block(first, first, n, n);
    for (std::size_t k = 0; k < count_; ++k) {
      bent.head(n) = bend[in_triangle(count_, k, 0)] * row(0);
      for (std::size_t l = 1; l < count_; ++l) {
        bent.head(n) += bend[in_triangle(count_, k, l)] * row(l);
      }
      part.noalias() += row(k) * bent.head(n).transpose();
    }
  }
  return {sum.data(), sum.data() + sum.size()};
}

void ConsistentRows::term_bars(Points const &at, std::size_t p, Transposed const &by_r,
                               Transposed const &by_s, Terms const &tangent, TermBars &bars) const
{
  double const *slope = &at.rate_slope[count_ * p],
               *curve = &at.rate_curvature[count_ * (count_ + 1) / 2 * p];
  double const rs = by_r.storage[p], rr = by_r.rate[p];
  for (std::size_t k = 0; k < count_; ++k) {
    double bend = 0;
    for (std::size_t l = 0; l < count_; ++l) {
      bend += curve[in_triangle(count_, k, l)] * tangent[l][p];
    }
    double by_w = by_s.rate[p] * slope[k], by_p = rr * slope[k];
    if (k == 0) {
      by_w = by_s.storage[p] * at.storage_slope[p] + by_w +
             rs * at.storage_curvature[p] * tangent[0][p];
      by_p = rs * at.storage_slope[p] + by_p;
    }
    bars.by_w[k] = by_w + rr * bend;
    bars.by_p[k] = by_p;
  }
}

void ConsistentRows::pull_back(std::span<double const> w, std::span<double const> p, double scale,
                               PlacedCotangent &cotangent) const
{
  // G = sum_i r_i s_i with s = J p; dG = s dr + r ds. The transposed combination carries r and s
  // from rows to points, where both are functions of the terms.
  Points const at = evaluate(w, -1, Order::curvature);
  std::size_t const columns = placed_.columns(), size = placed_.grid.size(),
                    groups = combination_.groups();
  std::vector<double> level(cells_.size()), s(placed_.grid.levels * groups, 0.);
  Terms const tangent = products(p);
  Carry carry;
  for (std::size_t n = combination_.first_level(); n < combination_.last_level(); ++n) {
    tangent_rows(at, tangent, n, level.data(), carry);
    std::copy_n(level.begin(), groups, s.begin() + long(n * groups));
  }
  Transposed const by_r = transpose(all_residual_rows(at)), by_s = transpose(s);
  TermBars bars{std::vector<double>(count_), std::vector<double>(count_)};
  for (std::size_t q = 0; q < size; ++q) {
    term_bars(at, q, by_r, by_s, tangent, bars);
    for (std::size_t k = 0; k < count_; ++k) {
      double const by_w = bars.by_w[k], by_p = bars.by_p[k];
      auto const bar = [&](std::size_t c) { return scale * (by_w * w[c] + by_p * p[c]); };
      add_term_bar(placed_, k, q, bar, cotangent);
    }
  }
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(columns)),
      y(p.data(), Eigen::Index(columns));
  beside_.pull_back(placed_, x, y, scale, cotangent);
}

void ConsistentRows::pull_back_cost(std::span<double const> w, double scale,
                                    PlacedCotangent &cotangent) const
{
  Points const at = evaluate(w, -1, Order::slope);
  std::size_t const columns = placed_.columns(), size = placed_.grid.size();
  Transposed const by_r = transpose(all_residual_rows(at));
  for (std::size_t p = 0; p < size; ++p) {
    double const *slope = &at.rate_slope[count_ * p];
    for (std::size_t k = 0; k < count_; ++k) {
      double const by_term =
          k == 0 ? 2 * scale * (by_r.storage[p] * at.storage_slope[p] + by_r.rate[p] * slope[0])
                 : 2 * scale * by_r.rate[p] * slope[k];
      auto const bar = [&](std::size_t c) { return by_term * w[c]; };
      add_term_bar(placed_, k, p, bar, cotangent);
    }
  }
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(columns));
  beside_.pull_back_square(placed_, x, scale, cotangent);
}

}  // namespace tessera::constraint
