#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/domains/boundary.hpp>

namespace tessera::domains {
namespace {

using Kind = EndRule::Kind;
using Derivatives = std::array<double, 3>;  // a function, its first and its second derivative

constexpr double pi = std::numbers::pi;

/// A field base(s) + wave(s) k, s along an axis and k whatever the other axis makes of it, that
/// obeys a rule at both ends of the axis.
struct Profile {
  std::function<Derivatives(double s)> base, wave;
  Boundary boundary;
};

struct Rule {
  char const *name;
  /// On an axis of this length with cells of this width.
  std::function<Profile(double length, double width)> profile;
};

// Without it GoogleTest prints the bytes.
void PrintTo(Rule const &rule, std::ostream *out)
{
  *out << rule.name;
}

Derivatives sine(double k, double z)
{
  return {std::sin(z), k * std::cos(z), -k * k * std::sin(z)};
}

Derivatives cosine(double k, double z)
{
  return {std::cos(z), -k * std::sin(z), -k * k * std::cos(z)};
}

Derivatives constant(double number)
{
  return {number, 0, 0};
}

Profile ring(double length, double)
{
  double const k = 2 * pi / length;
  return {[](double) { return constant(0.5); },
          [k](double s) { return sine(k, k * s + 0.3); },
          {.periodic = true}};
}

Profile value(double length, double)
{
  double const k = pi / length;  // odd about either end: the ghost cell is exact
  return {[](double) { return constant(0.7); },
          [k](double s) { return sine(k, k * s); },
          {{Kind::value, 0.7}, {Kind::value, 0.7}}};
}

Profile flux(double length, double)
{
  double const k = pi / length;  // even about either end
  return {[](double s) {
            return Derivatives{-1.5 * s, -1.5, 0};
          },
          [k](double s) { return cosine(k, k * s); },
          {{Kind::flux, -1.5}, {Kind::flux, -1.5}}};
}

Profile reservoir(double length, double width)
{
  double const k = pi / (length + width);  // nothing in the middles of the ghost cells
  return {[](double) { return constant(-0.4); },
          [=](double s) { return sine(k, k * (s + width / 2)); },
          {{Kind::reservoir, -0.4}, {Kind::reservoir, -0.4}}};
}

Profile outflow(double length, double width)
{
  // Symmetric about the middle; from the last two cells the rule finds the ghost cell's value.
  double const last = (length - width) / 2,
               number = width * std::cos(last + width) / (std::cos(last - width) - std::cos(last));
  return {[](double) { return constant(0); },
          [=](double s) { return cosine(1, s - length / 2); },
          {{Kind::outflow, number}, {Kind::outflow, number}}};
}

class DifferencesInAPlane : public testing::TestWithParam<std::tuple<Rule, std::size_t, int>> {
 protected:
  /// The largest error with so many cells along the axis.
  double error(std::size_t cells) const
  {
    auto const &[rule, axis, order] = GetParam();
    std::array<Axis, 2> axes{Axis{5, 0.8}, Axis{5, 0.8}};
    axes[axis] = {cells, 1.5};
    auto const grid = SpaceTimeGrid::over({axes[0], axes[1]}, 2, 1);
    Profile const profile = rule.profile(1.5, axes[axis].width());
    auto const along = grid.centres(axis), across = grid.centres(1 - axis);
    std::vector<double> u(grid.cells), found(grid.cells);
    auto const exact = [&](std::size_t i, std::size_t derivative) {
      return profile.base(along[i])[derivative] +
             profile.wave(along[i])[derivative] * (1 + across[i] * across[i]);
    };
    for (std::size_t i = 0; i < grid.cells; ++i) u[i] = exact(i, 0);
    difference(grid, profile.boundary, order, axis).apply(u, found);
    double largest = 0;
    for (std::size_t i = 0; i < grid.cells; ++i) {
      largest = std::max(largest, std::abs(found[i] - exact(i, std::size_t(order))));
    }
    return largest;
  }
};

TEST_P(DifferencesInAPlane, ErrorsFallWithTheSquareOfTheWidth)
{
  double const coarse = error(64), fine = error(128);

  EXPECT_LT(coarse, 0.05);
  EXPECT_GT(coarse / fine, 3.7);
  EXPECT_LT(coarse / fine, 4.3);
}

std::string name_of(testing::TestParamInfo<std::tuple<Rule, std::size_t, int>> const &each)
{
  auto const &[rule, axis, order] = each.param;
  return std::string(rule.name) + "_" + std::string(std::size_t(order), "xy"[axis]);
}

INSTANTIATE_TEST_SUITE_P(Rules, DifferencesInAPlane,
                         testing::Combine(testing::Values(Rule{"periodic", ring},
                                                          Rule{"value", value}, Rule{"flux", flux},
                                                          Rule{"reservoir", reservoir},
                                                          Rule{"outflow", outflow}),
                                          testing::Values(std::size_t(0), std::size_t(1)),
                                          testing::Values(1, 2)),
                         name_of);

}  // namespace
}  // namespace tessera::domains
