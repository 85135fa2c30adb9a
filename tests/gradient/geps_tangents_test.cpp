#include <gtest/gtest.h>

#include <complex>
#include <vector>

#include "geps_tangents.hpp"
#include "support/geps_batch.hpp"
#include "support/plain_geps.hpp"
#include "support/tangent_problem.hpp"

// push_forward and its transpose on packs, in float64, against the plain field: tangents by the
// complex step, the transpose by central differences of L = <f_bar, f> + sum_t <g_bar_t, g_t> with
// g_t = J_x x'_t + J_xi xi'_t.

namespace {

using namespace tessera;
using Vector = std::vector<double>;

struct Geps {
  using Field = fields::GepsTangents<double, 2>;
  using Layout = fields::GepsLayout;
  using Complex = std::complex<double>;
  static std::vector<Complex> plain(Layout const &layout, std::vector<Complex> const &row,
                                    std::vector<Complex> const &context,
                                    std::vector<Complex> const &x)
  {
    return twins::plain_geps<Complex>(layout, row, context, x);
  }
};
using Field = Geps::Field;

struct Case {
  char const *name;
  fields::GepsShape shape;
  int tangents;
};

// Without it GoogleTest prints the bytes.
void PrintTo(Case const &tried, std::ostream *out)
{
  *out << tried.name;
}

class GepsTangents : public ::testing::TestWithParam<Case>, protected twins::TangentProblem<Geps> {
 protected:
  GepsTangents()
      : TangentProblem(fields::GepsLayout(GetParam().shape), GetParam().tangents,
                       twins::GepsBatch<double>(GetParam().shape, 1, 1, 2, 0.1).row(0))
  {
  }
};

TEST_P(GepsTangents, PushForwardIsTheDirectionalDerivative)
{
  expect_directional_derivatives(1e-13, 1e-12);
}

TEST_P(GepsTangents, ThePullBackOfAPushForwardMatchesDifferencesInEverything)
{
  expect_the_transpose(5, 1e-8, 1e-9);
}

TEST_P(GepsTangents, WithoutTangentsThePullBackIsTheOrdinaryOne)
{
  fields::LaneArena space = arena();
  Field field(space, layout, row.data(), true, count);
  fields::GepsField<double, 2> ordinary(space, layout, row.data(), true);
  Field::Tape const tape = field.make_tape(space);
  R const dx(space, state), bar(space, state), expected(space, state);
  load(field);
  load(ordinary);
  field.evaluate(to_rows(space, x), dx, tape);

  field.pull_back_tangent(tape, 0, dx, dx, to_rows(space, dx_bar), dx, bar, dx, dx);
  ordinary.pull_back(tape, to_rows(space, dx_bar), expected);

  Vector gradient(layout.size), plain_gradient(layout.size);
  field.finish_block(gradient.data());
  ordinary.finish_block(plain_gradient.data());
  for (int l = 0; l < lanes; ++l) {
    for (int i = 0; i < state; ++i) EXPECT_NEAR(bar.at(i, l), expected.at(i, l), 1e-13);
  }
  for (std::size_t k = 0; k < gradient.size(); ++k) {
    EXPECT_NEAR(gradient[k], plain_gradient[k], 1e-11);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, GepsTangents,
                         ::testing::Values(Case{"usual", {2, 7, 3, 2}, 2},
                                           Case{"wide", {3, 11, 2, 5}, 4},
                                           Case{"deep", {1, 5, 5, 1}, 3},
                                           Case{"one_layer", {3, 4, 1, 3}, 2}),
                         [](auto const &shape) { return shape.param.name; });

}  // namespace
