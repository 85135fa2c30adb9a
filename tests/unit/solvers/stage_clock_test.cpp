#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include <tessera/solvers/ode/adjoint_lanes.hpp>
#include <tessera/solvers/ode/integrate_lanes.hpp>
#include <tessera/solvers/ode/tangent_lanes.hpp>

// The three machines with a field of time.

namespace {

using namespace tessera;
using namespace tessera::solvers;

// x' = cos t, and every time that it was asked for.
template <class T>
struct CosineField {
  using Number = T;
  static constexpr int packs = 1;
  using R = Rows<T, 1>;
  struct Tape {};
  R now;
  std::set<T> seen;

  explicit CosineField(LaneArena &arena) : now(arena, 1) {}
  void load_lane(int, T const *) {}
  void set_time(R t) { copy(t, now, 1); }
  Tape make_tape(LaneArena &) const { return {}; }
  void evaluate(R, R dx)
  {
    for (int l = 0; l < R::lanes; ++l) {
      dx.at(0, l) = std::cos(now.at(0, l));
      seen.insert(now.at(0, l));
    }
  }
  void evaluate(R x, R dx, Tape const &) { evaluate(x, dx); }
  void pull_back(Tape const &, R, R x_bar) { fill(x_bar, 1, T(0)); }
  void finish_lane(int, T *context_bar) { context_bar[0] = 0; }
  void push_forward(Tape const &, int, R, R, R dx_dot) { fill(dx_dot, 1, T(0)); }
};
static_assert(TakesTime<CosineField<float>>);

/// Trajectories that begin at different times, and memory for machines.
template <class T>
struct Cosines {
  static constexpr int count = 37, points = 9;
  OdeBatch<T> batch;
  OdeSolution<T> solution{count, points, 1, 400};
  std::vector<double> memory = std::vector<double>(1 << 16);

  Cosines()
  {
    batch.initial = View2<T>("tessera::test::initial", count, 1);
    batch.times = View2<T>("tessera::test::times", count, points);
    batch.points = View1<int>("tessera::test::points", count);
    batch.contexts = View2<T>("tessera::test::contexts", 1, 1);
    batch.context_row = View1<int>("tessera::test::context_row", count);
    batch.origin = View1<double>("tessera::test::origin", count);
    for (int t = 0; t < count; ++t) {
      batch.points(t) = points;
      batch.origin(t) = 0.37 * t;
      for (int k = 0; k < points; ++k) batch.times(t, k) = T(0.1 + 0.5 * k);
    }
  }

  LaneArena arena()
  {
    auto const address = reinterpret_cast<std::uintptr_t>(memory.data());
    return {reinterpret_cast<void *>((address + 63) / 64 * 64), 8 * memory.size() - 64};
  }
  std::set<T> integrate(StepControl const &control)
  {
    LaneArena space = arena();
    CosineField<T> field(space);
    LaneIntegrator<CosineField<T>>(space, field, batch, solution, control).run({0, 0, count});
    return field.seen;
  }
  /// The largest error at the last time.
  double error() const
  {
    double largest = 0;
    for (int t = 0; t < count; ++t) {
      double const from = batch.origin(t) + batch.times(t, 0),
                   to = batch.origin(t) + batch.times(t, points - 1);
      double const exact = std::sin(to) - std::sin(from);
      largest = std::max(largest, std::abs(solution.states(t, points - 1, 0) - exact));
    }
    return largest;
  }
};

TEST(StageClock, AFieldOfTimeConvergesWithOrderFiveWhereverItsTimesBegin)
{
  Cosines<double> coarse, fine;

  coarse.integrate({.rtol = 1e-5, .atol = 1e-5});
  fine.integrate({.rtol = 1e-5 / 1024, .atol = 1e-5 / 1024});

  double steps[2] = {};
  for (int t = 0; t < Cosines<double>::count; ++t) {
    steps[0] += coarse.solution.accepted(t);
    steps[1] += fine.solution.accepted(t);
  }
  EXPECT_NEAR(std::log(coarse.error() / fine.error()) / std::log(steps[1] / steps[0]), 5, 0.7);
  EXPECT_LT(fine.error(), 1e-7);
}

TEST(StageClock, AdjointAndTangentsComeBackToTheTimesOfTheIntegrationBitForBit)
{
  Cosines<float> cosines;
  int const n = Cosines<float>::count, points = Cosines<float>::points;
  std::set<float> const times = cosines.integrate({.rtol = 1e-4, .atol = 1e-4});
  View3<float> const cotangent("tessera::test::cotangent", n, points, 1);
  View2<float> const context_bar("tessera::test::context_bar", n, 1);
  View4<float> const sensitivities("tessera::test::sensitivities", n, points, 1, 1);

  LaneArena one = cosines.arena();
  CosineField<float> back(one);
  LaneAdjoint<CosineField<float>>(one, back, cosines.batch, cosines.solution, cotangent,
                                  context_bar)
      .run({0, 0, n});
  LaneArena other = cosines.arena();
  CosineField<float> forth(other);
  LaneTangent<CosineField<float>>(other, forth, cosines.batch, cosines.solution, sensitivities)
      .run({0, 0, n});

  EXPECT_GT(back.seen.size(), 100u);
  for (float t : back.seen) EXPECT_EQ(times.count(t), 1u) << t;
  for (float t : forth.seen) EXPECT_EQ(times.count(t), 1u) << t;
}

}  // namespace
