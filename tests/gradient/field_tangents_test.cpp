#include <gtest/gtest.h>

#include <complex>
#include <vector>

#include <tessera/core/rng.hpp>

#include "coda_tangents.hpp"
#include "ncf_tangents.hpp"
#include "support/plain_experts.hpp"

// push_forward and its transpose on packs, in float64, against the plain field: tangents by the
// complex step, the transpose by central differences of L = <f_bar, f> + sum_t <g_bar_t, g_t> with
// g_t = J_x x'_t + J_xi xi'_t.

namespace {

using namespace tessera;
using Complex = std::complex<double>;
using Vector = std::vector<double>;
using Table = std::vector<Vector>;  // (lane, component)

struct Ncf {
  using Field = experts::NcfTangents<double, 1>;
  using Layout = experts::NcfLayout;
  static Layout usual() { return Layout({2, 7, 2, 1, 1, 5, 3}); }
  static Layout deep() { return Layout({3, 5, 3, 2, 2, 3, 2}); }
  static Layout straight() { return Layout({1, 4, 1, 0, 0, 3, 4}); }
  static auto bank(experts::NcfShape const &shape) { return experts::make_ncf_bank<double>(shape); }
  static std::vector<Complex> plain(Layout const &layout, std::vector<Complex> const &row,
                                    std::vector<Complex> const &context,
                                    std::vector<Complex> const &x)
  {
    return twins::plain_ncf<Complex>(layout, row, context, x);
  }
};

struct Coda {
  using Field = experts::CodaTangents<double, 1>;
  using Layout = experts::CodaLayout;
  static Layout usual() { return Layout({2, 9, 3, 2}); }
  static Layout deep() { return Layout({3, 5, 4, 3}); }
  static Layout straight() { return Layout({3, 4, 1, 2}); }
  static auto bank(experts::CodaShape const &shape)
  {
    return experts::make_coda_bank<double>(shape);
  }
  static std::vector<Complex> plain(Layout const &layout, std::vector<Complex> const &row,
                                    std::vector<Complex> const &context,
                                    std::vector<Complex> const &x)
  {
    return twins::plain_coda<Complex>(layout, row, context, x);
  }
};

template <class Kind>
struct Problem {
  using Field = typename Kind::Field;
  using R = typename Field::R;
  static constexpr int lanes = Field::lanes;

  Problem(typename Kind::Layout const &sizes, int tangents)
      : layout(sizes),
        state(sizes.shape.state),
        rank(sizes.shape.rank),
        count(tangents),
        row(sizes.size),
        memory(1 << 21)
  {
    Rng rng(11, "test/tangents");
    Kind::bank(sizes.shape)->initialise(row, rng);
    row[layout.shift] = 0.2;
    auto draw = [&](Table &table, int rows) {
      table.assign(lanes, Vector(rows));
      for (Vector &lane : table) {
        for (double &value : lane) value = rng.normal();
      }
    };
    draw(x, state), draw(xi, rank), draw(dx_bar, state);
    draw(x_dot, count * state), draw(xi_dot, count * rank), draw(dx_dot_bar, count * state);
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

  // f of one lane in the real part and, over 1e-100, its derivative along tangent t.
  std::vector<Complex> plain(int l, int t) const
  {
    std::vector<Complex> numbers(row.begin(), row.end()), at, context;
    for (int i = 0; i < state; ++i) at.emplace_back(x[l][i], 1e-100 * x_dot[l][t * state + i]);
    for (int r = 0; r < rank; ++r) {
      context.emplace_back(xi[l][r], 1e-100 * xi_dot[l][t * rank + r]);
    }
    return Kind::plain(layout, numbers, context, at);
  }

  double objective() const
  {
    double sum = 0;
    for (int l = 0; l < lanes; ++l) {
      for (int t = 0; t < count; ++t) {
        auto const f = plain(l, t);
        for (int i = 0; i < state; ++i) {
          if (t == 0) sum += dx_bar[l][i] * f[i].real();
          sum += dx_dot_bar[l][t * state + i] * f[i].imag() * 1e100;
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
    for (int l = 0; l < lanes; l += 3) {
      for (std::size_t i = 0; i < table[l].size(); ++i) {
        double const expected = difference(table[l][i]);
        ASSERT_NEAR(bars.at(static_cast<int>(i), l), expected,
                    1e-7 * std::max(1.0, std::abs(expected)))
            << what << " " << i << " of lane " << l;
      }
    }
  }

  typename Kind::Layout layout;
  int state, rank, count;
  Vector row, memory;
  Table x, xi, x_dot, xi_dot, dx_bar, dx_dot_bar;
};

template <class Kind>
void expect_directional_derivatives(Problem<Kind> problem)
{
  using R = typename Kind::Field::R;
  experts::LaneArena space = problem.arena();
  typename Kind::Field field(space, problem.layout, problem.row.data(), false, problem.count);
  auto const tape = field.make_tape(space);
  R dx(space, problem.state), dx_dot(space, problem.count * problem.state);
  for (int l = 0; l < problem.lanes; ++l) field.load_lane(l, problem.xi[l].data());

  field.evaluate(problem.to_rows(space, problem.x), dx, tape);
  field.push_forward(tape, problem.count, problem.to_rows(space, problem.x_dot),
                     problem.to_rows(space, problem.xi_dot), dx_dot);

  for (int l = 0; l < problem.lanes; ++l) {
    for (int t = 0; t < problem.count; ++t) {
      auto const expected = problem.plain(l, t);
      for (int i = 0; i < problem.state; ++i) {
        EXPECT_NEAR(dx.at(i, l), expected[i].real(), 1e-12);
        EXPECT_NEAR(dx_dot.at(t * problem.state + i, l), expected[i].imag() * 1e100, 1e-11);
      }
    }
  }
}

template <class Kind>
void expect_the_transpose(Problem<Kind> problem)
{
  using R = typename Kind::Field::R;
  int const state = problem.state, rank = problem.rank, count = problem.count;
  experts::LaneArena space = problem.arena();
  typename Kind::Field field(space, problem.layout, problem.row.data(), true, count);
  auto const tape = field.make_tape(space);
  R dx(space, state), x_bar(space, state), x_dot_bar(space, count * state),
      xi_dot_bar(space, count * rank), xi_bar(space, rank);
  for (int l = 0; l < problem.lanes; ++l) field.load_lane(l, problem.xi[l].data());

  field.evaluate(problem.to_rows(space, problem.x), dx, tape);
  field.pull_back_tangent(tape, count, problem.to_rows(space, problem.x_dot),
                          problem.to_rows(space, problem.xi_dot),
                          problem.to_rows(space, problem.dx_bar),
                          problem.to_rows(space, problem.dx_dot_bar), x_bar, x_dot_bar, xi_dot_bar);
  for (int l = 0; l < problem.lanes; ++l) {
    Vector bar(rank);
    field.finish_lane(l, bar.data());
    for (int r = 0; r < rank; ++r) xi_bar.at(r, l) = bar[r];
  }
  Vector gradient(problem.layout.size);
  field.finish_block(gradient.data());

  problem.expect_differences("x", x_bar, problem.x);
  problem.expect_differences("x_dot", x_dot_bar, problem.x_dot);
  problem.expect_differences("xi", xi_bar, problem.xi);
  problem.expect_differences("xi_dot", xi_dot_bar, problem.xi_dot);
  double scale = 1;
  for (double value : gradient) scale = std::max(scale, std::abs(value));
  for (std::size_t k = 0; k < problem.row.size(); ++k) {
    ASSERT_NEAR(gradient[k], problem.difference(problem.row[k]), 1e-8 * scale) << k;
  }
}

template <class Kind>
class FieldTangents : public ::testing::Test {
};
using Kinds = ::testing::Types<Ncf, Coda>;
TYPED_TEST_SUITE(FieldTangents, Kinds);

TYPED_TEST(FieldTangents, PushForwardIsTheDirectionalDerivative)
{
  expect_directional_derivatives<TypeParam>({TypeParam::usual(), 2});
  expect_directional_derivatives<TypeParam>({TypeParam::deep(), 3});
  expect_directional_derivatives<TypeParam>({TypeParam::straight(), 4});
}

TYPED_TEST(FieldTangents, ThePullBackOfAPushForwardMatchesDifferencesInEverything)
{
  expect_the_transpose<TypeParam>({TypeParam::usual(), 2});
  expect_the_transpose<TypeParam>({TypeParam::deep(), 3});
  expect_the_transpose<TypeParam>({TypeParam::straight(), 4});
}

}  // namespace
