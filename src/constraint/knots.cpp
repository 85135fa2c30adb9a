#include "knots.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Kokkos_Core.hpp>

namespace tessera::constraint {
namespace {

using Host = Kokkos::DefaultHostExecutionSpace;
using Eigen::Index;
using Eigen::OuterStride;

template <class Number>
using Strided = Eigen::Map<Number, 0, OuterStride<>>;

/// About so many columns in one product, so that they stay in the cache: always the same cells
/// together, whatever the number of threads.
constexpr std::size_t width = 512;

/// body(first cell, count of cells) for blocks of cells, side by side.
template <class Body>
void for_each_block(char const *label, std::size_t cells, std::size_t columns, Body const &body)
{
  std::size_t const block = std::max<std::size_t>(1, width / columns),
                    blocks = (cells + block - 1) / block;
  Kokkos::parallel_for(label, Kokkos::RangePolicy<Host>(0, blocks), [&](std::size_t k) {
    std::size_t const first = k * block;
    body(first, std::min(block, cells - first));
  });
}

}  // namespace

std::vector<double> chebyshev_lobatto(std::size_t count)
{
  std::vector<double> points(count, 0.5);
  for (std::size_t k = 0; count > 1 && k < count; ++k) {
    double const root = std::sin(std::numbers::pi / 2 * double(k) / double(count - 1));
    points[k] = root * root;  // (1 - cos) / 2, without its rounding near 0
  }
  return points;
}

Knots::Knots(std::size_t knots, std::vector<double> const &times)
    : matrix_(Matrix::Zero(Index(times.size()), Index(knots)))
{
  auto const points = chebyshev_lobatto(knots);
  for (std::size_t n = 0; n < times.size(); ++n) {
    auto row = matrix_.row(Index(n));
    auto const same = std::find(points.begin(), points.end(), times[n]);
    if (same != points.end()) {
      row[same - points.begin()] = 1;
      continue;
    }
    for (std::size_t k = 0; k < knots; ++k) {
      double const end = k == 0 || k + 1 == knots ? 0.5 : 1, weight = k % 2 == 0 ? end : -end;
      row[Index(k)] = weight / (times[n] - points[k]);
    }
    row /= row.sum();
  }
}

template <class T>
void Knots::interpolate(std::size_t cells, std::size_t columns, T const *at_knots,
                        double *values) const
{
  std::size_t const knots = std::size_t(matrix_.cols());
  for_each_block(
      "tessera::knots::interpolate", cells, columns, [&](std::size_t first, std::size_t count) {
        Matrix block(Index(knots), Index(count * columns));
        for (std::size_t c = 0; c < count; ++c) {
          for (std::size_t k = 0; k < knots; ++k) {
            T const *const from = at_knots + ((first + c) * knots + k) * columns;
            std::copy(from, from + columns, &block(Index(k), Index(c * columns)));
          }
        }
        Strided<Matrix> out(values + first * columns, matrix_.rows(), Index(count * columns),
                            OuterStride<>(Index(cells * columns)));
        out.noalias() = matrix_ * block;
      });
}

template <class T>
void Knots::pull_back(std::size_t cells, std::size_t columns, double const *values_bar,
                      T *at_knots_bar) const
{
  std::size_t const knots = std::size_t(matrix_.cols());
  for_each_block(
      "tessera::knots::pull_back", cells, columns, [&](std::size_t first, std::size_t count) {
        Strided<Matrix const> const bar(values_bar + first * columns, matrix_.rows(),
                                        Index(count * columns),
                                        OuterStride<>(Index(cells * columns)));
        Matrix const block = matrix_.transpose() * bar;
        for (std::size_t c = 0; c < count; ++c) {
          for (std::size_t k = 0; k < knots; ++k) {
            double const *const from = &block(Index(k), Index(c * columns));
            T *const to = at_knots_bar + ((first + c) * knots + k) * columns;
            std::transform(from, from + columns, to, [](double value) { return T(value); });
          }
        }
      });
}

template void Knots::interpolate(std::size_t, std::size_t, float const *, double *) const;
template void Knots::interpolate(std::size_t, std::size_t, double const *, double *) const;
template void Knots::pull_back(std::size_t, std::size_t, double const *, float *) const;
template void Knots::pull_back(std::size_t, std::size_t, double const *, double *) const;

}  // namespace tessera::constraint
