#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include <tessera/solvers/ode/integrate_lanes.hpp>

namespace {

using namespace tessera;
using namespace tessera::solvers;

// x' = lambda (x - cos-like target): here simply the rotation x' = c y, y' = -c x, whose
// frequency c is the lane's context. Exact: rotation by c t.
template <class T>
struct RotationField {
  using Number = T;
  static constexpr int packs = 2;
  using R = Rows<T, 2>;
  R frequency;
  explicit RotationField(LaneArena &arena) : frequency(arena, 1) {}
  void load_lane(int lane, T const *context) { frequency.at(0, lane) = context[0]; }
  void evaluate(R x, R dx) const
  {
    for (int v = 0; v < 2; ++v) {
      dx(0, v) = frequency(0, v) * x(1, v);
      dx(1, v) = -(frequency(0, v) * x(0, v));
    }
  }
};

struct Solved {
  OdeSolution<double> solution;
  double error = 0;  ///< largest over trajectories and times
};

Solved solve_rotations(int trajectories, StepControl const &control, double end = 3)
{
  int const points = 13;
  OdeBatch<double> batch;
  batch.initial = View2<double>("tessera::test::initial", trajectories, 2);
  batch.times = View2<double>("tessera::test::times", trajectories, points);
  batch.points = View1<int>("tessera::test::points", trajectories);
  batch.contexts = View2<double>("tessera::test::contexts", trajectories, 1);
  batch.context_row = View1<int>("tessera::test::context_row", trajectories);
  for (int t = 0; t < trajectories; ++t) {
    batch.initial(t, 0) = 1;
    batch.contexts(t, 0) = 1 + 0.3 * t;
    batch.context_row(t) = t;
    batch.points(t) = points;
    for (int k = 0; k < points; ++k) batch.times(t, k) = end * k / (points - 1);
  }
  Solved solved{OdeSolution<double>(trajectories, points, 2, 0)};
  std::vector<double> memory(1 << 16);
  auto address = reinterpret_cast<std::uintptr_t>(memory.data());
  LaneArena arena(reinterpret_cast<void *>((address + 63) / 64 * 64), 8 * memory.size() - 64);
  RotationField<double> field(arena);
  LaneIntegrator<RotationField<double>>(arena, field, batch, solved.solution, control)
      .run({0, 0, trajectories});
  for (int t = 0; t < trajectories; ++t) {
    for (int k = 0; k < points; ++k) {
      double const exact = std::cos(batch.contexts(t, 0) * batch.times(t, k));
      solved.error = std::max(solved.error, std::abs(solved.solution.states(t, k, 0) - exact));
    }
  }
  return solved;
}

// The error per accepted step is held at the tolerance, so a tolerance 2^5 smaller halves the
// step: the work grows by 2 and the global error falls by about 2^5.
TEST(LaneIntegrator, ConvergesWithOrderFive)
{
  auto coarse = solve_rotations(1, {.rtol = 1e-6, .atol = 1e-6});
  auto fine = solve_rotations(1, {.rtol = 1e-6 / 1024, .atol = 1e-6 / 1024});

  double const steps = double(fine.solution.accepted(0)) / coarse.solution.accepted(0);
  double const order = std::log(coarse.error / fine.error) / std::log(steps);
  EXPECT_NEAR(order, 5, 0.7);
}

TEST(LaneIntegrator, MoreTrajectoriesThanLanesAllMeetTheTolerance)
{
  auto solved = solve_rotations(53, {.rtol = 1e-8, .atol = 1e-8});

  EXPECT_LT(solved.error, 1e-5);
  for (int t = 0; t < 53; ++t) EXPECT_EQ(solved.solution.status(t), Status::ok);
}

TEST(LaneIntegrator, FasterTrajectoriesTakeTheirOwnSmallerSteps)
{
  auto solved = solve_rotations(31, {.rtol = 1e-8, .atol = 1e-8});

  EXPECT_GT(solved.solution.accepted(30), 5 * solved.solution.accepted(0));
}

TEST(LaneIntegrator, StepLimitIsAStatusWithAdvice)
{
  auto solved = solve_rotations(2, {.rtol = 1e-10, .atol = 1e-10, .max_steps = 5});

  EXPECT_EQ(solved.solution.status(0), Status::step_limit);
  EXPECT_NE(std::string(message(solved.solution.status(0))).find("solver.max_steps"),
            std::string::npos);
}

}  // namespace
