#include <gtest/gtest.h>

#include <cmath>

#include <tessera/solvers/ode/tsit5.hpp>

namespace {

using Method = tessera::solvers::Tsit5<double>;

double node(int i)
{
  double sum = 0;
  for (int j = 0; j < i && j < 6; ++j) sum += Method::a[i][j];
  return sum;
}

TEST(Tsit5, ANodeIsTheSumOfItsStagesWeights)
{
  for (int i = 0; i < 7; ++i) EXPECT_NEAR(Method::node[i], node(i), 1e-14) << i;
}

// Quadrature conditions: sum_i b_i(theta) c_i^(q-1) = theta^q / q.
TEST(Tsit5, NewStateIntegratesPolynomialsUpToOrderFive)
{
  for (int q = 1; q <= 5; ++q) {
    double sum = 0;
    for (int i = 0; i < 6; ++i) sum += Method::a[6][i] * std::pow(node(i), q - 1);
    EXPECT_NEAR(sum, 1.0 / q, 1e-13) << "order " << q;
  }
}

TEST(Tsit5, InterpolantIsOfOrderFourEverywhereInTheStep)
{
  for (double theta : {0.1, 0.37, 0.5, 0.93, 1.0}) {
    for (int q = 1; q <= 4; ++q) {
      double sum = 0;
      for (int i = 0; i < 7; ++i) sum += Method::dense_weight(i, theta) * std::pow(node(i), q - 1);
      EXPECT_NEAR(sum, std::pow(theta, q) / q, 1e-12) << "theta " << theta << " order " << q;
    }
  }
}

TEST(Tsit5, InterpolantEndsInTheNewState)
{
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(Method::dense_weight(i, 1.0), Method::a[6][i], 1e-13);
  EXPECT_NEAR(Method::dense_weight(6, 1.0), 0, 1e-13);
}

TEST(Tsit5, ErrorEstimateVanishesOnPolynomialsOfDegreeThree)
{
  for (int q = 1; q <= 4; ++q) {
    double sum = 0;
    for (int i = 0; i < 7; ++i) sum += Method::error[i] * std::pow(node(i), q - 1);
    EXPECT_NEAR(sum, 0, 1e-13) << "order " << q;
  }
}

}  // namespace
