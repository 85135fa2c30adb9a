#include <tessera/constraint/published_loss.hpp>

#include <cmath>

#include <fmt/format.h>

#include <tessera/core/error.hpp>

#include "wide_difference.hpp"

namespace tessera::constraint {
namespace {

double length(std::vector<double> const &v)
{
  double sum = 0;
  for (double const x : v) sum += x * x;
  return std::sqrt(sum);
}

/// |v| times `scale`; v becomes its derivative.
double norm_and_slope(std::vector<double> &v, double scale)
{
  double const norm = length(v);
  for (double &x : v) x = norm > 0 ? scale * x / norm : 0;
  return scale * norm;
}

double initial_term(domains::SpaceTimeGrid const &grid, std::span<domains::PdeSample const> samples,
                    std::span<std::vector<double> const> fields, double weight,
                    std::vector<std::vector<double>> &bar)
{
  std::vector<double> gap;
  double squares = 0;
  for (std::size_t k = 0; k < samples.size(); ++k) {
    std::vector<double> const start = samples[k].start(grid);
    for (std::size_t i = 0; i < grid.cells; ++i) {
      gap.push_back(fields[k][i] - start[i]);
      squares += start[i] * start[i];
    }
  }
  double const value = norm_and_slope(gap, 1 / std::sqrt(squares));
  for (std::size_t q = 0; q < gap.size(); ++q) {
    bar[q / grid.cells][q % grid.cells] += weight * gap[q];
  }
  return value;
}

double left_term(domains::SpaceTimeGrid const &grid, std::vector<double> const &u, double given,
                 double scale, double weight, std::vector<double> &bar)
{
  std::vector<double> gap;
  for (std::size_t n = 0; n < grid.levels; ++n) gap.push_back(u[n * grid.cells] - given);
  double const value = norm_and_slope(gap, scale);
  for (std::size_t n = 0; n < grid.levels; ++n) bar[n * grid.cells] += weight * gap[n];
  return value;
}

double right_term(domains::SpaceTimeGrid const &grid, std::vector<double> const &u,
                  std::vector<double> const *truth, double outflow, double scale, double weight,
                  std::vector<double> &bar)
{
  std::vector<double> gap;
  for (std::size_t n = 0; n < grid.levels; ++n) {
    std::size_t const last = (n + 1) * grid.cells - 1;
    gap.push_back(truth ? u[last] - (*truth)[last] : u[last] - outflow * (u[last] - u[last - 1]));
  }
  double const value = norm_and_slope(gap, scale);
  for (std::size_t n = 0; n < grid.levels; ++n) {
    std::size_t const last = (n + 1) * grid.cells - 1;
    bar[last] += weight * gap[n] * (truth ? 1 : 1 - outflow);
    if (!truth) bar[last - 1] += weight * gap[n] * outflow;
  }
  return value;
}

double equation_term(domains::Pde const &pde, domains::SpaceTimeGrid const &grid,
                     std::vector<double> const &u, double scale, double weight,
                     std::vector<double> &bar)
{
  auto const orders = orders_of(pde, grid);
  auto const terms = wide_terms(grid, orders, u);
  std::size_t const count = terms.size();
  std::vector<double> residual(grid.size()), slope(count * grid.size());
  std::vector<std::span<double const>> level(count);
  auto const times = grid.times();
  for (std::size_t n = 0; n < grid.levels; ++n) {
    auto part = [&](auto &all, std::size_t each) {
      return std::span(all).subspan(n * grid.cells * each, grid.cells * each);
    };
    for (std::size_t k = 0; k < count; ++k) level[k] = part(terms[k], 1);
    pde.residual(grid, times[n], 0, level, {part(residual, 1), part(slope, count), {}});
  }
  double const value = norm_and_slope(residual, scale);
  std::vector<std::vector<double>> bars(count, std::vector<double>(grid.size()));
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t p = 0; p < grid.size(); ++p) {
      bars[k][p] = weight * residual[p] * slope[count * p + k];
    }
  }
  add_wide_terms_transposed(grid, orders, bars, bar);
  return value;
}

}  // namespace

PublishedLoss published_loss(PublishedLossOptions const &options,
                             domains::SpaceTimeGrid const &grid,
                             std::span<domains::PdeSample const> samples,
                             std::span<std::vector<double> const> fields,
                             std::span<std::vector<double> const> truths)
{
  if (options.true_right && truths.size() != samples.size()) {
    throw InputError("the right boundary against true values needs the true field of each sample");
  }
  if (grid.dimensions() > 1) {
    throw InputError(
        fmt::format("train.loss = \"published\" is stated for x alone, on a grid of {} axes of "
                    "space; take train.loss = \"constraint\"",
                    grid.dimensions()));
  }
  PublishedLoss loss;
  loss.bar.assign(samples.size(), std::vector<double>(grid.size(), 0.));
  if (samples.empty()) return loss;
  loss.initial = initial_term(grid, samples, fields, options.initial, loss.bar);
  double const share = 1 / double(samples.size());
  for (std::size_t k = 0; k < samples.size(); ++k) {
    domains::Pde const &pde = *samples[k].pde;
    auto const [left, outflow] = published_ends(pde, grid);
    auto const *truth = options.true_right ? &truths[k] : nullptr;
    loss.left += left_term(grid, fields[k], left, share, options.boundary, loss.bar[k]);
    loss.right += right_term(grid, fields[k], truth, outflow, share, options.boundary, loss.bar[k]);
    loss.equation += equation_term(pde, grid, fields[k], share, options.equation, loss.bar[k]);
  }
  loss.total = options.initial * loss.initial + options.boundary * (loss.left + loss.right) +
               options.equation * loss.equation;
  return loss;
}

}  // namespace tessera::constraint
