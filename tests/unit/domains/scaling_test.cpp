#include <tessera/domains/scaling.hpp>

#include <cmath>

#include <gtest/gtest.h>

namespace tessera::domains {
namespace {

/// Two environments, three trajectories, 40 times of x = cos(w t + p) and y = 3 + 2 sin(w t + p),
/// in other units: x, y and t times the factors.
Trajectories turning(double x, double y, double t, double begin = 0)
{
  Trajectories data;
  data.environments.resize(2);
  data.count = 3;
  data.points = 40;
  data.dimension = 2;
  for (int e = 0; e < 2; ++e) {
    for (int k = 0; k < 40; ++k) data.times.push_back(begin + t * 0.1 * k);
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 40; ++k) {
        double const angle = (1 + e) * 0.1 * k + j;
        data.states.push_back(x * std::cos(angle));
        data.states.push_back(y * (3 + 2 * std::sin(angle)));
      }
    }
  }
  return data;
}

void expect_near(std::vector<double> const &a, std::vector<double> const &b, double tolerance)
{
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], tolerance) << i;
}

TEST(Scaling, DeviationsAreStretchedAndNotMoved)
{
  Scaling const scaling{{5, -7}, {2, 10}, 3};
  std::vector<double> deviations{1, 1, 0, 0.5};

  scaling.restore_deviations(deviations);

  EXPECT_EQ(deviations, (std::vector<double>{2, 10, 0, 5}));
}

TEST(Scaling, OffsetAndScaleAreMeanAndDeviationOfEachComponent)
{
  Trajectories data;
  data.environments.resize(1);
  data.count = 1;
  data.points = 4;
  data.dimension = 2;
  data.times = {0, 1, 2, 3};
  data.states = {1, 10, 3, 10, 1, 10, 3, 10};

  Scaling const scaling = Scaling::fit(data);

  EXPECT_DOUBLE_EQ(scaling.offset[0], 2);
  EXPECT_DOUBLE_EQ(scaling.scale[0], 1);
  EXPECT_DOUBLE_EQ(scaling.offset[1], 10);
  EXPECT_DOUBLE_EQ(scaling.scale[1], 10) << "what never moves is divided by its size";
  // (x, y)' moves by (2, 0) of its deviations in every unit of time: root mean square sqrt(2).
  EXPECT_DOUBLE_EQ(scaling.time, 1 / std::sqrt(2.));
}

TEST(Scaling, UnitsOfStatesAndTimesDoNotChangeWhatIsComputedWith)
{
  Trajectories const unit = turning(1, 1, 1);
  Trajectories const expected = Scaling::fit(unit).apply(unit);

  for (auto const &[x, y, t] : {std::tuple{1e-9, 1e-9, 1.},
                                {1e6, 1e6, 1.},
                                {1., 1e-4, 1.},
                                {1., 1., 1e6},
                                {1e-200, 1e200, 1e-9}}) {
    Trajectories const other = turning(x, y, t);
    Trajectories const found = Scaling::fit(other).apply(other);

    expect_near(found.states, expected.states, 1e-12);
    expect_near(found.times, expected.times, 1e-12);
  }
}

TEST(Scaling, TimesAreCountedFromTheFirst)
{
  Trajectories const unit = turning(1, 1, 1), late = turning(1, 1, 1, 1.7e9);

  Trajectories const found = Scaling::fit(late).apply(late);

  EXPECT_EQ(found.times[0], 0);
  expect_near(found.times, Scaling::fit(unit).apply(unit).times, 1e-5);
}

TEST(Scaling, RestoresWhatItApplied)
{
  Trajectories const data = turning(1e6, 1e-9, 1);
  Scaling const scaling = Scaling::fit(data);
  Trajectories scaled = scaling.apply(data);

  scaling.restore(scaled.states);

  for (std::size_t i = 0; i < data.states.size(); ++i) {
    ASSERT_NEAR(scaled.states[i] / scaling.scale[i % 2], data.states[i] / scaling.scale[i % 2],
                1e-14);
  }
}

TEST(Scaling, NoneChangesNoBit)
{
  Trajectories const data = turning(1, 1, 1, 5);

  Trajectories const same = Scaling().apply(data);

  EXPECT_EQ(same.states, data.states);
  EXPECT_EQ(same.times, data.times);
}

}  // namespace
}  // namespace tessera::domains
