#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <tessera/constraint/fixed_bases.hpp>
#include <tessera/core/error.hpp>

#include "box_places.hpp"

namespace tessera::constraint {
namespace {

/// P_0 … P_(count-1) at s by the three-term recurrence.
std::vector<double> legendre(double s, int count)
{
  std::vector<double> p(std::size_t(std::max(count, 2)), 1.);
  p[1] = s;
  for (int k = 2; k < count; ++k) {
    auto const i = std::size_t(k);
    p[i] = ((2 * k - 1) * s * p[i - 1] - (k - 1) * p[i - 2]) / k;
  }
  return p;
}

/// at in units in which the box is [-1, 1].
double coordinate(double at, double low, double high)
{
  return std::clamp(2 * (at - low) / (high - low) - 1, -1.2, 1.2);
}

class LegendreBasis final : public BasisBank {
 public:
  LegendreBasis(int in_time, std::vector<int> in_space)
      : in_time_(in_time), in_space_(std::move(in_space))
  {
  }
  std::string kind() const override { return "legendre"; }
  int functions() const override
  {
    int count = in_time_;
    for (int const along : in_space_) count *= along;
    return count;
  }
  void evaluate(domains::SpaceTimeGrid const &grid, domains::Box const &box,
                domains::Box const &where, domains::PdeSample const &,
                std::span<double> values) const override
  {
    if (grid.dimensions() != in_space_.size()) {
      throw InputError(
          fmt::format("a Legendre basis for {} axes of space on a grid of {}; give a "
                      "number of polynomials for each axis",
                      in_space_.size(), grid.dimensions()));
    }
    std::vector<std::vector<double>> in_space;
    for (std::size_t i = 0; i < where.cells(); ++i) in_space.push_back(products(box, where, i));
    std::size_t k = 0;
    for (std::size_t n = where.first_level; n < where.last_level; ++n) {
      auto const in_time = legendre(
          coordinate(double(n), double(box.first_level), double(box.last_level - 1)), in_time_);
      for (auto const &p : in_space) {
        for (int a = 0; a < in_time_; ++a) {
          for (double const along : p) values[k++] = in_time[std::size_t(a)] * along;
        }
      }
    }
  }

 private:
  /// P_b(x) P_c(y) … at a cell, the last axis fastest.
  std::vector<double> products(domains::Box const &box, domains::Box const &where,
                               std::size_t cell) const
  {
    Places const at = places(where, cell);
    std::vector<double> all{1};
    for (std::size_t k = 0; k < in_space_.size(); ++k) {
      domains::Range const range = box.along(k);
      auto const own = legendre(
          coordinate(double(at[k]) + 0.5, double(range.first), double(range.last)), in_space_[k]);
      std::vector<double> next;
      for (double const before : all) {
        for (int b = 0; b < in_space_[k]; ++b) next.push_back(before * own[std::size_t(b)]);
      }
      all = std::move(next);
    }
    return all;
  }
  int in_time_;
  std::vector<int> in_space_;
};

}  // namespace

std::unique_ptr<BasisBank> make_legendre_basis(int in_time, int in_space)
{
  return make_legendre_basis(in_time, std::vector<int>{in_space});
}

std::unique_ptr<BasisBank> make_legendre_basis(int in_time, std::vector<int> in_space)
{
  bool const positive =
      std::all_of(in_space.begin(), in_space.end(), [](int along) { return along > 0; });
  if (in_time < 1 || in_space.empty() || !positive) {
    throw InputError("a Legendre basis needs at least one polynomial in t and along each axis");
  }
  return std::make_unique<LegendreBasis>(in_time, std::move(in_space));
}

}  // namespace tessera::constraint
