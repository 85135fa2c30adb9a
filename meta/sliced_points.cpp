#include <tessera/meta/sliced_points.hpp>

#include <algorithm>
#include <cmath>
#include <string>

#include <tessera/core/error.hpp>

#include "rows.hpp"

namespace tessera::meta {
namespace {

/// Sum of |at(c)| over `count` components, in four sums that do not wait for each other.
template <class At>
double absolute_sum(std::size_t count, At at)
{
  double sum[4] = {};
  std::size_t c = 0;
  for (; c + 4 <= count; c += 4) {
    for (std::size_t i = 0; i < 4; ++i) sum[i] += std::abs(at(c + i));
  }
  for (; c < count; ++c) sum[0] += std::abs(at(c));
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

}  // namespace

SlicedPoints SlicedPoints::dense(std::span<double const> points, std::size_t components)
{
  std::size_t const count = row_count(points, components, "SlicedPoints");
  SlicedPoints sliced;
  sliced.components = components;
  sliced.first.assign(count, 0);
  for (std::size_t p = 0; p < count; ++p) sliced.begin.push_back((p + 1) * components);
  sliced.values.assign(points.begin(), points.end());
  return sliced;
}

void SlicedPoints::add(std::size_t from, std::span<double const> numbers)
{
  if (from + numbers.size() > components) {
    throw Error("SlicedPoints: " + std::to_string(numbers.size()) + " numbers from component " +
                std::to_string(from) + " on in points of " + std::to_string(components));
  }
  first.push_back(from);
  values.insert(values.end(), numbers.begin(), numbers.end());
  begin.push_back(values.size());
}

std::vector<double> SlicedPoints::table() const
{
  std::vector<double> all(size() * components, 0.);
  for (std::size_t p = 0; p < size(); ++p) {
    std::ranges::copy(of(p), all.begin() + std::ptrdiff_t(p * components + first[p]));
  }
  return all;
}

std::vector<double> SlicedPoints::row(std::size_t point) const
{
  std::vector<double> whole(components, 0.);
  std::ranges::copy(of(point), whole.begin() + std::ptrdiff_t(first[point]));
  return whole;
}

double absolute_distance(SlicedPoints const &points, std::size_t a, std::size_t b)
{
  auto const x = points.of(a), y = points.of(b);
  std::size_t const from = points.first[a], other = points.first[b];
  if (from == other && x.size() == y.size()) {
    return absolute_sum(x.size(), [&](std::size_t c) { return x[c] - y[c]; });
  }
  std::size_t const low = std::min(from, other);
  std::size_t const high = std::max(from + x.size(), other + y.size());
  bool const apart =
      x.size() + y.size() <= high - low && (from + x.size() <= other || other + y.size() <= from);
  if (apart) {
    return absolute_sum(x.size(), [&](std::size_t c) { return x[c]; }) +
           absolute_sum(y.size(), [&](std::size_t c) { return y[c]; });
  }
  auto const at = [](std::span<double const> z, std::size_t begin, std::size_t c) {
    return c >= begin && c < begin + z.size() ? z[c - begin] : 0.;
  };
  return absolute_sum(high - low,
                      [&](std::size_t k) { return at(x, from, low + k) - at(y, other, low + k); });
}

}  // namespace tessera::meta
