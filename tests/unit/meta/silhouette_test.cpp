#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/meta/silhouette.hpp>

namespace {

using tessera::Error;
using tessera::Rng;
using tessera::meta::largest_silhouette;
using tessera::meta::silhouette;
using tessera::meta::SlicedPoints;

SlicedPoints on_a_line(std::vector<double> const &points)
{
  return SlicedPoints::dense(points, 1);
}

/// Points of a square grid, side by side and of the same spacing.
SlicedPoints grid(int side)
{
  std::vector<double> points;
  for (int i = 0; i < side * side; ++i) points.insert(points.end(), {i % side * 1., i / side * 1.});
  return SlicedPoints::dense(points, 2);
}

TEST(Silhouette, IsTheMeanOfWhatPointsHaveByHand)
{
  double const found = silhouette(on_a_line({0, 1, 10, 11}), std::vector<int>{0, 0, 1, 1});

  EXPECT_DOUBLE_EQ(found, (9.5 / 10.5 + 8.5 / 9.5) / 2);
}

TEST(Silhouette, OfAPointAloneIsZero)
{
  double const found = silhouette(on_a_line({0, 1, 10}), std::vector<int>{0, 0, 1});

  EXPECT_DOUBLE_EQ(found, (9. / 10. + 8. / 9. + 0.) / 3);
}

TEST(Silhouette, OfSlicesInOtherPlacesIsThatOfWholePoints)
{
  SlicedPoints sliced{.components = 2};
  sliced.add(0, std::vector<double>{1.});
  sliced.add(0, std::vector<double>{2.});
  sliced.add(1, std::vector<double>{5.});
  std::vector<int> const assignment{0, 0, 1};

  EXPECT_DOUBLE_EQ(silhouette(sliced, assignment),
                   silhouette(SlicedPoints::dense(sliced.table(), 2), assignment));
}

TEST(Silhouette, ThatNobodyCanHaveIsAnError)
{
  EXPECT_THROW(silhouette(on_a_line({0, 1}), std::vector<int>{0, 0}), Error);
  EXPECT_THROW(silhouette(on_a_line({0, 1}), std::vector<int>{0}), Error);
}

TEST(Silhouette, OfFamiliesIsLargeAndOfOneFamilyOnAGridIsNot)
{
  std::vector<double> families;
  Rng draws(5, "test/silhouette");
  for (int p = 0; p < 24; ++p) {
    families.push_back(10. * (p % 4) + draws.uniform());
    families.push_back(10. * (p % 2) + draws.uniform());
  }
  Rng rng(1, "test/kmeans"), again(1, "test/kmeans");

  EXPECT_GT(largest_silhouette(SlicedPoints::dense(families, 2), 4, rng), 0.8);
  EXPECT_LT(largest_silhouette(grid(3), 3, again), 0.6);
}

}  // namespace
