#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/meta/gate_fit.hpp>
#include <tessera/meta/kmeans.hpp>
#include <tessera/meta/sliced_points.hpp>

namespace {

using namespace tessera;
using namespace tessera::meta;

constexpr std::size_t slices = 7, rank = 3, count = 90;

// Every point knows one of seven slices of three numbers, a few more of the first ones.
SlicedPoints random_points()
{
  SlicedPoints points{.components = slices * rank};
  Rng rng(5, "test/slices");
  for (std::size_t p = 0; p < count; ++p) {
    std::size_t const slice = p % 3 == 0 ? p % 2 : p % slices;
    std::vector<double> numbers;
    for (std::size_t c = 0; c < rank; ++c) {
      numbers.push_back(1. + double(slice) + double(c) + .5 * rng.normal());
    }
    points.add(slice * rank, numbers);
  }
  return points;
}

std::vector<int> slice_of(SlicedPoints const &points)
{
  std::vector<int> assignment;
  for (std::size_t first : points.first) assignment.push_back(int(first / rank));
  return assignment;
}

SlicedPoints filled(SlicedPoints const &points)
{
  return SlicedPoints::dense(points.table(), points.components);
}

TEST(SlicedPoints, TableHasTheNumbersInTheirRangesAndZerosElsewhere)
{
  SlicedPoints points{.components = 4};
  points.add(2, std::vector{5., 6.});
  points.add(0, std::vector{7.});

  EXPECT_EQ(points.table(), (std::vector{0., 0., 5., 6., 7., 0., 0., 0.}));
  EXPECT_EQ(points.row(1), (std::vector{7., 0., 0., 0.}));
  EXPECT_THROW(points.add(3, std::vector{1., 2.}), Error);
}

TEST(SlicedPoints, DistancesAreThoseOfTheFilledPoints)
{
  SlicedPoints points = random_points();
  points.add(2, std::vector{1., -2., 3., 4.});  // overlaps two slices
  SlicedPoints const whole = filled(points);

  for (std::size_t a = 0; a < points.size(); ++a) {
    for (std::size_t b = 0; b < points.size(); ++b) {
      EXPECT_NEAR(absolute_distance(points, a, b), absolute_distance(whole, a, b), 1e-12);
    }
  }
}

TEST(SlicedPoints, DeviationsCountTheZerosOfGaps)
{
  SlicedPoints const points = random_points();

  auto const sliced = Standardizer::fit(points), whole = Standardizer::fit(filled(points));

  for (std::size_t c = 0; c < points.components; ++c) {
    EXPECT_NEAR(sliced.mean[c], whole.mean[c], 1e-13);
    EXPECT_NEAR(sliced.deviation[c], whole.deviation[c], 1e-13);
  }
}

TEST(SlicedPoints, ClustersAreThoseOfTheFilledStandardisedPoints)
{
  SlicedPoints const points = random_points(), whole = filled(points);
  auto const scale = Standardizer::fit(points);
  auto const scaled = scale.apply(points), standard = scale.apply(whole);
  std::vector<int> start;
  for (std::size_t p = 0; p < count; ++p) start.push_back(int(p * 4 / count));

  for (int rounds : {1, 2, 100}) {
    KMeans const a = lloyd(scaled, cluster_means(scaled, start, 4), rounds);
    KMeans const b = lloyd(standard, cluster_means(standard, start, 4), rounds);

    EXPECT_EQ(a.assignment, b.assignment);
    EXPECT_EQ(a.rounds, b.rounds);
    EXPECT_NEAR(a.within, b.within, 1e-10 * b.within);
  }
}

TEST(SlicedPoints, PointsOfZerosAreOnePointWhateverTheirRange)
{
  SlicedPoints points{.components = 4};
  points.add(0, std::vector{0., 0.});
  points.add(2, std::vector{0., 0.});

  EXPECT_TRUE(lloyd(points, std::vector<double>(8, 0.), 10).skipped);
}

TEST(SlicedPoints, TheGateFittedSliceBySliceIsThatOfTheOrthogonalDecomposition)
{
  SlicedPoints points = random_points();
  std::vector<int> assignment = slice_of(points);
  assignment[3] = 0, assignment[20] = 6;  // a few that live in another's slice
  Rng rng(0, "gate");
  LinearGate const sliced = fit_gate(points, assignment, int(slices), {}, rng);
  // A point over two slices makes the ranges overlap, and the fit an orthogonal decomposition; its
  // second number is zero, so that nothing else changes.
  std::vector<double> wide(points.of(0).begin(), points.of(0).end());
  wide.push_back(0.);
  SlicedPoints other{.components = points.components};
  other.add(points.first[0], wide);
  for (std::size_t p = 1; p < count; ++p) other.add(points.first[p], points.of(p));

  LinearGate const whole = fit_gate(other, assignment, int(slices), {}, rng);

  ASSERT_EQ(sliced.weights.size(), whole.weights.size());
  for (std::size_t k = 0; k < whole.weights.size(); ++k) {
    EXPECT_NEAR(sliced.weights[k], whole.weights[k], 1e-9) << k;
  }
}

TEST(SlicedPoints, AGateOfOneSliceThatAllShareIsCentred)
{
  Rng rng(7, "test/shared");
  std::vector<double> table;
  for (int k = 0; k < 60; ++k) table.push_back(100. + rng.normal());
  std::vector<int> assignment;
  for (int e = 0; e < 20; ++e) assignment.push_back(table[std::size_t(3 * e)] > 100. ? 1 : 0);

  LinearGate const gate = fit_gate(table, 3, assignment, 2, {.ridge = 1e-3}, rng);
  LinearGate const without = fit_gate(table, 3, assignment, 2, {.ridge = 0.}, rng);

  for (std::size_t k = 0; k < gate.weights.size(); ++k) {
    EXPECT_NEAR(gate.weights[k], without.weights[k], 5e-3);
  }
}

}  // namespace
