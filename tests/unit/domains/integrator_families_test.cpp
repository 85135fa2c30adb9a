#include <gtest/gtest.h>

#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <vector>

#include <tessera/core/registry.hpp>
#include <tessera/domains/family.hpp>
#include <tessera/domains/odebench.hpp>
#include <tessera/solvers/ode/integrate_lanes.hpp>

// Our integrator against Boost.Odeint on the true vector fields of all ten families.

namespace {

using namespace tessera;
using namespace tessera::solvers;

// A family as a vector field on packs: lane by lane, its parameters are the lane's context.
class FamilyField {
 public:
  using Number = double;
  static constexpr int packs = 2;
  using R = Rows<double, packs>;
  FamilyField(LaneArena &arena, domains::Family const &family)
      : family_(family),
        size_(static_cast<int>(family.parameter_names().size())),
        parameters_(arena, size_)
  {
  }
  void load_lane(int lane, double const *context)
  {
    for (int p = 0; p < size_; ++p) parameters_.at(p, lane) = context[p];
  }
  void evaluate(R x, R dx) const
  {
    for (int l = 0; l < R::lanes; ++l) {
      std::vector<double> c, state{x.at(0, l), x.at(1, l)}, slope(2);
      for (int p = 0; p < size_; ++p) c.push_back(parameters_.at(p, l));
      family_.evaluate(0, state, c, slope);
      for (int i = 0; i < 2; ++i) dx.at(i, l) = slope[i];
    }
  }

 private:
  domains::Family const &family_;
  int size_;
  R parameters_;
};

std::vector<double> by_odeint(domains::Family const &family, std::vector<double> x,
                              std::vector<double> const &c, double end)
{
  namespace odeint = boost::numeric::odeint;
  auto field = [&](std::vector<double> const &state, std::vector<double> &dx, double t) {
    family.evaluate(t, state, c, dx);
  };
  auto stepper =
      odeint::make_controlled(1e-12, 1e-12, odeint::runge_kutta_dopri5<std::vector<double>>());
  odeint::integrate_adaptive(stepper, field, x, 0.0, end, 1e-3);
  return x;
}

class IntegratorOnFamily : public ::testing::TestWithParam<std::string> {};

TEST_P(IntegratorOnFamily, AgreesWithOdeint)
{
  Registry registry;
  domains::register_odebench_families(registry);
  Config const config = Config::parse("", "test");
  auto const family = registry.make_named<domains::Family>(GetParam(), config.section("family"));
  int const n = 21, points = 7;
  std::size_t const size = family->parameter_names().size();
  OdeBatch<double> batch{View2<double>("tessera::test::initial", n, 2),
                         View2<double>("tessera::test::times", n, points),
                         View1<int>("tessera::test::points", n),
                         View2<double>("tessera::test::contexts", n, size),
                         View1<int>("tessera::test::context_row", n),
                         {}};
  for (int t = 0; t < n; ++t) {
    batch.initial(t, 0) = 0.3 + 0.02 * t;
    batch.initial(t, 1) = -0.4 - 0.01 * t;
    batch.points(t) = points;
    batch.context_row(t) = t;
    for (std::size_t p = 0; p < size; ++p) batch.contexts(t, p) = 0.5 + 0.05 * t + 0.1 * double(p);
    for (int k = 0; k < points; ++k) batch.times(t, k) = 0.5 * k;
  }
  OdeSolution<double> solution(n, points, 2, 0);
  std::vector<double> memory(1 << 16);
  auto const address = reinterpret_cast<std::uintptr_t>(memory.data());
  LaneArena arena(reinterpret_cast<void *>((address + 63) / 64 * 64), 8 * memory.size() - 64);
  FamilyField field(arena, *family);

  StepControl const control{.rtol = 1e-10, .atol = 1e-10, .max_steps = 100000};
  LaneIntegrator<FamilyField>(arena, field, batch, solution, control).run({0, 0, n});

  for (int t = 0; t < n; ++t) {
    std::vector<double> c;
    for (std::size_t p = 0; p < size; ++p) c.push_back(batch.contexts(t, p));
    auto const expected = by_odeint(*family, {batch.initial(t, 0), batch.initial(t, 1)}, c, 3.0);
    ASSERT_EQ(solution.status(t), Status::ok);
    for (int i = 0; i < 2; ++i) {
      EXPECT_NEAR(solution.states(t, points - 1, i), expected[i],
                  1e-7 * std::max(1.0, std::abs(expected[i])));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(OdeBench, IntegratorOnFamily,
                         ::testing::Values("24", "25", "28", "32", "34", "35", "37", "38", "39",
                                           "40"),
                         [](auto const &family) { return "family_" + family.param; });

}  // namespace
