#include "parameter_grid.hpp"

#include <algorithm>
#include <cmath>

#include <tessera/core/error.hpp>

namespace tessera::domains {
namespace {

std::size_t power(std::size_t base, std::size_t exponent)
{
  std::size_t result = 1;
  for (std::size_t i = 0; i < exponent; ++i) result *= base;
  return result;
}

/// Appends `count` entries of `list`, spread evenly over it.
void append_spread(ParameterList const &list, std::size_t count, ParameterList &result)
{
  for (std::size_t k = 0; k < count; ++k) {
    result.push_back(list[(2 * k + 1) * list.size() / (2 * count)]);
  }
}

}  // namespace

ParameterGrid::ParameterGrid(std::vector<std::vector<double>> values)
    : values_(std::move(values)), environments_(1)
{
  for (auto const &of_one : values_) environments_ *= of_one.size();
  TESSERA_ASSERT(environments_ > 0);
}

ParameterGrid ParameterGrid::around(std::vector<double> const &reference, double low, double high,
                                    std::size_t environments)
{
  TESSERA_ASSERT(!reference.empty() && environments > 0);
  std::size_t count = 1;
  while (power(count, reference.size()) < environments) ++count;
  double const width = count > 1 ? (high - low) / static_cast<double>(count - 1) : 0.0;
  std::vector<std::vector<double>> values(reference.size());
  for (std::size_t p = 0; p < values.size(); ++p) {
    for (std::size_t k = 0; k < count; ++k) {
      values[p].push_back((low + static_cast<double>(k) * width) * reference[p]);
    }
  }
  ParameterGrid grid(std::move(values));
  grid.environments_ = environments;
  return grid;
}

std::size_t ParameterGrid::stride(std::size_t parameter) const
{
  std::size_t result = 1;
  for (std::size_t p = parameter + 1; p < values_.size(); ++p) result *= values_[p].size();
  return result;
}

std::vector<double> ParameterGrid::at(std::size_t environment) const
{
  std::vector<double> c;
  for (std::size_t p = 0; p < values_.size(); ++p) {
    c.push_back(values_[p][environment / stride(p) % values_[p].size()]);
  }
  return c;
}

std::vector<double> ParameterGrid::midpoint(std::size_t first, std::size_t second) const
{
  std::vector<double> c = at(first), other = at(second);
  for (std::size_t p = 0; p < c.size(); ++p) c[p] = 0.5 * (c[p] + other[p]);
  return c;
}

bool ParameterGrid::has_next(std::size_t environment, std::size_t parameter) const
{
  std::size_t const count = values_[parameter].size();
  return environment / stride(parameter) % count + 1 < count;
}

ParameterList ParameterGrid::training() const
{
  ParameterList result;
  for (std::size_t e = 0; e < environments_; ++e) result.push_back(at(e));
  return result;
}

std::size_t ParameterGrid::varied() const
{
  return static_cast<std::size_t>(std::count_if(
      values_.begin(), values_.end(), [](auto const &of_one) { return of_one.size() > 1; }));
}

ParameterList ParameterGrid::between(std::size_t count) const
{
  ParameterList cells, edges;
  for (std::size_t e = 0; e < environments_; ++e) {
    std::size_t far = e;  // the corner opposite to e: the last of its cell in grid order
    bool inside = varied() > 0;
    for (std::size_t p = 0; p < values_.size(); ++p) {
      if (values_[p].size() == 1) continue;
      inside = inside && has_next(e, p);
      far += stride(p);
      std::size_t const next = e + stride(p);
      if (has_next(e, p) && next < environments_) edges.push_back(midpoint(e, next));
    }
    if (inside && far < environments_) cells.push_back(midpoint(e, far));
  }
  std::size_t const from_cells = std::min(count, cells.size());
  std::size_t const from_edges = varied() > 1 ? count - from_cells : 0;
  if (from_cells + from_edges < count || from_edges > edges.size()) {
    throw InputError("data: " + std::to_string(environments_) + " training environments leave no " +
                     std::to_string(count) + " places between them; ask for fewer");
  }
  ParameterList result;
  append_spread(cells, from_cells, result);
  append_spread(edges, from_edges, result);
  return result;
}

ParameterList ParameterGrid::outside() const
{
  auto smaller = [](double a, double b) { return std::abs(a) < std::abs(b); };
  std::vector<double> low = at(0), high = at(0);
  for (std::size_t e = 1; e < environments_; ++e) {
    std::vector<double> const c = at(e);
    for (std::size_t p = 0; p < c.size(); ++p) {
      low[p] = std::min(low[p], c[p], smaller);
      high[p] = std::max(high[p], c[p], smaller);
    }
  }
  for (double &c : low) c *= 0.95;
  for (double &c : high) c *= 1.05;
  return {low, high};
}

}  // namespace tessera::domains
