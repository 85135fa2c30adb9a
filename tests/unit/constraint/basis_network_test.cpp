#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include <tessera/constraint/basis_network.hpp>
#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>

#include "basis_layout.hpp"
#include "knots.hpp"
#include "support/plane_problem.hpp"

// The network over two axes of space: an operator in x and y with the time in its outputs. That
// over one axis is tested with what trains it, in constrained_step_test.cpp.
namespace tessera::constraint {
namespace {

using domains::Boundary;
using domains::EndRule;
using domains::SpaceTimeGrid;
using twins::plane_problem;

template <class T>
std::vector<T> random_numbers(std::size_t count)
{
  std::vector<T> out;
  Rng rng(3, "basis_network_test");
  for (std::size_t k = 0; k < count; ++k) out.push_back(T(rng.normal()));
  return out;
}

std::vector<double> uniform_times(std::size_t count)
{
  return SpaceTimeGrid{.levels = count, .horizon = 1}.times();
}

TEST(Knots, StandAtBothEndsAndMirrorEachOther)
{
  auto const points = chebyshev_lobatto(7);
  EXPECT_EQ(points.front(), 0);
  EXPECT_EQ(points.back(), 1);
  for (std::size_t k = 0; k < 7; ++k) {
    EXPECT_NEAR(points[k], (1 - std::cos(std::numbers::pi * double(k) / 6)) / 2, 1e-15);
  }
  EXPECT_EQ(chebyshev_lobatto(1), std::vector<double>{0.5});
}

TEST(Knots, ReadPolynomialsOfADegreeBelowTheirNumberExactly)
{
  auto const times = uniform_times(23);
  for (std::size_t count = 1; count <= 10; ++count) {
    Knots const knots(count, times);
    auto const points = chebyshev_lobatto(count);
    auto const coefficients = random_numbers<double>(count);
    auto polynomial = [&](double t) {
      double value = 0;
      for (std::size_t d = count; d-- > 0;) value = value * t + coefficients[d];
      return value;
    };
    for (std::size_t n = 0; n < times.size(); ++n) {
      double sum = 0;
      for (std::size_t k = 0; k < count; ++k) {
        sum += knots.matrix()(Eigen::Index(n), Eigen::Index(k)) * polynomial(points[k]);
      }
      EXPECT_NEAR(sum, polynomial(times[n]), 1e-13) << count << " " << n;
    }
  }
}

template <class T>
class KnotsOf : public ::testing::Test {
};
using Numbers = ::testing::Types<float, double>;
TYPED_TEST_SUITE(KnotsOf, Numbers);

TYPED_TEST(KnotsOf, InterpolateAndPullBackAsPlainLoopsDo)
{
  using T = TypeParam;
  std::size_t const levels = 11, count = 5;
  Knots const knots(count, uniform_times(levels));
  auto weight = [&](std::size_t n, std::size_t k) {
    return knots.matrix()(Eigen::Index(n), Eigen::Index(k));
  };
  // More than one block, the last one short; and blocks of one cell.
  std::pair<std::size_t, std::size_t> const shapes[] = {{700, 1}, {700, 3}, {3, 600}};
  for (auto const &[cells, columns] : shapes) {
    auto const at_knots = random_numbers<T>(cells * count * columns);
    auto const bar = random_numbers<double>(levels * cells * columns);
    std::vector<double> values(bar.size());
    std::vector<T> at_knots_bar(at_knots.size(), T(7));

    knots.interpolate(cells, columns, at_knots.data(), values.data());
    knots.pull_back(cells, columns, bar.data(), at_knots_bar.data());

    double wrong = 0, wrong_bar = 0;
    for (std::size_t i = 0; i < cells; ++i) {
      for (std::size_t j = 0; j < columns; ++j) {
        for (std::size_t n = 0; n < levels; ++n) {
          double sum = 0;
          for (std::size_t k = 0; k < count; ++k) {
            sum += weight(n, k) * double(at_knots[(i * count + k) * columns + j]);
          }
          wrong = std::max(wrong, std::abs(values[(n * cells + i) * columns + j] - sum));
        }
        for (std::size_t k = 0; k < count; ++k) {
          double sum = 0;
          for (std::size_t n = 0; n < levels; ++n) {
            sum += weight(n, k) * bar[(n * cells + i) * columns + j];
          }
          double const found = double(at_knots_bar[(i * count + k) * columns + j]);
          wrong_bar = std::max(wrong_bar, std::abs(found - sum) / (1 + std::abs(sum)));
        }
      }
    }
    EXPECT_LT(wrong, 1e-13) << columns;
    EXPECT_LT(wrong_bar, (std::is_same_v<T, float> ? 1e-7 : 1e-13)) << columns;
  }
}

class PlaneNetwork : public ::testing::Test {
 protected:
  PlaneNetwork()
  {
    options_.fno = {.widths = {6, 5, 6}, .modes_t = 2, .modes_x = 3, .projection = 8, .outputs = 2};
    options_.axes = 2;
    options_.knots = 5;
    options_.horizon = 2;
    options_.seed = 4;
  }
  static SpaceTimeGrid grid_of(std::size_t x, std::size_t y, std::size_t levels = 7)
  {
    return SpaceTimeGrid::over({{x, 1}, {y, 1.5}}, levels, 2);
  }
  std::vector<double> propose(SpaceTimeGrid const &grid, domains::PdeSample const &sample) const
  {
    auto const network = make_basis_network(options_);
    auto const functions = network->propose(grid, sample, 0, false);
    return {functions.begin(), functions.end()};
  }
  /// The largest difference of the functions of this sample, moved on by so many cells, from those
  /// of one that was moved on so itself.
  double unlike_when_shifted(std::array<Boundary, 2> const &boundaries,
                             std::array<std::size_t, 2> const &shift) const
  {
    auto const grid = grid_of(12, 10);
    auto const here = propose(grid, plane_problem(boundaries)),
               there = propose(grid, plane_problem(boundaries, shift));
    double largest = 0;
    for (std::size_t k = 0; k < here.size(); ++k) {
      std::size_t const point = k / 2, level = point / grid.cells, cell = point % grid.cells,
                        x = (cell / 10 + shift[0]) % 12, y = (cell % 10 + shift[1]) % 10,
                        moved = level * grid.cells + x * 10 + y;
      largest = std::max(largest, std::abs(there[2 * moved + k % 2] - here[k]));
    }
    return largest;
  }

  BasisNetworkOptions options_;
  std::array<Boundary, 2> const ring_{Boundary{.periodic = true}, Boundary{.periodic = true}},
      tube_{Boundary{.periodic = true}, Boundary{}}, box_{Boundary{}, Boundary{}};
};

TEST_F(PlaneNetwork, IsAPolynomialInTimeThroughItsValuesAtTheKnots)
{
  options_.knots = 3;  // of (0, 2): 0, 1, 2
  auto const sample = plane_problem(tube_);
  auto const at_knots = propose(grid_of(12, 10, 3), sample),
             all = propose(grid_of(12, 10, 9), sample);

  std::size_t const level = 12 * 10 * 2;
  ASSERT_EQ(all.size(), 9 * level);
  double bent = 0;
  for (std::size_t n = 0; n < 9; ++n) {
    double const t = double(n) / 4;
    for (std::size_t k = 0; k < level; ++k) {
      double const a = at_knots[k], b = at_knots[level + k], c = at_knots[2 * level + k],
                   value = a * (t - 1) * (t - 2) / 2 - b * t * (t - 2) + c * t * (t - 1) / 2;
      EXPECT_NEAR(all[n * level + k], value, 1e-13) << n << " " << k;
      bent = std::max(bent, std::abs(a - 2 * b + c));
    }
  }
  EXPECT_GT(bent, 1e-3);
}

TEST_F(PlaneNetwork, IsTheSameFunctionOnAShorterGrid)
{
  auto const sample = plane_problem(box_);
  auto const whole = grid_of(12, 10, 9);
  SpaceTimeGrid half = whole;
  half.levels = 5, half.horizon = 1;

  auto const all = propose(whole, sample), first = propose(half, sample);

  for (std::size_t k = 0; k < first.size(); ++k) EXPECT_NEAR(first[k], all[k], 1e-13);
}

TEST_F(PlaneNetwork, IsTheSameFunctionOnFinerCells)
{
  auto const sample = plane_problem(ring_);
  auto const coarse = grid_of(24, 20, 3), fine = grid_of(72, 60, 3);

  auto const few = propose(coarse, sample), many = propose(fine, sample);

  double spread = 0;
  for (std::size_t k = 0; k < few.size(); ++k) {
    // The middle one of 3 x 3 fine cells has the centre of the coarse one.
    std::size_t const point = k / 2, level = point / coarse.cells, cell = point % coarse.cells,
                      within = (3 * (cell / 20) + 1) * 60 + 3 * (cell % 20) + 1;
    EXPECT_NEAR(few[k], many[2 * (level * fine.cells + within) + k % 2], 1e-10);
    spread = std::max(spread, std::abs(few[k] - few[k % 2]));
  }
  EXPECT_GT(spread, 1e-3);
}

TEST_F(PlaneNetwork, MovesWithWhatIsMovedAlongAPeriodicAxis)
{
  EXPECT_LT(unlike_when_shifted(ring_, {3, 7}), 1e-12);
  EXPECT_LT(unlike_when_shifted(tube_, {3, 0}), 1e-12);
  EXPECT_GT(unlike_when_shifted(tube_, {0, 7}), 1e-5);
  EXPECT_GT(unlike_when_shifted(box_, {3, 0}), 1e-5);
}

TEST_F(PlaneNetwork, SeesTheInitialFieldProfilesCoordinatesAndParameters)
{
  options_.profiles = {0.5, 3};
  options_.parameters = 2;
  auto sample = plane_problem({Boundary{.left = {EndRule::Kind::reservoir, 1}}, Boundary{}});
  sample.told = {0.2, -0.4};
  auto const plane = grid_of(4, 6);
  auto const layout = make_basis_layout<double>(options_);

  EXPECT_EQ(layout->points(plane), (std::array<std::size_t, 2>{4, 6}));
  EXPECT_EQ(layout->sized().inputs, 7);
  EXPECT_EQ(layout->sized().outputs, 10);
  std::vector<double> inputs(24 * 7);
  layout->put_inputs(plane, sample, inputs);

  auto const start = sample.start(plane);
  for (std::size_t i = 0; i < 24; ++i) {
    double const *at = &inputs[7 * i];
    EXPECT_EQ(at[0], start[i]);
    EXPECT_NEAR(at[1], start[i] * std::exp(-1), 1e-15);
    EXPECT_NEAR(at[2], start[i] * std::exp(-6), 1e-15);
    EXPECT_NEAR(at[3], (double(i / 6) + 1) / 5, 1e-15);  // from ghost cell to ghost cell
    EXPECT_NEAR(at[4], (double(i % 6) + 0.5) / 6, 1e-15);
    EXPECT_EQ(at[5], 0.2);
    EXPECT_EQ(at[6], -0.4);
  }
}

TEST_F(PlaneNetwork, SeesNoCoordinateAlongAPeriodicAxis)
{
  options_.profiles.clear();
  auto const plane = grid_of(4, 6);
  std::vector<float> inputs(24 * 4, 9.f);

  make_basis_layout<float>(options_)->put_inputs(plane, plane_problem(tube_), inputs);

  for (std::size_t i = 0; i < 24; ++i) {
    EXPECT_EQ(inputs[4 * i + 1], 0);
    EXPECT_NEAR(inputs[4 * i + 2], (double(i % 6) + 0.5) / 6, 1e-7);
    EXPECT_EQ(inputs[4 * i + 3], 0.3f);
  }
}

TEST_F(PlaneNetwork, InFloatIsTheSameToItsRounding)
{
  auto const plane = grid_of(12, 10);
  auto const sample = plane_problem(tube_);
  auto const bar = random_numbers<double>(plane.size() * 2);
  auto const twice = make_basis_network(options_);
  options_.float32 = true;
  auto const single = make_basis_network(options_);

  auto const a = twice->propose(plane, sample, 0, true),
             b = single->propose(plane, sample, 0, true);
  twice->pull_back(0, bar);
  single->pull_back(0, bar);

  ASSERT_EQ(a.size(), b.size());
  for (std::size_t k = 0; k < a.size(); ++k) EXPECT_NEAR(a[k], b[k], 1e-5);
  ASSERT_EQ(twice->size(), single->size());
  double largest = 0, wrong = 0;
  for (std::size_t k = 0; k < twice->size(); ++k) {
    largest = std::max(largest, std::abs(twice->gradient(k)));
    wrong = std::max(wrong, std::abs(twice->gradient(k) - single->gradient(k)));
  }
  EXPECT_GT(largest, 0);
  EXPECT_LT(wrong, 1e-4 * largest);
}

TEST_F(PlaneNetwork, CountsWhatItsKnotsAskForALevel)
{
  auto const network = make_basis_network(options_);
  double const few = network->flops(grid_of(12, 10, 7)), many = network->flops(grid_of(12, 10, 17));
  EXPECT_DOUBLE_EQ(many - few, 2. * 10 * 120 * 5 * 2);
  EXPECT_EQ(network->functions(), 2);
}

TEST_F(PlaneNetwork, RefusesGridsItIsNotMadeFor)
{
  auto const sample = plane_problem(box_);
  EXPECT_THROW(propose({.cells = 32, .levels = 7, .horizon = 2}, sample), InputError);
  EXPECT_THROW(propose(SpaceTimeGrid::over({{4, 1}, {6, 1}, {4, 1}}, 7, 2), sample), InputError);
  EXPECT_THROW(propose(grid_of(3, 10), sample), InputError);  // two modes along x
  EXPECT_THROW(propose(grid_of(12, 5), sample), InputError);  // three along y
  auto longer = grid_of(12, 10);
  longer.horizon = 2.1;
  EXPECT_THROW(propose(longer, sample), InputError);
  options_.parameters = 2;
  EXPECT_THROW(propose(grid_of(12, 10), sample), InputError);
  options_.axes = 1;
  EXPECT_THROW(propose(grid_of(12, 10), sample), InputError);
}

TEST_F(PlaneNetwork, RefusesSizesThereAreNone)
{
  for (int const axes : {0, 3}) {
    options_.axes = axes;
    EXPECT_THROW(make_basis_network(options_), InputError) << axes;
  }
  options_.axes = 2;
  options_.knots = 0;
  EXPECT_THROW(make_basis_network(options_), InputError);
  options_.knots = 5;
  options_.horizon = 0;
  EXPECT_THROW(make_basis_network(options_), InputError);
}

}  // namespace
}  // namespace tessera::constraint
