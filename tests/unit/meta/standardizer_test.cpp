#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/meta/standardizer.hpp>

namespace {

using tessera::meta::Standardizer;

TEST(Standardizer, BringsEveryComponentToMeanZeroAndDeviationOne)
{
  std::vector<double> const points{1., 10., 3., 30.};

  auto const fitted = Standardizer::fit(points, 2);

  EXPECT_EQ(fitted.mean, (std::vector<double>{2., 20.}));
  EXPECT_EQ(fitted.deviation, (std::vector<double>{1., 10.}));
  EXPECT_EQ(fitted.apply(points), (std::vector<double>{-1., -1., 1., 1.}));
}

TEST(Standardizer, OnlyShiftsAComponentThatDoesNotVary)
{
  std::vector<double> const points{0., 5., 0., 2., 5., 2e-13};

  auto const fitted = Standardizer::fit(points, 3);

  EXPECT_EQ(fitted.deviation, (std::vector<double>{1., 1., 1.}));
  EXPECT_EQ(fitted.apply(points), (std::vector<double>{-1., 0., -1e-13, 1., 0., 1e-13}));
}

TEST(Standardizer, LeavesPointsThatAreAllZeroFinite)
{
  std::vector<double> const points(6, 0.);

  auto const scaled = Standardizer::fit(points, 2).apply(points);

  EXPECT_EQ(scaled, points);
}

TEST(Standardizer, UndoesWhatItDid)
{
  std::vector<double> const points{1.5, -4., .25, 8., 3., 100.};
  auto const fitted = Standardizer::fit(points, 2);

  auto const restored = fitted.undo(fitted.apply(points));

  for (std::size_t k = 0; k < points.size(); ++k) EXPECT_NEAR(restored[k], points[k], 1e-13);
}

TEST(Standardizer, IdentityChangesNothing)
{
  std::vector<double> const points{1.5, -4., .25, 8.};

  EXPECT_EQ(Standardizer::identity(2).apply(points), points);
}

TEST(Standardizer, RefusesNumbersThatAreNoRows)
{
  std::vector<double> const points{1., 2., 3.};

  EXPECT_THROW(Standardizer::fit(points, 2), tessera::Error);
  EXPECT_THROW(Standardizer::fit({}, 2), tessera::Error);
}

}  // namespace
