#include "consistent_rows.hpp"

#include <algorithm>

namespace tessera::constraint {

ConsistentRows::Transposed ConsistentRows::transpose(std::vector<double> const &rows) const
{
  std::size_t const cells = combination_.box().cells(), groups = combination_.groups(),
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

void ConsistentRows::tangent_rows(Points const &at, std::vector<double> const &u,
                                  std::vector<double> const &second, std::size_t level, double *out,
                                  Carry &carry) const
{
  for (std::size_t i = 0; i < combination_.box().cells(); ++i) {
    double sum = 0;
    for_terms(level, i, [&](std::size_t p, double storage, double rate) {
      sum += storage * at.storage_slope[p] * u[p] -
             rate * (at.rate_slope[2 * p] * u[p] + at.rate_slope[2 * p + 1] * second[p]);
    });
    out[i] = sum;
  }
  combination_.combine(level, out, 1, carry);
}

std::vector<double> ConsistentRows::hessian(std::span<double const> w) const
{
  Points const at = evaluate(w, -1, Order::curvature);
  std::size_t const columns = placed_.columns(), size = placed_.grid.size();
  RowMatrix sum = beside_.square, j;
  Eigen::VectorXd ignored = Eigen::VectorXd::Zero(Eigen::Index(columns)),
                  zero = Eigen::VectorXd::Zero(Eigen::Index(combination_.box().cells()));
  Carry carry;
  for (std::size_t n = combination_.first_level(); n < combination_.last_level(); ++n) {
    jacobian_rows(at, n, j, carry);
    add_level(n, j, zero, sum, ignored);
  }
  Transposed const bar = transpose(all_residual_rows(at));
  sum.triangularView<Eigen::StrictlyUpper>() = sum.transpose();
  for (std::size_t p = 0; p < size; ++p) {
    double const uu = bar.storage[p] * at.storage_curvature[p] +
                      bar.rate[p] * at.rate_curvature[3 * p],
                 ux = bar.rate[p] * at.rate_curvature[3 * p + 1],
                 xx = bar.rate[p] * at.rate_curvature[3 * p + 2];
    if (uu == 0 && ux == 0 && xx == 0) continue;
    auto const first = Eigen::Index(placed_.range[2 * p]),
               n = Eigen::Index(placed_.range[2 * p + 1]) - first;
    Eigen::Map<Eigen::VectorXd const> const v(&placed_.value[p * columns] + first, n),
        s(&placed_.second[p * columns] + first, n);
    auto part = sum.block(first, first, n, n);
    part.noalias() += v * (uu * v + ux * s).transpose();
    part.noalias() += s * (ux * v + xx * s).transpose();
  }
  return {sum.data(), sum.data() + sum.size()};
}

void ConsistentRows::pull_back(std::span<double const> w, std::span<double const> p, double scale,
                               PlacedCotangent &cotangent) const
{
  // G = sum_i r_i s_i with s = J p; dG = s dr + r ds. The transposed combination carries r and s
  // from rows to points, where both are functions of two terms.
  Points const at = evaluate(w, -1, Order::curvature);
  std::size_t const columns = placed_.columns(), size = placed_.grid.size(),
                    groups = combination_.groups();
  std::vector<double> u(size), second(size), level(combination_.box().cells()),
      s(placed_.grid.levels * groups, 0.);
  products(p, u, second);
  Carry carry;
  for (std::size_t n = combination_.first_level(); n < combination_.last_level(); ++n) {
    tangent_rows(at, u, second, n, level.data(), carry);
    std::copy_n(level.begin(), groups, s.begin() + long(n * groups));
  }
  Transposed const by_r = transpose(all_residual_rows(at)), by_s = transpose(s);
  for (std::size_t k = 0; k < size; ++k) {
    double const *slope = &at.rate_slope[2 * k], *curve = &at.rate_curvature[3 * k];
    double const rs = by_r.storage[k], rr = by_r.rate[k];
    double const value_w = by_s.storage[k] * at.storage_slope[k] + by_s.rate[k] * slope[0] +
                           rs * at.storage_curvature[k] * u[k] +
                           rr * (curve[0] * u[k] + curve[1] * second[k]),
                 value_p = rs * at.storage_slope[k] + rr * slope[0],
                 second_w = by_s.rate[k] * slope[1] + rr * (curve[1] * u[k] + curve[2] * second[k]),
                 second_p = rr * slope[1];
    double *value_bar = &cotangent.value[k * columns], *bar = &cotangent.second[k * columns];
    for (std::size_t c = placed_.range[2 * k]; c < placed_.range[2 * k + 1]; ++c) {
      value_bar[c] += scale * (value_w * w[c] + value_p * p[c]);
      bar[c] += scale * (second_w * w[c] + second_p * p[c]);
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
  for (std::size_t k = 0; k < size; ++k) {
    double const *slope = &at.rate_slope[2 * k];
    double const by_value =
                     2 * scale * (by_r.storage[k] * at.storage_slope[k] + by_r.rate[k] * slope[0]),
                 by_second = 2 * scale * by_r.rate[k] * slope[1];
    for (std::size_t c = placed_.range[2 * k]; c < placed_.range[2 * k + 1]; ++c) {
      cotangent.value[k * columns + c] += by_value * w[c];
      cotangent.second[k * columns + c] += by_second * w[c];
    }
  }
  Eigen::Map<Eigen::VectorXd const> const x(w.data(), Eigen::Index(columns));
  beside_.pull_back_square(placed_, x, scale, cotangent);
}

}  // namespace tessera::constraint
