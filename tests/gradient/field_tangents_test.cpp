#include <gtest/gtest.h>

#include <complex>
#include <vector>

#include <tessera/core/rng.hpp>

#include "coda_tangents.hpp"
#include "ncf_tangents.hpp"
#include "support/plain_experts.hpp"
#include "support/tangent_problem.hpp"

// push_forward and its transpose on packs, in float64, against the plain field: tangents by the
// complex step, the transpose by central differences of L = <f_bar, f> + sum_t <g_bar_t, g_t> with
// g_t = J_x x'_t + J_xi xi'_t.

namespace {

using namespace tessera;
using Complex = std::complex<double>;

struct Ncf {
  using Field = fields::NcfTangents<double, 1>;
  using Layout = fields::NcfLayout;
  static Layout usual() { return Layout({2, 7, 2, 1, 1, 5, 3}); }
  static Layout deep() { return Layout({3, 5, 3, 2, 2, 3, 2}); }
  static Layout straight() { return Layout({1, 4, 1, 0, 0, 3, 4}); }
  static auto bank(fields::NcfShape const &shape) { return fields::make_ncf_bank<double>(shape); }
  static std::vector<Complex> plain(Layout const &layout, std::vector<Complex> const &row,
                                    std::vector<Complex> const &context,
                                    std::vector<Complex> const &x)
  {
    return twins::plain_ncf<Complex>(layout, row, context, x);
  }
};

struct Coda {
  using Field = fields::CodaTangents<double, 1>;
  using Layout = fields::CodaLayout;
  static Layout usual() { return Layout({2, 9, 3, 2}); }
  static Layout deep() { return Layout({3, 5, 4, 3}); }
  static Layout straight() { return Layout({3, 4, 1, 2}); }
  static auto bank(fields::CodaShape const &shape) { return fields::make_coda_bank<double>(shape); }
  static std::vector<Complex> plain(Layout const &layout, std::vector<Complex> const &row,
                                    std::vector<Complex> const &context,
                                    std::vector<Complex> const &x)
  {
    return twins::plain_coda<Complex>(layout, row, context, x);
  }
};

template <class Kind>
twins::TangentProblem<Kind> problem_of(typename Kind::Layout const &layout, int tangents)
{
  std::vector<double> row(layout.size);
  Rng rng(11, "test/row");
  Kind::bank(layout.shape)->initialise(row, rng);
  return {layout, tangents, row};
}

template <class Kind>
class FieldTangents : public ::testing::Test {
};
using Kinds = ::testing::Types<Ncf, Coda>;
TYPED_TEST_SUITE(FieldTangents, Kinds);

TYPED_TEST(FieldTangents, PushForwardIsTheDirectionalDerivative)
{
  problem_of<TypeParam>(TypeParam::usual(), 2).expect_directional_derivatives(1e-12, 1e-11);
  problem_of<TypeParam>(TypeParam::deep(), 3).expect_directional_derivatives(1e-12, 1e-11);
  problem_of<TypeParam>(TypeParam::straight(), 4).expect_directional_derivatives(1e-12, 1e-11);
}

TYPED_TEST(FieldTangents, ThePullBackOfAPushForwardMatchesDifferencesInEverything)
{
  problem_of<TypeParam>(TypeParam::usual(), 2).expect_the_transpose(3, 1e-7, 1e-8);
  problem_of<TypeParam>(TypeParam::deep(), 3).expect_the_transpose(3, 1e-7, 1e-8);
  problem_of<TypeParam>(TypeParam::straight(), 4).expect_the_transpose(3, 1e-7, 1e-8);
}

}  // namespace
