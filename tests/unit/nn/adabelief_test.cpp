#include <cmath>
#include <cstdint>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include <tessera/core/error.hpp>
#include <tessera/core/rng.hpp>
#include <tessera/nn/adabelief.hpp>

namespace {

using tessera::nn::AdaBelief;
using Active = std::vector<std::uint8_t>;

template <class T>
std::vector<T> gradient_of_step(std::size_t count, std::uint64_t step)
{
  tessera::Rng rng(1, "gradient", step);
  std::vector<T> gradient(count);
  for (T &g : gradient) g = static_cast<T>(std::exp(3. * rng.normal()) * (rng.uniform() - .5));
  return gradient;
}

/// The published rule, one parameter at a time in double.
struct Reference {
  double x, m = 0., s = 0.;
  int t = 0;

  void step(double g, double rate)
  {
    ++t;
    s = .999 * s + .001 * (g - m) * (g - m) + 1e-16;
    m = .9 * m + .1 * g;
    double const m_hat = m / (1. - std::pow(.9, t)), s_hat = s / (1. - std::pow(.999, t));
    x -= rate * m_hat / (std::sqrt(s_hat) + 1e-16);
  }
};

template <class T>
class AdaBeliefOf : public testing::Test {
};
using Reals = testing::Types<float, double>;
TYPED_TEST_SUITE(AdaBeliefOf, Reals);

TYPED_TEST(AdaBeliefOf, FollowsThePublishedRule)
{
  std::size_t const count = 37;  // whole packs and a rest
  double const tolerance = std::is_same_v<TypeParam, float> ? 1e-5 : 1e-13;
  std::vector<TypeParam> x(count, TypeParam(.5));
  std::vector<Reference> reference(count, Reference{.5});
  AdaBelief<TypeParam> optimiser({count});

  for (std::uint64_t step = 0; step < 5; ++step) {
    auto const gradient = gradient_of_step<TypeParam>(count, step);
    optimiser.step(x, gradient, {}, 1e-1);
    for (std::size_t k = 0; k < count; ++k) reference[k].step(gradient[k], 1e-1);
  }

  for (std::size_t k = 0; k < count; ++k) EXPECT_NEAR(x[k], reference[k].x, tolerance) << k;
}

TYPED_TEST(AdaBeliefOf, BeginsWithAStepOfExactlyTheRate)
{
  std::vector<TypeParam> x(3, TypeParam(0));
  std::vector<TypeParam> const gradient{TypeParam(2.5), TypeParam(-300.), TypeParam(0.)};
  AdaBelief<TypeParam> optimiser({3});

  optimiser.step(x, gradient, {}, 1e-3);

  double const tolerance = std::is_same_v<TypeParam, float> ? 1e-9 : 1e-15;
  EXPECT_NEAR(x[0], -1e-3, tolerance);
  EXPECT_NEAR(x[1], 1e-3, tolerance);
  EXPECT_EQ(x[2], TypeParam(0));
}

TYPED_TEST(AdaBeliefOf, NeverMovesAParameterWithoutGradient)
{
  std::vector<TypeParam> x(20, TypeParam(.75));
  std::vector<TypeParam> const gradient(20, TypeParam(0));
  AdaBelief<TypeParam> optimiser({20});

  for (int step = 0; step < 10; ++step) optimiser.step(x, gradient, {}, 1.);

  EXPECT_EQ(x, std::vector<TypeParam>(20, TypeParam(.75)));
}

TYPED_TEST(AdaBeliefOf, GivesTheSameBitsInAPackAndAlone)
{
  std::size_t const count = 35;
  std::vector<TypeParam> together(count, TypeParam(.5)), alone = together;
  AdaBelief<TypeParam> packed({count}), single(std::vector<std::size_t>(count, 1));

  for (std::uint64_t step = 0; step < 20; ++step) {
    auto const gradient = gradient_of_step<TypeParam>(count, step);
    packed.step(together, gradient, {}, 1e-2);
    single.step(alone, gradient, {}, 1e-2);
  }

  EXPECT_EQ(together, alone);
}

TEST(AdaBelief, AnIdleSegmentNeitherMovesNorDecays)
{
  std::vector<double> x(5, 0.);
  AdaBelief<double> optimiser({2, 3});
  optimiser.step(x, std::vector<double>{1., 2., 3., 4., 5.}, {}, .1);
  std::vector<double> const before = x;
  double const mean = optimiser.mean()[3], spread = optimiser.spread()[3];

  for (int k = 0; k < 4; ++k) {
    optimiser.step(x, std::vector<double>{1., 1., 0., 0., 0.}, Active{1, 0}, .1);
  }

  EXPECT_LT(x[0], before[0]);
  for (std::size_t k = 2; k < 5; ++k) EXPECT_EQ(x[k], before[k]);
  EXPECT_EQ(optimiser.mean()[3], mean);
  EXPECT_EQ(optimiser.spread()[3], spread);
  EXPECT_EQ(optimiser.steps()[0], 5);
  EXPECT_EQ(optimiser.steps()[1], 1);
}

TEST(AdaBelief, ASegmentThatWakesUpBeginsWithItsOwnFirstStep)
{
  std::vector<double> x(2, 0.);
  AdaBelief<double> optimiser({1, 1});

  for (int k = 0; k < 7; ++k) optimiser.step(x, std::vector<double>{1., 0.}, Active{1, 0}, .1);
  optimiser.step(x, std::vector<double>{1., 4.}, Active{1, 1}, .1);

  EXPECT_NEAR(x[1], -.1, 1e-14);
}

TEST(AdaBelief, WithEverySegmentActiveMomentumCarriesAnIdleOneOn)
{
  std::vector<double> x(1, 0.);
  AdaBelief<double> optimiser({1});
  optimiser.step(x, std::vector<double>{1.}, {}, .1);
  double const before = x[0];

  optimiser.step(x, std::vector<double>{0.}, {}, .1);

  EXPECT_LT(x[0], before);
}

TEST(AdaBelief, CopiesASegmentForAnExpertThatStartsAsACopy)
{
  std::vector<double> x(6, 0.);
  AdaBelief<double> optimiser({3, 3});
  for (int k = 0; k < 3; ++k) {
    optimiser.step(x, std::vector<double>{1., -2., .5, 9., 9., 9.}, Active{1, 0}, .1);
  }
  std::copy_n(x.begin(), 3, x.begin() + 3);

  optimiser.copy_segment(0, 1);
  optimiser.step(x, std::vector<double>{3., 3., 3., 3., 3., 3.}, {}, .1);

  for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(x[k], x[k + 3]);
  EXPECT_EQ(optimiser.steps()[1], 4);
}

TEST(AdaBelief, ContinuesBitForBitFromItsState)
{
  std::vector<float> x(9, 0.f);
  AdaBelief<float> first({4, 5}), second({4, 5});
  first.step(x, gradient_of_step<float>(9, 0), Active{1, 0}, .1);
  first.step(x, gradient_of_step<float>(9, 1), {}, .1);
  std::vector<float> y = x;
  tessera::State saved, loaded;
  first.register_state(saved, "optimizer");
  second.register_state(loaded, "optimizer");

  for (std::size_t k = 0; k < saved.items().size(); ++k) {
    std::visit(
        [&](auto from) {
          auto to = std::get<decltype(from)>(loaded.items()[k].memory);
          if constexpr (!std::is_pointer_v<decltype(from)>) {
            std::copy(from.begin(), from.end(), to.begin());
          }
        },
        saved.items()[k].memory);
  }
  first.step(x, gradient_of_step<float>(9, 2), {}, .1);
  second.step(y, gradient_of_step<float>(9, 2), {}, .1);

  EXPECT_EQ(x, y);
  EXPECT_EQ(saved.items()[0].name, "optimizer/mean");
}

TEST(AdaBelief, ForgetsOnReset)
{
  std::vector<double> x(1, 0.);
  AdaBelief<double> optimiser({1});
  for (int k = 0; k < 3; ++k) optimiser.step(x, std::vector<double>{1.}, {}, .1);
  x[0] = 0.;

  optimiser.reset();
  optimiser.step(x, std::vector<double>{-2.}, {}, .1);

  EXPECT_NEAR(x[0], .1, 1e-14);
}

TEST(AdaBelief, RefusesLengthsThatDoNotFit)
{
  std::vector<double> x(4, 0.);
  AdaBelief<double> optimiser({2, 1});

  EXPECT_THROW(optimiser.step(x, std::vector<double>(4), {}, .1), tessera::Error);
  EXPECT_THROW(optimiser.step(std::span(x).first(3), std::vector<double>(4), {}, .1),
               tessera::Error);
  EXPECT_THROW(optimiser.step(std::span(x).first(3), std::vector<double>(3), Active{1}, .1),
               tessera::Error);
  EXPECT_THROW(optimiser.copy_segment(0, 1), tessera::Error);
  EXPECT_THROW(optimiser.copy_segment(0, 2), tessera::Error);
}

}  // namespace
