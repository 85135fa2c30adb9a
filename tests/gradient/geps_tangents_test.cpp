#include <gtest/gtest.h>

#include <complex>
#include <vector>

#include "geps_tangents.hpp"
#include "support/geps_batch.hpp"
#include "support/plain_geps.hpp"

// push_forward and its transpose on packs, in float64, against the plain field: tangents by the
// complex step, the transpose by central differences of L = <f_bar, f> + sum_t <g_bar_t, g_t> with
// g_t = J_x x'_t + J_xi xi'_t.

namespace {

using namespace tessera;
using Complex = std::complex<double>;
using Vector = std::vector<double>;
using Field = experts::GepsTangents<double, 2>;
using R = Field::R;
constexpr int lanes = Field::lanes;

struct Case {
  char const *name;
  experts::GepsShape shape;
  int tangents;
};

class GepsTangents : public ::testing::TestWithParam<Case> {
 protected:
  // One row of lane values per component, as plain numbers that differences may move.
  using Table = std::vector<Vector>;

  GepsTangents()
      : shape(GetParam().shape),
        count(GetParam().tangents),
        problem(shape, 1, 1, 2, 0.1),
        row(problem.row(0)),
        memory(1 << 20)
  {
    Rng rng(11, "test/tangents");
    row[problem.layout.shift] = 0.2;
    auto draw = [&](Table &table, int rows) {
      table.assign(lanes, Vector(rows));
      for (Vector &lane : table) {
        for (double &value : lane) value = rng.normal();
      }
    };
    draw(x, shape.state), draw(xi, shape.rank);
    draw(x_dot, count * shape.state), draw(xi_dot, count * shape.rank);
    draw(dx_bar, shape.state), draw(dx_dot_bar, count * shape.state);
  }

  experts::LaneArena arena()
  {
    auto const address = reinterpret_cast<std::uintptr_t>(memory.data());
    return {reinterpret_cast<void *>((address + 63) / 64 * 64), 8 * memory.size() - 64};
  }

  static R to_rows(experts::LaneArena &space, Table const &table)
  {
    int const rows = static_cast<int>(table[0].size());
    R out(space, rows);
    for (int l = 0; l < lanes; ++l) {
      for (int i = 0; i < rows; ++i) out.at(i, l) = table[l][i];
    }
    return out;
  }

  void load(Field &field) const
  {
    for (int l = 0; l < lanes; ++l) field.load_lane(l, xi[l].data());
  }

  // f of one lane in the real part and, over 1e-100, its derivative along tangent t.
  std::vector<Complex> plain(int l, int t) const
  {
    std::vector<Complex> numbers(row.begin(), row.end()), at, context;
    for (int i = 0; i < shape.state; ++i) {
      at.emplace_back(x[l][i], 1e-100 * x_dot[l][t * shape.state + i]);
    }
    for (int r = 0; r < shape.rank; ++r) {
      context.emplace_back(xi[l][r], 1e-100 * xi_dot[l][t * shape.rank + r]);
    }
    return twins::plain_geps<Complex>(problem.layout, numbers, context, at);
  }

  double objective() const
  {
    double sum = 0;
    for (int l = 0; l < lanes; ++l) {
      for (int t = 0; t < count; ++t) {
        auto const f = plain(l, t);
        for (int i = 0; i < shape.state; ++i) {
          if (t == 0) sum += dx_bar[l][i] * f[i].real();
          sum += dx_dot_bar[l][t * shape.state + i] * f[i].imag() * 1e100;
        }
      }
    }
    return sum;
  }

  double difference(double &number) const
  {
    double const kept = number, eps = 1e-5;
    number = kept + eps;
    double const up = objective();
    number = kept - eps;
    double const down = objective();
    number = kept;
    return (up - down) / (2 * eps);
  }

  void expect_differences(char const *what, R bars, Table &table) const
  {
    for (int l = 0; l < lanes; l += 5) {
      for (std::size_t i = 0; i < table[l].size(); ++i) {
        double const expected = difference(table[l][i]);
        ASSERT_NEAR(bars.at(static_cast<int>(i), l), expected,
                    1e-8 * std::max(1.0, std::abs(expected)))
            << what << " " << i << " of lane " << l;
      }
    }
  }

  experts::GepsShape shape;
  int count;
  twins::GepsBatch<double> problem;
  Vector row, memory;
  Table x, xi, x_dot, xi_dot, dx_bar, dx_dot_bar;
};

TEST_P(GepsTangents, PushForwardIsTheDirectionalDerivative)
{
  experts::LaneArena space = arena();
  Field field(space, problem.layout, row.data(), false, count);
  Field::Tape const tape = field.make_tape(space);
  R dx(space, shape.state), dx_dot(space, count * shape.state);
  load(field);

  field.evaluate(to_rows(space, x), dx, tape);
  field.push_forward(tape, count, to_rows(space, x_dot), to_rows(space, xi_dot), dx_dot);

  for (int l = 0; l < lanes; ++l) {
    for (int t = 0; t < count; ++t) {
      auto const expected = plain(l, t);
      for (int i = 0; i < shape.state; ++i) {
        EXPECT_NEAR(dx.at(i, l), expected[i].real(), 1e-13);
        EXPECT_NEAR(dx_dot.at(t * shape.state + i, l), expected[i].imag() * 1e100, 1e-12);
      }
    }
  }
}

TEST_P(GepsTangents, ThePullBackOfAPushForwardMatchesDifferencesInEverything)
{
  experts::LaneArena space = arena();
  Field field(space, problem.layout, row.data(), true, count);
  Field::Tape const tape = field.make_tape(space);
  R dx(space, shape.state), x_bar(space, shape.state), x_dot_bar(space, count * shape.state),
      xi_dot_bar(space, count * shape.rank);
  load(field);

  field.evaluate(to_rows(space, x), dx, tape);
  field.pull_back_tangent(tape, count, to_rows(space, x_dot), to_rows(space, xi_dot),
                          to_rows(space, dx_bar), to_rows(space, dx_dot_bar), x_bar, x_dot_bar,
                          xi_dot_bar);
  R const xi_bar(space, shape.rank);
  for (int l = 0; l < lanes; ++l) {
    Vector bar(shape.rank);
    field.finish_lane(l, bar.data());
    for (int r = 0; r < shape.rank; ++r) xi_bar.at(r, l) = bar[r];
  }
  Vector gradient(problem.layout.size);
  field.finish_block(gradient.data());

  expect_differences("x", x_bar, x);
  expect_differences("x_dot", x_dot_bar, x_dot);
  expect_differences("xi", xi_bar, xi);
  expect_differences("xi_dot", xi_dot_bar, xi_dot);
  double scale = 1;
  for (double value : gradient) scale = std::max(scale, std::abs(value));
  for (std::size_t k = 0; k < row.size(); ++k) {
    ASSERT_NEAR(gradient[k], difference(row[k]), 1e-9 * scale) << "parameter " << k;
  }
}

TEST_P(GepsTangents, WithoutTangentsThePullBackIsTheOrdinaryOne)
{
  experts::LaneArena space = arena();
  Field field(space, problem.layout, row.data(), true, count);
  experts::GepsField<double, 2> ordinary(space, problem.layout, row.data(), true);
  Field::Tape const tape = field.make_tape(space);
  R const dx(space, shape.state), bar(space, shape.state), expected(space, shape.state);
  load(field);
  for (int l = 0; l < lanes; ++l) ordinary.load_lane(l, xi[l].data());
  field.evaluate(to_rows(space, x), dx, tape);

  field.pull_back_tangent(tape, 0, dx, dx, to_rows(space, dx_bar), dx, bar, dx, dx);
  ordinary.pull_back(tape, to_rows(space, dx_bar), expected);

  Vector gradient(problem.layout.size), plain_gradient(problem.layout.size);
  field.finish_block(gradient.data());
  ordinary.finish_block(plain_gradient.data());
  for (int l = 0; l < lanes; ++l) {
    for (int i = 0; i < shape.state; ++i) EXPECT_NEAR(bar.at(i, l), expected.at(i, l), 1e-13);
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
