#include <tessera/meta/standardizer.hpp>

#include <algorithm>
#include <cmath>

#include "rows.hpp"

namespace tessera::meta {

Standardizer Standardizer::fit(std::span<double const> points, std::size_t components)
{
  std::size_t const count = row_count(points, components, "Standardizer::fit");
  if (count == 0) throw Error("Standardizer::fit: there is no point; pass at least one");
  Standardizer fitted{std::vector<double>(components, 0.), std::vector<double>(components, 0.)};
  double const scale = 1. / static_cast<double>(count);
  for (std::size_t p = 0; p < count; ++p) {
    for (std::size_t c = 0; c < components; ++c) fitted.mean[c] += points[p * components + c];
  }
  for (double &mean : fitted.mean) mean *= scale;
  for (std::size_t p = 0; p < count; ++p) {
    for (std::size_t c = 0; c < components; ++c) {
      double const off = points[p * components + c] - fitted.mean[c];
      fitted.deviation[c] += off * off;
    }
  }
  for (double &deviation : fitted.deviation) deviation = std::sqrt(deviation * scale);
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
  std::size_t const components = mean.size();
  row_count(points, components, "Standardizer::apply");
  std::vector<double> scaled(points.size());
  for (std::size_t k = 0; k < points.size(); ++k) {
    std::size_t const c = k % components;
    scaled[k] = (points[k] - mean[c]) / deviation[c];
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
