#include <tessera/meta/standardizer.hpp>

#include <algorithm>
#include <cmath>

#include "rows.hpp"

namespace tessera::meta {

Standardizer Standardizer::fit(std::span<double const> points, std::size_t components)
{
  return fit(SlicedPoints::dense(points, components));
}

Standardizer Standardizer::fit(SlicedPoints const &points)
{
  std::size_t const count = points.size(), components = points.components;
  if (count == 0) throw Error("Standardizer::fit: there is no point; pass at least one");
  Standardizer fitted{std::vector<double>(components, 0.), std::vector<double>(components, 0.)};
  std::vector<std::size_t> gaps(components, count);  // points that are zero there
  double const scale = 1. / static_cast<double>(count);
  for (std::size_t p = 0; p < count; ++p) {
    auto const x = points.of(p);
    for (std::size_t c = 0; c < x.size(); ++c) {
      fitted.mean[points.first[p] + c] += x[c];
      --gaps[points.first[p] + c];
    }
  }
  for (double &mean : fitted.mean) mean *= scale;
  for (std::size_t p = 0; p < count; ++p) {
    auto const x = points.of(p);
    for (std::size_t c = 0; c < x.size(); ++c) {
      double const off = x[c] - fitted.mean[points.first[p] + c];
      fitted.deviation[points.first[p] + c] += off * off;
    }
  }
  for (std::size_t c = 0; c < components; ++c) {
    double const squares =
        fitted.deviation[c] + static_cast<double>(gaps[c]) * fitted.mean[c] * fitted.mean[c];
    fitted.deviation[c] = std::sqrt(squares * scale);
  }
  double const largest = *std::max_element(fitted.deviation.begin(), fitted.deviation.end());
  double const smallest = std::max(1e-12 * largest, 1e-30);
  for (double &deviation : fitted.deviation) {
    if (deviation < smallest) deviation = 1.;
  }
  return fitted;
}

Standardizer Standardizer::identity(std::size_t components)
{
  return {std::vector<double>(components, 0.), std::vector<double>(components, 1.)};
}

std::vector<double> Standardizer::apply(std::span<double const> points) const
{
  return apply(SlicedPoints::dense(points, mean.size())).values;
}

SlicedPoints Standardizer::apply(SlicedPoints const &points) const
{
  SlicedPoints scaled = points;
  bool const gaps = points.values.size() < points.size() * points.components;
  for (std::size_t p = 0; p < points.size(); ++p) {
    for (std::size_t k = points.begin[p]; k < points.begin[p + 1]; ++k) {
      std::size_t const c = points.first[p] + (k - points.begin[p]);
      scaled.values[k] = (points.values[k] - (gaps ? 0. : mean[c])) / deviation[c];
    }
  }
  return scaled;
}

std::vector<double> Standardizer::undo(std::span<double const> points) const
{
  std::size_t const components = mean.size();
  row_count(points, components, "Standardizer::undo");
  std::vector<double> restored(points.size());
  for (std::size_t k = 0; k < points.size(); ++k) {
    std::size_t const c = k % components;
    restored[k] = points[k] * deviation[c] + mean[c];
  }
  return restored;
}

}  // namespace tessera::meta
